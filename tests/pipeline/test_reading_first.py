"""A posting is read before it is embedded: at once when somebody waits for it, and again when it changed."""

from __future__ import annotations

import pytest

from jobs.models import Job, JobReading
from jobs.services import upsert_jobs
from jobs.stages import read_jobs
from jobs.values import JobPosting
from matching.models import JobEmbedding
from matching.stages import embed_jobs
from tests.support import JOB_TEXT, work_until_idle

pytestmark = pytest.mark.django_db


def push(text: str = JOB_TEXT, *, interactive: bool = False) -> Job:
    upsert_jobs(source="a", postings=[JobPosting("1", "Data Engineer", text)], interactive=interactive)
    return Job.objects.get()


def test_what_is_not_read_is_not_embedded_and_not_found_by_words() -> None:
    job = push()
    assert embed_jobs(limit=10).claimed == 0
    assert not JobEmbedding.objects.exists()
    assert not Job.objects.matching_words("hospitals").exists()
    assert read_jobs(limit=10).done == 1
    assert embed_jobs(limit=10).done == 1
    assert Job.objects.matching_words("hospitals").get() == job


def test_a_changed_posting_waits_until_it_is_read_again_even_when_its_embedding_was_planned() -> None:
    push()
    read_jobs(limit=10)
    JobEmbedding.objects.all().delete()
    embed_jobs(limit=0)  # plans it
    assert JobEmbedding.objects.get().status == "pending"
    job = push("We look for a cook who knows SQL.")
    assert job.requirements.skills == ()
    assert embed_jobs(limit=10).claimed == 0
    read_jobs(limit=10)
    assert {skill.name for skill in Job.objects.get().requirements.skills} == {"SQL"}
    assert embed_jobs(limit=10).done == 1
    assert Job.objects.matching_words("cook").exists()
    assert not Job.objects.matching_words("hospitals").exists()


def test_a_push_is_read_and_embedded_by_the_tasks_that_it_causes() -> None:
    push(interactive=True)
    work_until_idle()
    assert JobReading.objects.get().status == "completed"
    assert JobEmbedding.objects.get().status == "completed"


def test_a_posting_whose_text_stayed_keeps_what_was_read_until_it_is_read_again() -> None:
    push()
    read_jobs(limit=10)
    upsert_jobs(source="a", postings=[JobPosting("1", "Data Engineer", JOB_TEXT, company="Acme")])
    assert Job.objects.get().requirements.min_years == 3
    assert read_jobs(limit=10).done == 1
