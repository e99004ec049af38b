"""What people change about the vocabulary: added, named, merged, taken back, and every text that it concerns read again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from ingestion import correcting
from ingestion.models import CV
from jobs import taxonomy
from jobs.models import CustomSkill, Job, SkillAlias, SkillChange, SkillMerge
from jobs.skills import find_all_skills, find_skills, related, skill_name, skills_version
from jobs.skills.overlay import Overlay
from jobs.skills.vocabulary import use_overlay, vocabulary
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The next test begins with the vocabulary of the data files."""
    taxonomy.refresh()
    yield
    use_overlay(Overlay())


def names(text: str) -> set[str]:
    return {mention.name for mention in find_skills(text)}


def test_an_added_skill_is_found_and_has_a_name() -> None:
    row = taxonomy.add_skill(name="Quilting bees", kind="skill", made_by=None)
    assert row.skill_id == "quilting-bees"
    assert names("We run quilting bees.") == {"Quilting bees"}
    assert skill_name(row.skill_id) == "Quilting bees"


def test_added_skills_of_one_group_stand_in_for_each_other() -> None:
    one = taxonomy.add_skill(name="Quilting bees", kind="skill", group="bookkeeping", made_by=None)
    assert related(one.skill_id, "bookkeeping") == 0.5


def test_another_name_leads_to_the_same_skill_also_where_esco_alone_knows_it() -> None:
    taxonomy.add_alias(skill="postgresql", term="elephant database", made_by=None)
    taxonomy.add_alias(skill="manage budgets", term="keep the purse", made_by=None)
    assert names("an Elephant  database") == {"PostgreSQL"}
    assert [m.name for m in find_all_skills("You keep the purse and manage budgets.")] == ["manage budgets"] * 2


def test_a_name_that_is_also_a_word_counts_as_it_is_told_to() -> None:
    taxonomy.add_alias(skill="python", term="Boa", reading=SkillAlias.Reading.EXACT_CASE, made_by=None)
    taxonomy.add_alias(skill="postgresql", term="Trunk", reading=SkillAlias.Reading.IN_CONTEXT, made_by=None)
    assert names("Boa, boa") == {"Python"}
    assert "PostgreSQL" not in names("The Trunk of the car is full.")
    assert "PostgreSQL" in names("experience with Trunk")


@pytest.mark.parametrize("term", ["Postgres", "  python ", "manage budgets", "+++"])
def test_a_name_that_is_taken_or_says_nothing_is_refused(term: str) -> None:
    with pytest.raises(InvalidInput):
        taxonomy.add_alias(skill="java", term=term, made_by=None)
    with pytest.raises(InvalidInput):
        taxonomy.add_skill(name=term, kind="skill", made_by=None)
    assert not SkillChange.objects.exists()


def test_a_merged_skill_is_counted_as_the_other_wherever_it_is_stored() -> None:
    job = make_job(text="Requirements:\n- Airtable and Excel\n- Trello is a plus")
    stored = {skill.skill_id for skill in job.requirements.skills}
    gone, kept = sorted(stored - {"microsoft-excel"})[:2]
    taxonomy.merge_skills(skill=gone, into=kept, made_by=None)
    asked = Job.objects.get(pk=job.pk).requirements.skills
    assert {skill.skill_id for skill in asked} == stored - {gone}
    assert skill_name(gone) == skill_name(kept)
    assert related(gone, kept) == 1.0


def test_merges_go_on_to_where_the_last_one_ends() -> None:
    taxonomy.merge_skills(skill="mysql", into="ibm-db2", made_by=None)
    taxonomy.merge_skills(skill="ibm-db2", into="postgresql", made_by=None)
    assert names("MySQL and IBM Db2") == {"PostgreSQL"}


@pytest.mark.parametrize(
    ("skill", "into"), [("mysql", "mysql"), ("mysql", "MySQL"), ("mysql", "german"), ("none", "mysql")]
)
def test_what_cannot_be_one_is_not_merged(skill: str, into: str) -> None:
    with pytest.raises(InvalidInput):
        taxonomy.merge_skills(skill=skill, into=into, made_by=None)


def test_merges_cannot_go_in_a_circle() -> None:
    taxonomy.merge_skills(skill="mysql", into="ibm-db2", made_by=None)
    with pytest.raises(InvalidInput):
        taxonomy.merge_skills(skill="ibm-db2", into="mysql", made_by=None)


