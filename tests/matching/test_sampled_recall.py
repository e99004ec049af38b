"""The sampled recall of the vector index says what the index misses."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone
from prometheus_client import REGISTRY

from cvmatch.tasks import run_stage
from ingestion.models import CV
from jobs.models import Job
from matching.models import CVVector, JobVector
from matching.search import Side
from matching.search.recall import keep_recall
from tests.support import make_cv

pytestmark = pytest.mark.django_db

MODEL = "hashing-1"


def fill(jobs: int, *, same: bool = False) -> None:
    random = np.random.default_rng(7)
    made = Job.objects.bulk_create(
        Job(source="test", external_id=str(number), title="Nurse", changed_at=timezone.now()) for number in range(jobs)
    )
    one = random.normal(size=384)
    JobVector.objects.bulk_create(
        JobVector(job=job, kind="text", model=MODEL, embedding=list(one if same else random.normal(size=384)))
        for job in made
    )


def add_cv() -> None:
    cv = CV.objects.get(pk=make_cv().pk)
    CVVector.objects.create(cv=cv, kind="text", model=MODEL, embedding=list(np.ones(384)))


def by_index_only() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")


def test_an_index_that_finds_all_has_a_recall_of_one_and_one_that_is_asked_for_too_little_has_less() -> None:
    fill(600)
    add_cv()
    by_index_only()
    assert keep_recall(Side.JOBS_FOR_CV, model=MODEL, subjects=3, ef_search=400) == 1.0
    assert REGISTRY.get_sample_value("cvmatch_vector_recall", {"side": "jobs"}) == 1.0
    # Vectors of chance have no neighbourhoods to follow.
    poor = keep_recall(Side.JOBS_FOR_CV, model=MODEL, subjects=1, ef_search=1)
    assert poor is not None
    assert 0 < poor < 1
    assert REGISTRY.get_sample_value("cvmatch_vector_recall", {"side": "jobs"}) == poor


def test_of_texts_that_are_the_same_any_may_be_found() -> None:
    fill(60, same=True)
    add_cv()
    assert keep_recall(Side.JOBS_FOR_CV, model=MODEL, subjects=2, ef_search=100) == 1.0


def test_where_nothing_is_stored_nothing_is_said() -> None:
    assert keep_recall(Side.CVS_FOR_JOB, model=MODEL, subjects=2, ef_search=100) is None
    fill(3)
    assert keep_recall(Side.JOBS_FOR_CV, model=MODEL, subjects=2, ef_search=100) is None


def test_the_stage_samples_both_ways_and_leaves_nothing_to_do() -> None:
    fill(20)
    add_cv()
    with connection.cursor() as cursor:  # rows that other tests rolled back stay in an index, and may hide the only CV
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("REINDEX INDEX matching_cvvector_text")
    assert run_stage("sample_recall") == "0 done, 0 failed"
    for side in Side:
        assert REGISTRY.get_sample_value("cvmatch_vector_recall", {"side": side}) == 1.0
