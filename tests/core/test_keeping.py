"""What took long is not made again for a while, and what is quick always is."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.core.cache import caches

from cvmatch.core import keeping


@pytest.fixture
def memory(settings: Any) -> None:
    backend = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "keeping"}
    settings.CACHES = {**settings.CACHES, "process": backend}
    caches["process"].clear()


@pytest.mark.usefixtures("memory")
def test_what_took_long_is_kept_for_the_same_question_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "SLOW_S", 0.01)
    made: list[str] = []

    def slow(word: str) -> str:
        time.sleep(0.02)
        made.append(word)
        return word

    assert [keeping.kept("words", word, lambda w=word: slow(w)) for word in ("a", "a", "b")] == ["a", "a", "b"]
    assert keeping.kept("others", "a", lambda: slow("c")) == "c"
    assert made == ["a", "b", "c"]


@pytest.mark.usefixtures("memory")
def test_what_is_quick_is_made_each_time() -> None:
    made: list[int] = []
    for _ in range(2):
        keeping.kept("quick", (), lambda: made.append(1))
    assert made == [1, 1]
