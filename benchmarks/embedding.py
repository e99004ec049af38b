"""Embedding speed against plain float32 sentence-transformers, and how little the faster arithmetic changes vectors.

    .venv/bin/python benchmarks/embedding.py [--rounds 7] [--texts 100] [--provider minilm]

On the demo's advertisements (as they are embedded) and their titles. The two take turns, each in its own order every other
round, and the ratio is taken within a round, so that what else the machine does meets both. The other side is
``SentenceTransformer.encode`` with the same weights in float32, which cuts a text after 256 word pieces; ours reads on.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--texts", type=int, default=100, help="advertisements; four times as many titles")
    parser.add_argument("--provider", default="minilm", help="a name of EMBEDDING_PROVIDERS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cvmatch-embedding-") as folder:
        os.environ |= {"CVMATCH_VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "cvmatch.settings.base"}
        import django

        django.setup()
        from django.conf import settings

        from matching.embedding.minilm import MiniLMProvider

        chosen = settings.EMBEDDING_PROVIDERS[options.provider]["OPTIONS"]
        ours, exact = MiniLMProvider(**chosen), MiniLMProvider(**{**chosen, "precision": "float32"})
        for name, texts in (("advertisements", advertisements(options.texts)), ("titles", titles(4 * options.texts))):
            compare(name, texts, ours, exact, options.rounds)


def advertisements(count: int) -> list[str]:
    from matching.embedding.text import job_text

    return [job_text(posting.title, posting.description) for posting in _postings()][:count]


def titles(count: int) -> list[str]:
    from matching.embedding.text import job_title_text

    return [job_title_text(posting.title) for posting in _postings()][:count]


def _postings() -> list[Any]:
    from django.utils import timezone

    from cvmatch import demo
    from ingestion.sources.jsonld import read_posting
    from jobs.values import JobPosting

    rows = (posting for row in demo.load_jobs(timezone.now()) for posting in read_posting(0, row))
    return [row for row in rows if isinstance(row, JobPosting)]


def compare(name: str, texts: Sequence[str], ours: Any, exact: Any, rounds: int) -> None:
    """Prints texts a second, the ratio within rounds and the cosine of our vectors to those of float32."""
    plain = exact._model  # SentenceTransformer itself, without what our provider does around it
    cosines = [float(np.dot(a, b)) for a, b in zip(ours.embed(texts), exact.embed(texts), strict=True)]
    sides: list[Callable[[], Any]] = [
        lambda: plain.encode(list(texts), batch_size=32, show_progress_bar=False),
        lambda: ours.embed(texts),
    ]
    seconds: list[list[float]] = [[], []]
    for turn in range(rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            seconds[side].append(timed(sides[side]))
    ratios = [a / b for a, b in zip(*seconds, strict=True)]
    speeds = [len(texts) / statistics.median(each) for each in seconds]
    print(f"{name}: {len(texts)} texts, mean {sum(map(len, texts)) // len(texts)} characters, {rounds} rounds")
    print(f"  float32 sentence-transformers {speeds[0]:8.1f} texts/s")
    print(f"  {ours.name:<29} {speeds[1]:8.1f} texts/s   ratio p50 {statistics.median(ratios):.2f}", end="")
    print(
        f" (min {min(ratios):.2f}, max {max(ratios):.2f})   cosine min {min(cosines):.5f} p50 {statistics.median(cosines):.5f}"
    )


def timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