def test_taking_a_change_back_restores_the_vocabulary_and_its_version() -> None:
    before = skills_version()
    rows = [
        taxonomy.add_skill(name="Quilting bees", kind="skill", made_by=None),
        taxonomy.add_alias(skill="quilting-bees", term="bee of quilters", made_by=None),
        taxonomy.merge_skills(skill="mysql", into="quilting-bees", made_by=None),
    ]
    assert skills_version() != before
    taxonomy.undo(rows[0], made_by=None)
    assert not SkillAlias.objects.exists()
    assert not SkillMerge.objects.exists()
    assert skills_version() == before
    assert names("MySQL, quilting bees") == {"MySQL"}


def test_a_process_that_did_not_make_the_change_notices_it() -> None:
    taxonomy.add_skill(name="Quilting bees", kind="skill", made_by=None)
    use_overlay(Overlay())
    taxonomy.refresh()
    assert "quilting-bees" in vocabulary().skills


def test_a_change_that_fails_in_the_end_leaves_no_trace() -> None:
    with transaction.atomic():
        taxonomy.add_skill(name="Quilting bees", kind="skill", made_by=None)
        transaction.set_rollback(True)
    taxonomy.refresh()
    assert "quilting-bees" not in vocabulary().skills


def test_jobs_that_name_it_are_read_again_and_others_are_not() -> None:
    job, other = make_job("1", text="Requirements:\n- Zwitscher 2000"), make_job("2", text="Requirements:\n- Baking")
    seen = other.changed_at
    taxonomy.add_skill(name="Zwitscher 2000", kind="tool", made_by=None)
    work_until_idle()
    assert [skill.name for skill in Job.objects.get(pk=job.pk).requirements.skills] == ["Zwitscher 2000"]
    assert Job.objects.get(pk=other.pk).changed_at == seen
    assert SkillChange.objects.get().jobs_done_to is None


def test_cvs_that_name_it_are_read_again_and_corrections_stay() -> None:
    user = make_user()
    cv = make_cv(CV_TEXT.replace("Docker", "Docker, Zwitscher"), user)
    work_until_idle()
    cv.refresh_from_db()
    correcting.correct(cv, path="basics.label", value="Data Steward", by=user)
    correcting.remove(cv, path="skills[0]", by=user)
    work_until_idle()
    taxonomy.add_skill(name="Zwitscher", kind="tool", made_by=None)
    work_until_idle()
    after = CV.objects.get(pk=cv.pk)
    shown = {skill.name for skill in after.skills}
    assert "Zwitscher" in shown
    assert "Python" not in shown
    assert after.label == "Data Steward"
    assert SkillChange.objects.get().cvs_done_to is None


def test_every_mention_in_a_cv_is_kept_and_each_skill_counts_once() -> None:
    cv = make_cv()
    work_until_idle()
    cv.refresh_from_db()
    pythons = [mention for mention in cv.skill_mentions if mention.skill_id == "python"]
    assert len(pythons) == CV_TEXT.count("Python")
    assert [skill for skill in cv.skills if skill.skill_id == "python"] == pythons[:1]


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(User.objects.create_superuser(username="root", password="pw"))
    return client


def test_people_add_name_merge_and_take_back_in_the_admin(admin: Client) -> None:
    add = "/admin/jobs/{}/add/"
    assert (
        admin.post(add.format("customskill"), {"name": "Quilting bees", "kind": "skill", "group": ""}).status_code
        == 302
    )
    alias = {"skill_id": "Quilting bees", "term": "bee of quilters", "reading": "plain"}
    assert admin.post(add.format("skillalias"), alias).status_code == 302
    assert admin.post(add.format("skillmerge"), {"skill_id": "mysql", "into_id": "IBM Db2"}).status_code == 302
    assert names("bee of quilters, MySQL") == {"Quilting bees", "IBM Db2"}
    row = CustomSkill.objects.get()
    assert admin.post(f"/admin/jobs/customskill/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert names("bee of quilters, MySQL") == {"IBM Db2"}
    assert set(SkillChange.objects.values_list("made_by__username", flat=True)) == {"root"}


def test_the_admin_says_what_is_wrong(admin: Client) -> None:
    page = admin.post("/admin/jobs/skillalias/add/", {"skill_id": "java", "term": "Postgres", "reading": "plain"})
    assert "is a name of PostgreSQL" in page.text
    page = admin.post("/admin/jobs/skillmerge/add/", {"skill_id": "mysql", "into_id": "no such thing"})
    assert "There is no skill" in page.text
    assert not SkillChange.objects.exists()
