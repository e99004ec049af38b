"""Leaves a server that only fails alone for a while: one state for all processes, kept in the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q, QuerySet

from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.clock import Clock
from cvmatch.core.http.failures import Passing, Refused
from cvmatch.core.models import ERROR_CHARS, FetchBreaker


@dataclass(frozen=True)
class Breaker:
    """Opens for ``rest_s`` after ``failures`` in a row; then one request is let through and decides for all.

    ``trial_s`` has to be longer than a request may take: after that another one is let through in its place, since the
    process that had the first may have died.
    """

    source: str
    clock: Clock
    failures: int = 8
    rest_s: float = 60.0
    trial_s: float = 60.0

    def check(self) -> None:
        """Raises FetchFailed while nothing is let through."""
        row = self._find()
        if row and row.open_until and row.open_until > (now := self.clock.now()):
            raise self._resting(row, now)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one request: lets it through or raises FetchFailed, and learns from how it ends.

        Only what may pass counts as a failure. A server that refuses, or has nothing there, is well.
        """
        trial = self._enter()
        try:
            yield
        except Passing as error:
            if isinstance(error, Refused):
                self._succeeded(trial)
            else:
                self._failed(trial, error.message)
            raise
        except FetchFailed:
            self._succeeded(trial)
            raise
        self._succeeded(trial)

    def _enter(self) -> UUID | None:
        """None while closed, else the token of the one that is let through."""
        row = self._find()
        if row is None or row.open_until is None:
            return None
        now, trial = self.clock.now(), uuid4()
        # One statement: of two at once the second waits for the first and then finds the time moved on.
        mine = self._rows().filter(open_until__lte=now)
        if mine.update(trial=trial, open_until=now + timedelta(seconds=self.trial_s)):
            return trial
        raise self._resting(row, now)

    def _failed(self, trial: UUID | None, reason: str) -> None:
        with transaction.atomic(durable=True):
            FetchBreaker.objects.bulk_create([FetchBreaker(source=self.source)], ignore_conflicts=True)
            row = self._rows().select_for_update().get()
            # What was asked before the rest says nothing about the server after it.
            if row.trial != trial or (trial is None and row.open_until):
                return
            row.failures, row.reason, row.trial = row.failures + 1, reason[:ERROR_CHARS], None
            if trial or row.failures >= self.failures:
                row.open_until = self.clock.now() + timedelta(seconds=self.rest_s)
            row.save()

    def _succeeded(self, trial: UUID | None) -> None:
        mine = Q(trial=trial) if trial else Q(open_until=None, failures__gt=0)
        self._rows().filter(mine).update(failures=0, open_until=None, trial=None, reason="")

    def _rows(self) -> QuerySet[FetchBreaker]:
        return FetchBreaker.objects.filter(source=self.source)

    def _find(self) -> FetchBreaker | None:
        return FetchBreaker.objects.filter(source=self.source).first()

    def _resting(self, row: FetchBreaker, now: datetime) -> FetchFailed:
        until = max(row.open_until or now, now)
        wait_s = max(1.0, (until - now).total_seconds())
        said = f"“{self.source}” failed {row.failures} times in a row and is asked again in {wait_s:.0f} s."
        return FetchFailed(f"{said} Last: {row.reason}", details={"wait_s": wait_s})
