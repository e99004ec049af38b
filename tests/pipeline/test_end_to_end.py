"""A CV file in, explained matches out, on the real stages, the real queue and the real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from cvmatch.core.models import StageRun, Status
from cvmatch.core.stages import requeue, retry_failed
from cvmatch.maintenance import clean_up
from cvmatch.tasks import run_stage
from ingestion.models import CV
from ingestion.services import receive_cv
from jobs.models import Job
from matching.models import CVVector, Explanation, JobEmbedding, JobVector, Match, Prediction, TextEmbedding
from matching.progress import cv_progress
from matching.services import request_matches
from tests.support import CV_TEXT, JOB_TEXT, make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db


def test_an_upload_ends_in_explained_matches_without_any_schedule() -> None:
    make_job("1", "Data Engineer")
    make_job("2", "Nurse", "We care for people.\nRequirements:\n- Nursing degree\n- Wound care")
    cv = make_cv(user=make_user())
    work_until_idle()

    progress = cv_progress(cv_now := CV.objects.get(pk=cv.pk))
    assert (progress.status, progress.matches, progress.explained) == ("completed", 2, 2)
    assert (cv_now.name, cv_now.label) == ("Mara Lindqvist", "Data Engineer")
    best, last = Match.objects.filter(prediction_id=progress.prediction_id)
    assert (best.job.title, last.job.title) == ("Data Engineer", "Nurse")
    assert best.score > last.score
    account = best.explanation.body_json
    assert {"Python", "SQL"} <= {finding["name"] for finding in account["findings"] if finding["state"] == "stated"}
    assert account["sentences"]


def test_a_prediction_says_what_it_was_made_from() -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    cv.refresh_from_db()
    prediction = Prediction.objects.get(cv=cv)
    assert (prediction.model, prediction.input_hash, prediction.searched) == ("hashing-1", cv.content_hash, 1)
    assert prediction.config_version
    assert prediction.as_of is not None


def test_a_job_finds_its_candidates_when_somebody_asks() -> None:
    job = make_job()
    make_cv()
    make_cv("Tom Okafor\nNurse\n\nExperience\nNurse, City Hospital\n2015 - 2020\n\nSkills\nWound care")
    work_until_idle()
    prediction = request_matches(job=job, requested_by=None)
    work_until_idle()
    best, last = Match.objects.filter(prediction=prediction)
    assert (best.cv.name, last.cv.name) == ("Mara Lindqvist", "Tom Okafor")
    assert Explanation.objects.filter(match__prediction=prediction, status=Status.COMPLETED).count() == 2


def test_the_same_bytes_again_are_no_new_version_and_no_new_work() -> None:
    user = make_user()
    first = make_cv(user=user)
    work_until_idle()
    second = make_cv(user=user)
    assert (second.pk, CV.objects.count(), OrmQ.objects.count()) == (first.pk, 1, 0)


def test_a_new_version_replaces_the_old_one_and_only_the_new_one_is_matched() -> None:
    user = make_user()
    job = make_job()
    old = make_cv(user=user)
    work_until_idle()
    new = make_cv(CV_TEXT.replace("Docker", "Kubernetes"), user=user)
    work_until_idle()

    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_latest, new.is_latest, new.version, new.candidate_id) == (False, True, 2, old.candidate_id)
    Prediction.objects.update(created_at=timezone.now() - timedelta(days=2))
    run_stage("match_cvs")
    assert Prediction.objects.filter(cv=old).count() == 1
    assert Prediction.objects.filter(cv=new).count() == 2

    candidates = request_matches(job=job, requested_by=None)
    work_until_idle()
    assert [match.cv_id for match in Match.objects.filter(prediction=candidates)] == [new.pk]


def test_a_changed_job_is_embedded_again_and_an_unchanged_one_is_not() -> None:
    make_job("1", "Data Engineer")
    make_job("2", "Nurse", "We care for people on three wards.")
    work_until_idle()
    texts = TextEmbedding.objects.count()
    before = dict(JobEmbedding.objects.values_list("job__external_id", "finished_at"))

    make_job("1", "Data Engineer", JOB_TEXT + "\n- Airflow")
    make_job("2", "Nurse", "We care for people on three wards.")
    work_until_idle()
    after = dict(JobEmbedding.objects.values_list("job__external_id", "finished_at"))
    assert TextEmbedding.objects.count() == texts + 2  # the new text and its skills; the title was known
    assert after["1"] > before["1"]
    assert after["2"] == before["2"]
    assert JobVector.objects.exclude(kind="skills").count() == 4


def test_the_same_text_in_two_jobs_is_given_to_the_model_once() -> None:
    make_job("1")
    make_job("2")
    work_until_idle()
    assert JobVector.objects.count() == 6
    assert TextEmbedding.objects.count() == 3  # one text, one title, one list of skills


def test_a_fresh_list_is_not_made_again_and_an_old_one_is() -> None:
    make_job()
    make_cv()
    work_until_idle()
    run_stage("match_cvs")
    assert Prediction.objects.count() == 1
    Prediction.objects.update(created_at=timezone.now() - timedelta(hours=25))
    run_stage("match_cvs")
    assert Prediction.objects.count() == 2


def test_a_cv_without_any_job_completes_with_an_empty_list() -> None:
    cv = make_cv()
    work_until_idle()
    cv.refresh_from_db()
    assert (cv_progress(cv).status, cv_progress(cv).matches) == ("completed", 0)


def test_jobs_that_come_after_the_cv_are_in_the_next_list() -> None:
    cv = make_cv()
    work_until_idle()
    make_job()
    work_until_idle()
    prediction = request_matches(cv=cv, requested_by=None)
    work_until_idle()
    assert Match.objects.filter(prediction=prediction).count() == 1


def test_a_file_that_is_gone_parks_the_cv_with_a_clear_message_and_its_return_lets_it_finish() -> None:
    make_job()
    cv = make_cv()
    content = cv.file.read()
    cv.file.close()
    cv.file.storage.delete(cv.file.name)
    work_until_idle()
    cv.refresh_from_db()
    assert (cv.status, cv.error) == (Status.FAILED, "The stored file cannot be opened.")
    assert cv_progress(cv).status == "failed"
    assert cv.retry_at is not None

    with cv.file.storage.open(cv.file.name, "wb") as file:
        file.write(content)
    CV.objects.update(retry_at=timezone.now() - timedelta(seconds=1))
    assert retry_failed(limit=10).done == 1
    work_until_idle()
    cv.refresh_from_db()
    assert cv_progress(cv).status == "completed"
    assert Match.objects.filter(cv=cv).count() == 1


def test_a_file_that_cannot_be_a_cv_is_parked_for_good_and_the_batch_goes_on() -> None:
    broken = make_cv("x")
    CV.objects.filter(pk=broken.pk).update(interactive=True)
    with broken.file.storage.open(broken.file.name, "wb") as file:
        file.write(b"%PDF-1.7 torn off here")
    fine = make_cv()
    OrmQ.objects.all().delete()
    run_stage("parse_cvs")
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.status, broken.retry_at, broken.text) == (Status.FAILED, None, "")
    assert broken.error
    assert fine.status == Status.COMPLETED


def test_a_stage_that_finds_nothing_to_do_leaves_everything_as_it_is() -> None:
    make_job()
    make_cv()
    work_until_idle()
    rows = (CVVector.objects.count(), JobVector.objects.count(), Match.objects.count(), Explanation.objects.count())
    for stage in ("parse_cvs", "embed_cvs", "embed_jobs", "match_cvs", "match_jobs", "explain_matches"):
        assert run_stage(stage) == "0 done, 0 failed"
    assert rows == (
        CVVector.objects.count(),
        JobVector.objects.count(),
        Match.objects.count(),
        Explanation.objects.count(),
    )


def test_clean_up_removes_what_is_old_and_keeps_the_newest_list_of_each_subject(
    settings, django_capture_on_commit_callbacks
) -> None:
    user = make_user()
    make_job()
    ended = make_job("2", expires_at=timezone.now() - timedelta(days=settings.RETENTION_DAYS + 1))
    replaced = make_cv(user=user)
    work_until_idle()
    current = make_cv(CV_TEXT + "\nTerraform", user=user)
    work_until_idle()
    replaced_file = replaced.file.name
    oldest = Prediction.objects.get(cv=current)
    request_matches(cv=current, requested_by=None)
    work_until_idle()
    newest = Prediction.objects.filter(cv=current).latest("pk")
    long_ago = timezone.now() - timedelta(days=settings.RETENTION_DAYS + 1)
    for number, prediction in enumerate(Prediction.objects.order_by("pk")):
        Prediction.objects.filter(pk=prediction.pk).update(created_at=long_ago + timedelta(seconds=number))
    CV.objects.update(uploaded_at=long_ago, finished_at=long_ago)
    StageRun.objects.update(started_at=long_ago)

    with django_capture_on_commit_callbacks(execute=True):
        clean_up(limit=100)
    assert list(Prediction.objects.filter(cv=current)) == [newest]
    assert not Prediction.objects.filter(pk=oldest.pk).exists()
    assert list(CV.objects.all()) == [current]
    assert not current.file.storage.exists(replaced_file)
    assert current.file.storage.exists(current.file.name)
    assert not Job.objects.filter(pk=ended.pk).exists()
    assert not StageRun.objects.exists()


def test_clean_up_does_not_take_an_open_list_for_the_newest_result() -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    finished = Prediction.objects.get()
    Prediction.objects.update(created_at=timezone.now() - timedelta(days=400))
    request_matches(cv=cv, requested_by=None)
    clean_up(limit=100)
    assert Prediction.objects.filter(pk=finished.pk).exists()


def test_a_newer_version_that_cannot_be_read_leaves_the_one_before_it_in_every_search() -> None:
    user = make_user()
    make_job()
    readable = make_cv(user=user)
    work_until_idle()
    unreadable = receive_cv(content=b"%PDF-1.7 torn", filename="cv.pdf", uploaded_by=user, interactive=True)
    work_until_idle()
    readable.refresh_from_db()
    unreadable.refresh_from_db()
    assert (unreadable.status, unreadable.is_latest) == (Status.FAILED, False)
    assert (readable.status, readable.is_latest) == (Status.COMPLETED, True)
    assert cv_progress(unreadable).status == "failed"


def test_a_version_that_is_read_at_the_second_try_takes_over_again() -> None:
    user = make_user()
    older = make_cv(user=user)
    work_until_idle()
    newer = make_cv(CV_TEXT + "\nTerraform", user=user)
    stored, newer.file.name = newer.file.name, "cvs/gone"
    newer.save(update_fields=["file"])
    work_until_idle()
    assert [older.pk] == list(CV.objects.current().values_list("pk", flat=True))
    CV.objects.filter(pk=newer.pk).update(file=stored)
    assert requeue(CV, [newer.pk], reset_attempts=True) == 1
    work_until_idle()
    assert [newer.pk] == list(CV.objects.current().values_list("pk", flat=True))
