"""Erasing CVs and people: rows, files, what matching keeps by hash, and what stays of others."""

from __future__ import annotations

import pytest

from cvmatch.core.models import User
from ingestion.erasing import erase_candidate, erase_cv
from ingestion.models import CV, Candidate
from matching.models import Match, Snapshot, TextEmbedding
from tests.support import CV_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

OTHER_TEXT = CV_TEXT.replace("Mara Lindqvist", "Tom Okafor").replace("Kafka", "Spark")


def matched(text: str = CV_TEXT, user: User | None = None) -> CV:
    make_job()
    cv = make_cv(text, user=user)
    work_until_idle()
    cv.refresh_from_db()
    return cv


def test_an_erased_cv_leaves_no_row_no_file_no_snapshot_and_no_vector(django_capture_on_commit_callbacks) -> None:
    cv = matched(user=make_user())
    jobs_vectors = TextEmbedding.objects.exclude(content_hash="").count()
    storage, name = cv.file.storage, cv.file.name
    assert Snapshot.objects.filter(kind=Snapshot.Kind.CV).exists()
    with django_capture_on_commit_callbacks(execute=True):
        erase_cv(cv=cv, by=None)
    assert not CV.objects.exists()
    assert not Match.objects.exists()
    assert not Snapshot.objects.filter(kind=Snapshot.Kind.CV).exists()
    assert Snapshot.objects.filter(kind=Snapshot.Kind.JOB).exists()
    assert TextEmbedding.objects.count() == jobs_vectors - 3, "its text, its titles, its skills"
    assert not storage.exists(name)


def test_the_version_before_an_erased_one_is_matched_again() -> None:
    user = make_user()
    first, second = matched(user=user), matched(OTHER_TEXT, user=user)
    erase_cv(cv=second, by=user)
    work_until_idle()
    first.refresh_from_db()
    assert first.is_latest
    assert first.predictions.count() >= 1
    assert Candidate.objects.filter(user=user).exists()


def test_a_candidate_without_an_account_goes_with_their_last_cv() -> None:
    erase_cv(cv=make_cv(), by=make_user("rita", role="recruiter"))
    assert not Candidate.objects.exists()


def test_what_another_cv_of_the_same_content_was_scored_by_stays() -> None:
    one, two = matched(user=make_user("a")), matched(user=make_user("b"))
    erase_cv(cv=one, by=None)
    kept = set(two.matches.values_list("cv_snapshot", flat=True))
    assert kept
    assert Snapshot.objects.filter(pk__in=kept).count() == len(kept)


def test_a_person_is_erased_with_every_version_and_keeps_the_account() -> None:
    user = make_user()
    matched(user=user)
    cv = matched(OTHER_TEXT, user=user)
    erase_candidate(candidate=cv.candidate, by=user)
    assert not Candidate.objects.exists()
    assert not CV.objects.exists()
    assert User.objects.filter(pk=user.pk).exists()


def test_erasing_what_is_gone_is_no_error() -> None:
    cv = make_cv()
    erase_cv(cv=cv, by=None)
    erase_cv(cv=cv, by=None)
    erase_candidate(candidate=cv.candidate, by=None)
