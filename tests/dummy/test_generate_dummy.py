"""Dummy jobs and CVs: as many as asked, whole, the same for the same seed, and never beside data of people by mistake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cvmatch.dummy import filling
from cvmatch.dummy.people import FIRST_NAMES, LAST_NAMES, make_names, make_text
from ingestion.models import CV
from ingestion.services import receive_cv
from jobs.models import Job, Listing
from jobs.stages import group_jobs, read_jobs
from matching.models import CVVector, JobVector
from matching.stages import embed_cvs, embed_jobs, match_cvs


@pytest.fixture(autouse=True)
def few_originals(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading one takes some milliseconds; what is to be seen here are the copies."""
    monkeypatch.setattr(filling, "ORIGINAL_JOBS", 4)
    monkeypatch.setattr(filling, "ORIGINAL_CVS", 3)


def generate(*, jobs: int = 10, cvs: int = 8, seed: int = 5, **options: Any) -> None:
    call_command("generate_dummy", jobs=jobs, cvs=cvs, seed=seed, embed="hashing", **options)


@pytest.mark.django_db
def test_there_are_as_many_jobs_and_cvs_as_asked_and_nothing_is_left_to_do_for_them() -> None:
    generate()
    assert (Job.objects.active().count(), CV.objects.current().parsed().count()) == (10, 8)
    assert set(JobVector.objects.values_list("job", flat=True)) == set(Job.objects.values_list("pk", flat=True))
    assert set(CVVector.objects.values_list("cv", flat=True)) == set(CV.objects.values_list("pk", flat=True))
    assert CV.objects.values("candidate").distinct().count() == 8
    for stage in (read_jobs, group_jobs, embed_jobs, embed_cvs):
        assert stage(limit=100).claimed == 0, stage
    assert not Listing.objects.exists()
    assert match_cvs(limit=100).done == 8


@pytest.mark.django_db
def test_a_copy_is_somebody_else_and_every_place_in_its_text_is_true() -> None:
    generate()
    assert len(set(CV.objects.values_list("name", flat=True))) == 8
    assert len(set(CV.objects.values_list("content_hash", flat=True))) == 8
    for cv in CV.objects.all():
        name, address = cv.parsed.resume.basics.name, cv.parsed.resume.basics.email
        assert cv.name == name
        assert cv.text.startswith(f"{name}\n")
        assert address == f"{name.replace(' ', '.').lower()}@example.com"
        assert address in cv.text
        assert len(cv.text) == len(cv.matched_text)
        assert name not in cv.matched_text


@pytest.mark.django_db(transaction=True)
def test_the_same_seed_again_changes_nothing_and_more_are_added_to_what_is_there() -> None:
    generate(jobs=6, cvs=5)
    before = set(CV.objects.values_list("pk", "text")), set(Job.objects.values_list("pk", "title", "city"))
    generate(jobs=6, cvs=5)
    assert (set(CV.objects.values_list("pk", "text")), set(Job.objects.values_list("pk", "title", "city"))) == before
    generate(jobs=9, cvs=7)
    assert (Job.objects.count(), CV.objects.count()) == (9, 7)
    assert before[0] < set(CV.objects.values_list("pk", "text"))
    assert sorted(CV.objects.values_list("filename", flat=True)) == [f"dummy-5-{number}.txt" for number in range(1, 8)]


@pytest.mark.django_db(transaction=True)
def test_many_jobs_are_indexed_after_they_have_been_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    def indexes() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'matching_jobvector' ORDER BY 1")
            return [re.sub(r"'(24|200)'", r"\1", row[0]) for row in cursor.fetchall()]

    before = indexes()
    monkeypatch.setattr(filling, "REINDEX_FROM", 3)
    generate()
    assert indexes() == before
    assert any("hnsw" in line for line in before)


@pytest.mark.django_db
def test_data_of_people_is_left_alone_unless_told() -> None:
    receive_cv(content=b"Ann Other\nBaker\nann@example.org\n", filename="cv.txt", uploaded_by=None, interactive=False)
    with pytest.raises(CommandError, match="your own"):
        generate()
    assert Job.objects.count() == 0
    generate(force=True)
    assert CV.objects.count() == 9
    assert not CV.objects.get(filename="cv.txt").is_read, "only the dummies went through the stages"


def test_names_are_as_long_as_each_other_and_the_same_for_a_seed() -> None:
    assert {len(name) for name in FIRST_NAMES} == {6}
    assert {len(name) for name in LAST_NAMES} == {7}
    names = make_names(5)
    assert len({names.of(number) for number in range(1, 3001)}) == 3000
    assert make_text(7, 5, year=2026) == make_text(7, 5, year=2026) != make_text(7, 6, year=2026)
