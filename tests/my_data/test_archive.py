"""The archive of one person holds every table that leads to them, or says why not, and nothing of others."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client

from cvmatch.core.models import Purpose, User
from cvmatch.my_data.download import person_of, stream_archive
from cvmatch.my_data.holdings import HOLDINGS, LEFT_OUT, OF_NOBODY, Person
from ingestion.consents import set_consent
from ingestion.models import CV, Candidate, CVView
from matching.deciding import add_tag, decide, write_note
from matching.models import Match, Stage
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

# Everything is kept under one of these.
PEOPLE = {"core.User", "ingestion.Candidate"}


def leading_to_people() -> set[str]:
    """Models with a way of foreign keys to a person, however long."""
    named: dict[str, set[str]] = {
        model._meta.label: {
            field.related_model._meta.label
            for field in model._meta.get_fields()
            if field.is_relation and field.concrete and isinstance(field.related_model, type)
        }
        for model in apps.get_models()
    }
    found = set(PEOPLE)
    while more := {label for label, names in named.items() if names & found} - found:
        found |= more
    return found


def test_every_table_that_leads_to_a_person_is_in_the_archive_or_left_out_for_a_reason() -> None:
    given = {holding.model for holding in HOLDINGS}
    missing = leading_to_people() - given - LEFT_OUT.keys()
    assert missing == set(), "Give each a row in HOLDINGS of cvmatch/my_data/holdings.py, or a reason in LEFT_OUT."
    assert given & LEFT_OUT.keys() == set()
    assert LEFT_OUT.keys() - leading_to_people() == set(), "These lead to nobody any more."


def test_every_table_at_all_was_thought_of() -> None:
    """One may be about a person without a foreign key: by a number, a name, an address or a hash."""
    decided = [*(holding.model for holding in HOLDINGS), *LEFT_OUT, *OF_NOBODY]
    assert sorted(decided) == sorted(model._meta.label for model in apps.get_models())
    assert OF_NOBODY.keys() & leading_to_people() == set()
    assert all(OF_NOBODY.values())


def test_what_is_left_out_of_a_table_is_a_column_of_it_and_has_a_reason() -> None:
    for holding in HOLDINGS:
        columns = {column.name for column in holding.table._meta.concrete_fields}
        assert holding.without.keys() <= columns, holding.model
        assert all(holding.without.values()), holding.model
    assert all(LEFT_OUT.values())
    assert len({holding.file for holding in HOLDINGS}) == len(HOLDINGS)


def test_a_new_table_about_a_candidate_is_noticed() -> None:
    assert {"matching.Explanation", "core.WebhookDelivery", "matching.CandidateTag"} <= leading_to_people()
    assert not {"jobs.Job", "matching.Lexeme", "core.StageRun"} & leading_to_people()


def archive_of(person: Person) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(stream_archive(person))))


@pytest.fixture
def told(db: None, client: Client) -> dict[str, object]:
    """What the archive of somebody with some of everything says, by file; others have much the same."""
    mara, rita = make_user("mara"), make_user("rita", User.Role.RECRUITER)
    job = make_job()
    make_cv(CV_TEXT.replace("Mara Lindqvist", "Tom Okafor"), user=make_user("tom"))
    cv = make_cv(user=mara)
    work_until_idle()
    client.force_login(rita)
    client.get(f"/cvs/{cv.pk}/")
    client.get(f"/jobs/{job.pk}/candidates/")
    work_until_idle()
    decide(by=rita, job=job, candidates=[cv.candidate_id], stage=Stage.SHORTLISTED)
    write_note(job=job, candidate=cv.candidate_id, text="Speaks well of Kafka.", by=rita)
    add_tag(name="data", candidates=[cv.candidate_id], by=rita)
    set_consent(user=mara, purpose=Purpose.ALERTS, is_given=False, how="page")
    archive = archive_of(person_of(mara))
    assert archive.testzip() is None
    assert not any(b"Okafor" in archive.read(name) for name in archive.namelist())
    return {
        name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name).decode()
        for name in archive.namelist()
    }


def test_the_archive_has_what_others_wrote_decided_and_saw(told: dict[str, list[dict[str, object]]]) -> None:
    assert [row["text"] for row in told["notes.json"]] == ["Speaks well of Kafka."]
    assert [(row["stage"], row["decided_by"]) for row in told["decisions.json"]] == [("shortlisted", "rita")]
    assert [row["stage"] for row in told["decision_steps.json"]] == ["shortlisted"]
    assert [row["tag_name"] for row in told["tags.json"]] == ["data"]
    assert {(row["user_name"], row["how"]) for row in told["views.json"]} == {("rita", "page")}


def test_the_archive_has_consents_lists_reasons_and_what_the_scorer_saw(
    told: dict[str, list[dict[str, object]]],
) -> None:
    said = {(row["purpose"], row["is_given"], row["text_version"], row["how"]) for row in told["consents.json"]}
    assert said == {("matching", True, "1", "upload"), ("alerts", False, "1", "page")}
    sides = Match.objects.filter(cv__candidate__user__username="mara").values_list("prediction__side", flat=True)
    assert set(sides) == {"jobs", "cvs"}
    assert len(told["matches.json"]) == len(told["explanations.json"]) == len(sides)
    assert all(row["body_json"] for row in told["explanations.json"])
    assert told["seen_by_scorer.json"]
    assert told["lists.json"]


def test_the_archive_has_the_account_the_profile_and_no_secret(told: dict[str, dict[str, object]]) -> None:
    assert told["account.json"]["username"] == "mara"
    assert "password" not in told["account.json"]
    assert told["profile.json"]["kept_until"]
    assert "Kafka" in str(told["cvs/version-1/matched_text.txt"])
    assert "Lindqvist" not in str(told["cvs/version-1/matched_text.txt"])
    assert all(holding.file in str(told["README.txt"]) for holding in HOLDINGS)


def test_an_operator_exports_somebody_without_an_account_and_the_trail_says_so(db: None, tmp_path: Path) -> None:
    make_user("adam", User.Role.ADMIN)
    cv = make_cv()
    file = tmp_path / "person.zip"
    call_command("export_person", str(file), "--candidate", str(cv.candidate_id), "--by", "adam")
    assert file.stat().st_mode & 0o777 == 0o600
    assert zipfile.ZipFile(file).read("cvs/version-1/file/cv.txt").decode() == CV_TEXT
    assert list(CVView.objects.values_list("user_name", "how")) == [("adam", "archive")]
    with pytest.raises(CommandError, match="no candidate"):
        call_command("export_person", str(tmp_path / "no.zip"), "--candidate", "0", "--by", "adam")
    call_command("erase_person", "--candidate", str(cv.candidate_id), "--by", "adam")
    assert not Candidate.objects.exists()
    assert not CV.objects.exists()


def test_an_archive_of_nobody_holds_no_row(db: None) -> None:
    make_cv()
    archive = archive_of(Person(None, None))
    rows = [json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")]
    assert not any(rows)
