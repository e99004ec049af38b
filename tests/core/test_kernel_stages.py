"""Retrying what has failed, over all tables that a stage works on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from cvmatch.core.models import Status, staged_models
from cvmatch.core.queue import get_stage
from cvmatch.core.stages import requeue, retry_failed
from ingestion.models import CV
from matching.models import CVEmbedding, JobEmbedding
from tests.support import make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db


def fail(model) -> None:
    model.objects.update(status=Status.FAILED, error="It broke.", retry_at=timezone.now() - timedelta(seconds=1))


def test_every_staged_table_names_stages_that_exist() -> None:
    assert len(staged_models()) >= 5
    for model in staged_models():
        assert [get_stage(name).name for name in model.stages] == list(model.stages)


def test_what_is_due_is_put_back_in_every_table_and_its_stage_is_started() -> None:
    make_job()
    make_cv()
    work_until_idle()
    fail(JobEmbedding)
    fail(CVEmbedding)
    assert retry_failed(limit=10).done == 2
    assert {task.task["args"][0] for task in OrmQ.objects.all()} == {"embed_jobs", "embed_cvs"}
    work_until_idle()
    assert set(JobEmbedding.objects.values_list("status", "error")) == {(Status.COMPLETED, "")}


def test_the_limit_is_one_for_all_tables_together() -> None:
    for number in range(3):
        make_cv(f"Person {number}\nSkills\nPython")
        make_job(str(number))
    work_until_idle()
    fail(CV)
    fail(JobEmbedding)
    assert [retry_failed(limit=4).done for _ in range(3)] == [4, 2, 0]


def test_what_nobody_should_try_again_by_itself_stays() -> None:
    make_cv()
    CV.objects.update(status=Status.FAILED, error="Not a CV.", retry_at=None)
    OrmQ.objects.all().delete()
    assert retry_failed(limit=10).done == 0
    assert OrmQ.objects.count() == 0


def test_only_failed_rows_are_put_back() -> None:
    cv = make_cv()
    OrmQ.objects.all().delete()
    assert requeue(CV, [cv.pk, 10**9]) == 0
    assert OrmQ.objects.count() == 0
