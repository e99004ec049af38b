"""The stage that reads CVs: what it asks for, and what becomes of files that it cannot read."""

from __future__ import annotations

import pytest

from cvmatch.core.models import Status
from ingestion.models import CV
from ingestion.stages import parse_cvs
from tests.support import make_cv

pytestmark = pytest.mark.django_db


def test_only_the_cvs_that_are_named_are_read() -> None:
    first, second = make_cv("Person A\nSkills\nPython"), make_cv("Person B\nSkills\nSQL")
    assert parse_cvs(limit=5, only=[second.pk]).done == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.PENDING, Status.COMPLETED)
    assert parse_cvs(limit=5, only=[]).claimed == 0


def test_a_file_that_became_too_large_for_the_limit_is_parked_for_good(settings) -> None:
    make_cv()
    settings.MAX_UPLOAD_BYTES = 10
    assert parse_cvs(limit=5).failed == 1
    cv = CV.objects.get()
    assert (cv.retry_at, "limit" in cv.error) == (None, True)


def test_a_reader_that_takes_too_long_is_stopped_and_the_next_cv_is_read(settings) -> None:
    slow, fine = make_cv("Person A\nSkills\nPython"), make_cv("Person B\nSkills\nSQL")
    settings.EXTRACT_TIMEOUT_S = 0.001
    parse_cvs(limit=5, only=[slow.pk])
    settings.EXTRACT_TIMEOUT_S = 30.0
    parse_cvs(limit=5, only=[fine.pk])
    slow.refresh_from_db()
    fine.refresh_from_db()
    assert (slow.status, fine.status) == (Status.FAILED, Status.COMPLETED)
    assert slow.error
    assert slow.text == ""
