"""A recruiter's first page: strong candidates nobody decided about, must-haves nobody meets, shortlists, saved searches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.models import User
from ingestion.models import CV, Source
from jobs.models import Job
from jobs.saving import save_search
from matching.deciding import decide
from matching.models import Decision, Explanation, Interaction, Match, Stage
from matching.selectors.attention import list_attention, list_under_way, list_unmet
from tests.support import make_job

pytestmark = pytest.mark.django_db


def test_strong_candidates_wait_until_somebody_decides_and_are_new_until_the_job_is_opened(
    people: dict[str, User], as_: Callable[[str], Client], cv: CV, job: Job, job_match: Match
) -> None:
    Match.objects.update(band="strong")
    user = people["recruiter"]
    (row,) = list_attention(user, limit=5)
    assert (row.job, row.strong, row.new) == (job, 1, 1), "once, though it is in the lists of both sides"
    client = as_("recruiter")
    assert "1 new" in client.get("/").content.decode()
    client.get(f"/jobs/{job.pk}/candidates/")
    assert Interaction.objects.filter(user=user, job=job, kind="open").count() == 1
    (row,) = list_attention(user, limit=5)
    assert (row.strong, row.new) == (1, 0)
    assert list_attention(people["admin"], limit=5)[0].new == 1, "what one has seen is new to another"
    Decision.objects.create(job=job, candidate=cv.candidate, stage=Stage.SHORTLISTED)
    assert list_attention(user, limit=5) == []
    assert "No strong candidate waits for a decision" in client.get("/").content.decode()


def test_the_first_page_names_whom_the_postings_on_it_are_from(
    as_: Callable[[str], Client], job: Job, job_match: Match
) -> None:
    Match.objects.update(band="strong")
    client = as_("recruiter")
    assert "Jobs by Adzuna" not in client.get("/").content.decode()
    Source.objects.create(name=job.source, kind="adzuna")
    assert "Jobs by Adzuna" in client.get("/").content.decode()


def test_jobs_that_ended_and_lists_of_long_ago_need_no_look(people: dict[str, User], cv: CV, job: Job) -> None:
    Match.objects.update(band="strong")
    Job.objects.update(status=Job.Status.EXPIRED)
    assert list_attention(people["recruiter"], limit=5) == []
    Job.objects.update(status=Job.Status.ACTIVE)
    cv.predictions.update(created_at=timezone.now() - timedelta(days=8))
    assert list_attention(people["recruiter"], limit=5) == []


def test_a_must_have_is_unmet_when_no_line_of_the_newest_list_shows_it(job: Job, job_match: Match) -> None:
    explanation = Explanation.objects.get(match=job_match)
    states = {finding["name"]: finding["state"] for finding in explanation.body_json["findings"] if finding["must"]}
    missing = {name for name, state in states.items() if state == "missing"}
    assert missing, "the job asks for something that is not in the CV"
    (row,) = list_unmet(limit=5)
    assert (row.job_id, set(row.names), row.people) == (job.pk, missing, 1)
    for finding in explanation.body_json["findings"]:
        finding["state"] = "implied"
    explanation.save()
    assert list_unmet(limit=5) == []


def test_shortlists_under_way_say_which_job_ends_soon(people: dict[str, User], cv: CV, job: Job) -> None:
    later = make_job("later", title="Later")
    Job.objects.filter(pk=job.pk).update(expires_at=timezone.now() + timedelta(days=3))
    for each in (later, job):
        decide(by=people["recruiter"], job=each, candidates=[cv.candidate_id], stage=Stage.INTERVIEW)
    first, second = list_under_way(limit=5)
    assert (first.job_id, first.people, first.ends_at is None, first.has_ended) == (job.pk, 1, False, False)
    assert (second.job_id, second.ends_at) == (later.pk, None)
    decide(by=people["recruiter"], job=job, candidates=[cv.candidate_id], stage=Stage.REJECTED)
    assert [row.job_id for row in list_under_way(limit=5)] == [later.pk]


def test_saved_searches_stand_on_the_first_page(people: dict[str, User], as_: Callable[[str], Client]) -> None:
    client = as_("recruiter")
    assert "None yet." in client.get("/").content.decode()
    save_search(user=people["recruiter"], name="Everything", query="")
    make_job()
    page = client.get("/").content.decode()
    assert "Everything" in page
    assert "1 new" in page


def test_a_job_shows_recruiters_who_fits_best_and_everybody_jobs_like_it(
    as_: Callable[[str], Client], cv: CV, job: Job, job_match: Match
) -> None:
    page = as_("recruiter").get(f"/jobs/{job.pk}/").content.decode()
    assert f'<a class="table-link" href="/matches/{job_match.pk}/">Mara Lindqvist</a>' in page
    User.objects.filter(username="recruiter").update(reads_blind=True)
    assert "Mara" not in as_("recruiter").get(f"/jobs/{job.pk}/").content.decode()
    page = as_("candidate").get(f"/jobs/{job.pk}/").content.decode()
    assert "Best candidates" not in page
