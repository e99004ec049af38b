"""Vectors of texts come from Redis where they were needed within a day, and from the database for good."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cvmatch.core import cache_counts
from cvmatch.core.cache import store
from ingestion.erasing import erase_cv
from ingestion.models import CV
from jobs.models import Job
from matching import embedding, vectors
from matching.models import TextEmbedding
from matching.vectors import embed_cached
from tests.core.cache.conftest import redis, redis_url  # noqa: F401 - the fixtures
from tests.support import CV_TEXT, make_cv, make_job, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """The provider of the tests, and how many texts it was given."""

    def __init__(self, provider: Any) -> None:
        self._provider, self.name, self.texts = provider, provider.name, 0

    def embed(self, texts: Any) -> Any:
        self.texts += len(texts)
        return self._provider.embed(texts)


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting = Counting(vectors.get_provider())
    for module in (embedding, vectors):
        monkeypatch.setattr(module, "get_provider", lambda: counting)
    return counting


def counted() -> tuple[int, int]:
    l3 = next(one for one in cache_counts.cache_counts() if one.layer == "l3")
    return l3.hits, l3.misses


def test_a_text_is_given_to_the_model_once_and_comes_from_redis_then(redis: str, model: Counting) -> None:  # noqa: F811
    hits, misses = counted()
    first = embed_cached(["Python", "SQL"])
    with CaptureQueriesContext(connection) as queries:
        again = embed_cached(["SQL", "Python"])
    assert np.allclose(first, again[::-1], atol=1e-3)
    assert [query["sql"] for query in queries if "textembedding" in query["sql"] and "IN (" in query["sql"]] == []
    caches["default"].clear()
    assert np.array_equal(embed_cached(["SQL", "Python"]), again), "the database has them too, and the same"
    assert model.texts == 2
    assert counted() == (hits + 4, misses + 2)


def test_a_person_who_is_erased_is_not_in_redis_either(redis: str) -> None:  # noqa: F811
    cv = make_cv(CV_TEXT)
    work_until_idle()
    cv = CV.objects.get(pk=cv.pk)
    hashes = set(TextEmbedding.objects.values_list("content_hash", flat=True))
    keys = [vectors._vector_key(vectors.get_provider().name, key) for key in hashes]
    assert len(store.get_many(keys)) == len(hashes) == 3
    erase_cv(cv=cv, by=None)
    assert store.get_many(keys) == {}


def test_of_a_sync_with_some_changed_jobs_only_these_are_embedded(model: Counting) -> None:
    for number in range(20):
        make_job(str(number), title=f"Engineer {number}", text=f"We need Python and {number} years of it.\n- SQL")
    work_until_idle()
    all_at_first, model.texts = model.texts, 0
    for number in range(20):
        years = 99 if number == 7 else number
        make_job(str(number), title=f"Engineer {number}", text=f"We need Python and {years} years of it.\n- SQL")
    work_until_idle()
    assert Job.objects.count() == 20
    assert 0 < model.texts < 0.1 * all_at_first
