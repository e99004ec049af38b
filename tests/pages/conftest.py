"""People of every role, and a CV that has been matched with a job and explained."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.models import Job
from matching.models import Match, Prediction
from matching.services import request_matches
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

ROLES = {
    "candidate": User.Role.CANDIDATE,
    "other": User.Role.CANDIDATE,
    "recruiter": User.Role.RECRUITER,
    "admin": User.Role.ADMIN,
}


@pytest.fixture
def people(db: None) -> dict[str, User]:
    return {name: make_user(name, role) for name, role in ROLES.items()}


@pytest.fixture
def as_(people: dict[str, User]) -> Callable[[str], Client]:
    """A client signed in as that person, or as nobody."""

    def sign_in(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(people[name])
        return client

    return sign_in


@pytest.fixture
def job(db: None) -> Job:
    return make_job()


@pytest.fixture
def cv(people: dict[str, User], job: Job) -> CV:
    """The candidate's CV, all the way through the pipeline."""
    cv = make_cv(user=people["candidate"])
    work_until_idle()
    cv.refresh_from_db()
    return cv


@pytest.fixture
def match(cv: CV) -> Match:
    return Match.objects.get(cv=cv, prediction__side=Prediction.Side.JOBS_FOR_CV)


@pytest.fixture
def job_match(cv: CV, job: Job) -> Match:
    """The same pair, from the list of the job's candidates."""
    request_matches(job=job, requested_by=None)
    work_until_idle()
    return Match.objects.get(job=job, prediction__side=Prediction.Side.CVS_FOR_JOB)


@pytest.fixture
def other_cv(people: dict[str, User], cv: CV) -> CV:
    """Another candidate's CV."""
    other = make_cv(CV_TEXT.replace("Mara Lindqvist", "Owen Prichard"), user=people["other"])
    work_until_idle()
    return other
