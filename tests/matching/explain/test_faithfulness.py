"""Explanations are held against the pipeline itself: what they cite is deleted from the CV, and what it held up must be lower."""

from __future__ import annotations

import pytest
from django.utils import timezone

from benchmarks.faithfulness import Report, Trial, measure, without
from cvmatch.core import runner
from cvmatch.core.queue import get_stage
from cvmatch.demo import cv_files, load_jobs
from ingestion.extract import read_document
from ingestion.sources import Item
from ingestion.sources.jsonld import JsonLdSource
from ingestion.syncing import import_rows


@pytest.mark.django_db
def test_deleting_what_is_cited_lowers_the_part_it_supports_and_deleting_anything_else_does_not() -> None:
    rows = list(load_jobs(timezone.now()))[::11]
    items = [Item(number, row) for number, row in enumerate(rows, 1)]
    import_rows(source_name="demo", source=JsonLdSource(), rows=items, report=lambda rejected: None)
    for stage in ("read_jobs", "embed_jobs"):
        runner.run(get_stage(stage), limit=500, trigger="command")
    paths = [path for path in cv_files() if path.name.startswith(("ines", "mei-lin", "yusuf"))]
    texts = [read_document(path.read_bytes(), filename=path.name, max_bytes=10**7).text for path in paths]

    report = measure(texts, top=4, seed=5, now=timezone.now())

    lowered, stayed, count = report.shares()
    assert count > 20
    assert (lowered, stayed) >= (0.95, 0.95), [trial for trial in report.trials if not trial.cited_lowers]
    assert stayed >= 0.95, [trial for trial in report.trials if trial.random_lowers]
    assert {trial.kind for trial in report.trials} >= {"skill", "language", "years"}
    assert report.claims.total() > 100
    assert report.kept == report.claims


def test_the_characters_of_all_spans_are_deleted() -> None:
    assert without("Python, SQL and Rust", [(0, 6), (12, 15)]) == ", SQL  Rust"


def test_shares_count_what_fell_and_what_stayed() -> None:
    report = Report(trials=[Trial("skill", True, False), Trial("skill", False, False), Trial("years", True, True)])
    assert report.shares("skill") == (0.5, 1.0, 2)
    assert report.shares() == (2 / 3, 2 / 3, 3)
