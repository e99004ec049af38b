"""Ranks our own collections with every ranker and calibrates the score: ``python -m benchmarks.ranking [--ads FILE]``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import django
import numpy as np

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cvmatch.settings.base")
django.setup()

import ir_measures  # noqa: E402 - Django's settings come first
from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.ranking.calibrating import Pair, calibrate  # noqa: E402
from benchmarks.ranking.labelled import Collection, advertisements, own  # noqa: E402
from cvmatch import embedded  # noqa: E402
from jobs.stages import read_jobs  # noqa: E402
from matching import stages  # noqa: E402
from matching.rankers import RANKERS  # noqa: E402
from matching.ranking import rank  # noqa: E402
from matching.scratch import scratch_database  # noqa: E402
from matching.search import Side  # noqa: E402
from matching.services import refresh_words  # noqa: E402

ALL = 10_000
MEASURES = (ir_measures.AP, ir_measures.nDCG @ 10, ir_measures.P @ 10, ir_measures.R @ 100, ir_measures.RR)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ranking", description=__doc__)
    parser.add_argument(
        "--ads", type=Path, help="real advertisements, JSON Lines of JobPosting, for a second collection"
    )
    ads = parser.parse_args().ads
    sets: dict[str, Callable[[], Collection]] = {"own": own}
    if ads:
        sets["ads"] = lambda: advertisements(ads)
    server = embedded.start(settings.VAR_DIR / "postgres", durable=False) if settings.EMBEDDED else None
    try:
        pairs = [pair for name, load in sets.items() for pair in _measured(name, load)]
    finally:
        if server is not None:
            server.stop()
    for direction in ("whole", "for_job", "for_person"):
        sys.stdout.write(f"{calibrate(pairs, direction)}\n")


def _measured(name: str, load: Callable[[], Collection]) -> list[Pair]:
    with scratch_database():
        collection = load()
        for stage in (read_jobs, stages.embed_cvs, stages.embed_jobs):
            while stage(limit=10_000).claimed:
                pass
        refresh_words()
        for ranker, run in RANKERS.items():
            found = {job: dict(run(Side.CVS_FOR_JOB, job, ALL)) for job in collection.suits}
            sys.stdout.write(f"{name} {ranker:8} {_figures(collection, found)}\n")
        return _pairs(name, collection)


def _figures(collection: Collection, found: Mapping[int, Mapping[int, float]]) -> str:
    qrels = {str(job): {str(cv): 1 for cv in cvs} for job, cvs in collection.suits.items()}
    kept = {
        str(job): {str(cv): score for cv, score in scores.items() if cv not in collection.left_out.get(job, ())}
        for job, scores in found.items()
    }
    values = ir_measures.calc_aggregate(MEASURES, qrels, kept)
    return "  ".join(f"{measure} {values[measure]:.3f}" for measure in MEASURES)


def _pairs(name: str, collection: Collection) -> list[Pair]:
    now, pairs = timezone.now(), []
    for number, job in enumerate(sorted(collection.suits)):
        for line in rank(Side.CVS_FOR_JOB, [job], now=now, top=ALL)[job].lines:
            if line.cv_id not in collection.left_out.get(job, ()):
                suits = line.cv_id in collection.suits[job]
                pairs.append(Pair(name, number % 2 == 1, suits, line.score))
    return pairs


if __name__ == "__main__":
    np.seterr(over="ignore")
    main()
