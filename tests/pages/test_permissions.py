"""Who may open which page: every page as every kind of person."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.urls import pages
from ingestion.models import CV
from ingestion.syncing import connect_source
from jobs.models import Job
from matching.models import Match

SIGN_IN, OWN, NOT_YOURS, NOT_ALLOWED, OK = 302, 302, 404, 403, 200

# name of the page → how it is called, and what anonymous, candidate, other candidate, recruiter and admin get
TABLE = {
    "home": ("get", SIGN_IN, OK, OK, OK, OK),
    "login": ("get", OK, 302, 302, 302, 302),
    "logout": ("get", 405, 405, 405, 405, 405),
    "cv-list": ("get", SIGN_IN, OWN, OWN, OK, OK),
    "cv-upload": ("get", SIGN_IN, OK, OK, OK, OK),
    "cv": ("get", SIGN_IN, OK, NOT_YOURS, OK, OK),
    "cv-file": ("get", SIGN_IN, OK, NOT_YOURS, OK, OK),
    "cv-progress": ("get", SIGN_IN, OK, NOT_YOURS, OK, OK),
    "cv-retry": ("post", SIGN_IN, 302, NOT_YOURS, 302, 302),
    "cv-correct": ("post", SIGN_IN, 302, NOT_YOURS, 302, 302),
    "cv-matches": ("get", SIGN_IN, OK, NOT_YOURS, OK, OK),
    "cv-match-again": ("post", SIGN_IN, 302, NOT_YOURS, 302, 302),
    "match": ("get", SIGN_IN, OK, NOT_YOURS, OK, OK),
    "job-list": ("get", SIGN_IN, OK, OK, OK, OK),
    "job": ("get", SIGN_IN, OK, OK, OK, OK),
    "job-candidates": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, OK, OK),
    "job-search-again": ("post", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, 302, 302),
    "pipeline": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "pipeline-retry": ("post", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, 302),
    "parsing": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "sources": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source-add": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source-connect": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source-change": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source-disconnect": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
    "source-act": ("post", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, 302),
    "ranking": ("get", SIGN_IN, NOT_ALLOWED, NOT_ALLOWED, NOT_ALLOWED, OK),
}
PEOPLE = ("anonymous", "candidate", "other", "recruiter", "admin")


@pytest.fixture
def addresses(cv: CV, match: Match, job: Job) -> dict[str, str]:
    ids = {"cv": cv.pk, "match": match.pk, "job": job.pk}
    connect_source(name="board", kind="arbeitnow", options={}, secrets={})
    names = {"<str:kind>": "arbeitnow", "<str:name>": "board"}
    return {
        str(page.name): re.sub(
            "<.*?>",
            lambda part, page=page: names.get(part[0]) or str(ids[str(page.name).split("-")[0]]),
            f"/{page.pattern}",
        )
        for page in pages
    }


def test_every_page_is_in_the_table() -> None:
    assert {page.name for page in pages} == set(TABLE)


def test_each_page_opens_for_those_who_may_see_it_and_for_nobody_else(
    addresses: dict[str, str], as_: Callable[[str], Client]
) -> None:
    got = {
        name: (method, *(_status(as_(person), method, addresses[name]) for person in PEOPLE))
        for name, (method, *_) in TABLE.items()
    }
    assert got == TABLE


def _status(client: Client, method: str, address: str) -> int:
    data = {"stage": "parse_cvs", "action": "run" if "sources" in address else "confirm"} if method == "post" else {}
    response = getattr(client, method)(address, data)
    if response.streaming:
        list(response.streaming_content)  # read to its end, which closes the file
    return int(response.status_code)


def test_anonymous_people_are_sent_to_the_sign_in_page_and_back(client: Client, cv: CV) -> None:
    response = client.get(f"/cvs/{cv.pk}/")
    assert response["Location"] == f"/sign-in/?next=/cvs/{cv.pk}/"


def test_a_candidate_never_sees_a_line_of_a_jobs_candidates_even_their_own(
    job_match: Match, as_: Callable[[str], Client]
) -> None:
    assert as_("candidate").get(f"/matches/{job_match.pk}/").status_code == 404
    assert as_("recruiter").get(f"/matches/{job_match.pk}/").status_code == 200


def test_the_pages_of_others_say_the_same_as_pages_that_do_not_exist(cv: CV, as_: Callable[[str], Client]) -> None:
    client = as_("other")
    theirs, nothing = client.get(f"/cvs/{cv.pk}/"), client.get("/cvs/999999/")
    assert theirs.status_code == nothing.status_code == 404
    assert "There is no such CV, or it is not yours to see." in theirs.content.decode()
    assert "There is no such CV, or it is not yours to see." in nothing.content.decode()


def test_an_upload_cannot_become_a_version_of_somebody_elses_cv(cv: CV, as_: Callable[[str], Client]) -> None:
    assert as_("other").post(f"/cvs/upload/?replaces={cv.pk}", {}).status_code == 404


def test_a_page_for_others_says_who_can_open_it(as_: Callable[[str], Client]) -> None:
    page = as_("recruiter").get("/operations/pipeline/").content.decode()
    assert "This page is for admins. Ask one of yours." in page
