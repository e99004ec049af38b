"""The quality of a source is a mean of shares, of those that are known; its figures come from its open postings."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from ingestion.source_facts import judged_sources, repairs_by_source, source_facts, source_qualities
from ingestion.source_quality import WEIGHTS, SourceFacts, source_quality
from ingestion.stages import judge_sources
from jobs.models import Job
from jobs.selectors import count_states
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Pay, Place

TEXT = "We look for somebody who likes people, paper and the sea. " * 12
GOOD = SourceFacts(10, 10, 10, 10, 10, 10, 0, 3.0, 0.0, 0.2)


def test_a_source_with_everything_has_100_and_one_with_nothing_0() -> None:
    best, worst = (
        source_quality(GOOD),
        source_quality(SourceFacts(10, duplicates=10, median_age_days=90.0, broken_links=1.0)),
    )
    assert best is not None
    assert worst is not None
    assert (best.score, worst.score) == (100, 0)
    assert set(best.parts) == set(WEIGHTS)
    assert source_quality(SourceFacts(0)) is None


def test_what_is_not_known_says_nothing() -> None:
    quality = source_quality(SourceFacts(4, 2, 2, 2, 2, 2, 2))
    assert quality is not None
    assert quality.score == 50
    assert not {"fresh", "working links", "clicked"} & set(quality.parts)


@given(st.integers(1, 50), st.data())
def test_more_of_anything_never_lowers_the_score(postings: int, data: st.DataObject) -> None:
    shares = [data.draw(st.integers(0, postings)) for _ in range(6)]
    age = data.draw(st.none() | st.floats(0, 400))
    before = source_quality(SourceFacts(postings, *shares, age))
    part = data.draw(st.integers(0, 4))
    shares[part] = data.draw(st.integers(shares[part], postings))
    after = source_quality(SourceFacts(postings, *shares, age))
    assert before is not None
    assert after is not None
    assert 0 <= before.score <= after.score <= 100


@pytest.mark.django_db
def test_figures_are_those_of_the_open_postings_of_each_source() -> None:
    now = timezone.now()
    full = JobPosting(
        "1",
        "Clerk",
        TEXT,
        "Acme",
        place=Place("Berlin", country="DE"),
        pay=Pay(Decimal(1)),
        posted_at=now - timedelta(days=2),
    )
    bare = JobPosting("2", "Clerk", "Short", repairs=("company unknown",), is_snippet=True)
    upsert_jobs(
        source="good", postings=[full, JobPosting("3", "Clerk", TEXT, "Acme", place=Place("Berlin", country="DE"))]
    )
    upsert_jobs(source="bad", postings=[bare, JobPosting("4", "Old", "x", expires_at=now - timedelta(days=40))])
    facts = source_facts()
    assert (facts["good"].postings, facts["good"].full_text, facts["good"].pay, facts["good"].duplicates) == (
        2,
        2,
        1,
        1,
    )
    assert facts["good"].median_age_days == pytest.approx(2, abs=0.01)
    assert (facts["bad"].postings, facts["bad"].full_text, facts["bad"].company) == (1, 0, 0)
    judged = source_qualities()
    assert judged["good"].score > judged["bad"].score
    assert source_qualities("good") == {"good": judged["good"]}
    assert judged_sources() == {}
    judge_sources(limit=1)
    assert judged_sources() == judged
    json.dumps(cache.get("source-qualities"))  # a cache that keeps JSON can keep it
    assert repairs_by_source() == {"bad": {"company unknown": 1}}
    assert count_states() == {"active": 3, "expired": 1, "deleted": 0}
    Job.objects.filter(status="expired").update(status="deleted")
    assert count_states()["deleted"] == 1
