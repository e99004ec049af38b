"""The ranking page: the last figures of every collection, how ours compares, and how it went over the runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.evaluation_page import shown_of
from matching.measuring import MEASURES
from matching.models import EvaluationRun, Match, Prediction
from matching.selectors.evaluations import list_evaluations
from matching.selectors.spread import spread_of_scores

pytestmark = pytest.mark.django_db

PAGE = "/operations/ranking/"


def measured(
    ranker: str, ap: float, *, days_ago: float = 0, collection: str = "titles", by_chance: float | None = None
) -> None:
    EvaluationRun.objects.create(
        run_at=timezone.now().replace(microsecond=0) - timedelta(days=days_ago),
        collection=collection,
        kind="title-to-title",
        ranker=ranker,
        queries=8,
        documents=24,
        measures_json=dict.fromkeys(MEASURES, ap),
        by_query_json={},
        against_json={} if by_chance is None else dict.fromkeys(MEASURES, by_chance),
        model="hashing",
        config_version="c1",
        commit="abc123",
        machine="x86_64, 2 cores",
        duration_s=1.5,
    )


def test_an_empty_page_says_what_to_run(as_: Callable[[str], Client]) -> None:
    assert "manage.py evaluate_matching" in as_("admin").get(PAGE).content.decode()


def test_the_last_run_is_shown_best_first_with_what_is_sure(as_: Callable[[str], Client]) -> None:
    measured("default", 0.6)
    measured("bm25", 0.3, by_chance=0.001)
    measured("dense", 0.58, by_chance=0.4)
    measured("rrf", 0.7, by_chance=0.01)
    measured("default", 0.5, days_ago=1)
    (history,) = list_evaluations()
    rows = {row.result.ranker: row.verdict for row in shown_of(history).rows}
    assert list(rows) == ["rrf", "default", "dense", "bm25"]
    assert rows == {
        "rrf": "ours is worse", "default": "", "dense": "no sure difference", "bm25": "ours is better",
    }  # fmt: skip
    page = as_("admin").get(PAGE).content.decode()
    assert "ours is better" in page
    assert "abc123" in page
    assert "<strong>0.700</strong>" in page


def test_our_ranker_is_followed_over_the_runs_and_one_without_it_is_a_gap() -> None:
    measured("default", 0.25, days_ago=2)
    measured("bm25", 0.9, days_ago=1)
    measured("default", 0.5)
    (history,) = list_evaluations()
    first = [run.values[0] for run in shown_of(history).runs]
    assert first == [0.5, None, 0.25]


def test_each_collection_has_its_own_place() -> None:
    measured("default", 0.5, collection="b")
    measured("default", 0.6, collection="a", days_ago=3)
    assert [(history.collection, len(history.runs)) for history in list_evaluations()] == [("a", 1), ("b", 1)]


def test_the_pages_of_operations_lead_to_it(as_: Callable[[str], Client]) -> None:
    assert f'href="{PAGE}"' in as_("admin").get("/operations/pipeline/").content.decode()
    assert f'href="{PAGE}"' not in as_("recruiter").get("/").content.decode()


def test_the_points_of_the_newest_lists_are_counted_by_side(as_: Callable[[str], Client], job_match: Match) -> None:
    lines = {side: Match.objects.filter(prediction__side=side) for side in Prediction.Side.values}
    lines["jobs"].update(score=Decimal("100"))
    lines["cvs"].update(score=Decimal("64.9"))
    steps = {step.low: (step.jobs, step.cvs) for step in spread_of_scores()}
    assert len(steps) == 20
    assert {low: counts for low, counts in steps.items() if any(counts)} == {
        60: (0, lines["cvs"].count()),
        95: (lines["jobs"].count(), 0),
    }
    assert 'data-from="spread-table"' in as_("admin").get(PAGE).content.decode()
