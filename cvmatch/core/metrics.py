"""What is counted where it happens: the metrics of cvmatch that every process adds to, whoever asks for them later."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, values

from cvmatch.core.slots import slot

# Processes that name the same folder are one target for Prometheus: each counts into files of its own there, and whichever
# of them is asked adds all up. By slot and not by process: the files of a worker that has ended are counted on by the next.
if named := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    folder = Path(named)  # made once: it is asked for at every count
    values.ValueClass = values.MultiProcessValue(lambda: slot(folder))  # type: ignore[no-untyped-call]

EMBEDDING_SECONDS = Histogram(
    "cvmatch_embedding_seconds",
    "Seconds of the model for one text: its share of the time of those that were embedded together.",
    ["provider"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
EMBEDDING_FAILURES = Counter("cvmatch_embedding_failures", "Calls of the model that failed.", ["provider"])
MATCH_SECONDS = Histogram(
    "cvmatch_match_seconds",
    "Seconds for one ranked list, its share of the time of those that were made together; side: what is listed.",
    ["side"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 15, 60),
)
MATCH_PAIRS = Counter("cvmatch_match_pairs", "Pairs of CV and job that were compared for these lists.", ["side"])
STAGE_SECONDS = Histogram(
    "cvmatch_stage_run_seconds",
    "Seconds of one run of a stage that had something to do.",
    ["stage"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120),
)
BREAKER_OPEN = Gauge(
    "cvmatch_breaker_open",
    "1 while a service that failed several times in a row is left alone, else 0; none where it never failed.",
    ["service"],
    multiprocess_mode="mostrecent",
)
AFTERWARDS_FAILURES = Counter(
    "cvmatch_afterwards_failures", "What should have followed an answer that was sent, and was refused.", ["what"]
)
VECTOR_RECALL = Gauge(
    "cvmatch_vector_recall",
    "Of the ten truly nearest the share that the vector index found, in the last sample; side: what is searched.",
    ["side"],
    multiprocess_mode="mostrecent",
)


@contextmanager
def shared_time(histogram: Histogram, count: int, **labels: str) -> Iterator[None]:
    """Observe for each of ``count`` things that are done together its share of the time; nothing where it fails."""
    started = time.perf_counter()
    yield
    each_s = (time.perf_counter() - started) / max(count, 1)
    child = histogram.labels(**labels)
    for _ in range(count):
        child.observe(each_s)
