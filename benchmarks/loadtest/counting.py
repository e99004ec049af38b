"""Whether everything that was accepted is finished exactly once, and how often each layer of the cache had the answer."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOOK_EVERY_S = 3.0
_SAMPLE = re.compile(r'^cvmatch_cache_(hits|misses)_total\{[^}]*layer="([^"]+)"[^}]*\} ([0-9.e+]+)$', re.MULTILINE)


@dataclass
class Account:
    """What became of accepted work: uploads and match tasks by their final state, and the ids of those without one."""

    uploads: Counter[str] = field(default_factory=Counter)
    matches: Counter[str] = field(default_factory=Counter)
    open: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    not_answered: int = 0
    waited_s: float = 0.0

    @property
    def is_clean(self) -> bool:
        return not (self.open or self.lost or self.doubled)


def reconcile(accepted: Path, *, patience_s: float, say: Callable[[str], None]) -> Account:
    """Waits until nothing that was accepted is open any more, or patience ends, and counts."""
    begun = time.monotonic()
    told = [json.loads(line) for line in accepted.read_text().splitlines()] if accepted.exists() else []
    ids = {kind: Counter(row["id"] for row in told if row["kind"] == kind) for kind in ("cv", "match")}
    while True:
        account = _count(ids)
        account.waited_s = time.monotonic() - begun
        if not account.open or account.waited_s > patience_s:
            return account
        say(f"waiting for {len(account.open)} accepted uploads and matches")
        time.sleep(LOOK_EVERY_S)


def _count(ids: Mapping[str, Counter[int | str]]) -> Account:
    account = Account()
    _count_uploads(account, ids["cv"])
    _count_matches(account, ids["match"])
    return account


def _count_uploads(account: Account, ids: Counter[int | str]) -> None:
    from django.db.models import Count

    from ingestion.models import CV
    from matching.models import Prediction
    from matching.progress import cv_progress

    found = CV.objects.in_bulk(list(ids))
    account.lost += [f"upload {pk}" for pk in ids if pk not in found]
    # Every upload was of other bytes: an id that was given twice, or bytes or a list that are there twice, is double work.
    account.doubled += [f"upload {pk} accepted {times} times" for pk, times in ids.items() if times > 1]
    uploaded = CV.objects.filter(filename__startswith="load-")
    twice = uploaded.values("sha256").annotate(n=Count("pk")).filter(n__gt=1)
    account.doubled += [f"bytes {row['sha256'][:12]} stored {row['n']} times" for row in twice]
    lists = (
        Prediction.objects.filter(cv__in=list(ids), side="jobs").values("cv").annotate(n=Count("pk")).filter(n__gt=1)
    )
    account.doubled += [f"upload {row['cv']} matched {row['n']} times" for row in lists]
    account.not_answered = uploaded.exclude(pk__in=list(ids)).count()
    for pk, cv in found.items():
        progress = cv_progress(cv)
        if progress.is_over:
            account.uploads[progress.status] += 1
        else:
            account.open.append(f"upload {pk}")


def _count_matches(account: Account, ids: Counter[int | str]) -> None:
    from uuid import UUID

    from matching.asking import task_progress
    from matching.models import MatchTask

    tasks = MatchTask.objects.select_related("cv", "prediction").in_bulk([UUID(str(pk)) for pk in ids])
    # A task without what it stands for has nothing that could ever be finished.
    there = {pk: task for pk, task in tasks.items() if task.cv or task.prediction}
    account.lost += [f"match {pk}" for pk in ids if UUID(str(pk)) not in there]
    for pk, task in there.items():
        progress = task_progress(task)
        if progress.is_over:
            account.matches[progress.status] += 1
        else:
            account.open.append(f"match {pk}")


def lookups(metrics: str) -> Counter[tuple[str, str]]:
    """How often each layer of the cache was asked: by layer and "hits" or "misses"."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, layer, value in _SAMPLE.findall(metrics):
        found[layer, kind] += int(float(value))
    return found


def hit_rates(before: Counter[tuple[str, str]], after: Counter[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Hits and lookups of each layer between two readings."""
    layers = sorted({layer for layer, _ in after})
    hits = {layer: after[layer, "hits"] - before[layer, "hits"] for layer in layers}
    return {layer: (hits[layer], hits[layer] + after[layer, "misses"] - before[layer, "misses"]) for layer in layers}
