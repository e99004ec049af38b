"""How often a key is used: one count for all processes, such that no span of any window ever holds more than allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from cvmatch.core.fetching import Window
from cvmatch.core.http.clock import Clock
from cvmatch.core.http.keys import Key
from cvmatch.core.models import FetchGrant, FetchKey

# A window is taken to be longer by this: what is counted here arrives there a little later, and not always equally so.
MARGIN_S = 1.0
LONGEST_S = 31 * 86_400
KEPT = timedelta(seconds=LONGEST_S, days=1)

_USE = """
SELECT k.id, w.seconds, w.requests,
       (SELECT count(*) FROM core_fetchgrant g
         WHERE g.key_id = k.id AND g.at > %(now)s - w.length),
       (SELECT g.at FROM core_fetchgrant g
         WHERE g.key_id = k.id ORDER BY g.at DESC OFFSET w.requests - 1 LIMIT 1) + w.length
  FROM core_fetchkey k
 CROSS JOIN (SELECT seconds, requests, make_interval(secs => seconds + %(margin)s) AS length
               FROM unnest(%(seconds)s::int[], %(requests)s::int[]) AS given(seconds, requests)) w
 WHERE k.id = ANY(%(keys)s)
 ORDER BY k.id, w.seconds
"""


@dataclass(frozen=True)
class Use:
    """How far one window of a key is used up. ``free_at`` is when the next request fits in, None where none ever waits.

    A time that has passed means that one fits in now.
    """

    window: Window
    used: int
    free_at: datetime | None

    @property
    def left(self) -> int:
        return max(0, self.window.requests - self.used)


def uses(keys: Sequence[int], windows: Sequence[Window], now: datetime) -> dict[int, list[Use]]:
    """What is used of each window, shortest first, by the keys' ids."""
    given: dict[str, Any] = {
        "now": now,
        "margin": MARGIN_S,
        "keys": list(keys),
        "seconds": [window.seconds for window in windows],
        "requests": [window.requests for window in windows],
    }
    found: dict[int, list[Use]] = {key: [] for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_USE, given)
        for key, seconds, requests, used, free_at in cursor.fetchall():
            found[key].append(Use(Window(seconds, requests), used, free_at))
    return found


class Budget:
    """Counts the requests of one source under each of its keys. ``windows`` are at most 31 days long."""

    def __init__(self, source: str, windows: Sequence[Window], clock: Clock) -> None:
        if any(not 0 < window.seconds <= LONGEST_S or window.requests < 1 for window in windows):
            raise ValueError("A window is 1 s to 31 days long and allows one request or more.")
        self._source, self._windows, self._clock = source, tuple(windows), clock

    def take(self, keys: Sequence[Key]) -> Key | float:
        """The key with most left, its use counted; or the seconds until one may be used.

        Without windows nothing is counted: the first key that no server has refused. Never inside a transaction: what
        was counted must stay counted, and the others must not wait for the end of it.
        """
        with transaction.atomic(durable=True):
            if not self._windows:
                return self._first_open(keys)
            rows = self._lock(keys)
            now = self._clock.now()
            use = uses([row.pk for row in rows.values()], self._windows, now)
            free_at = {key: _free_at(rows[key.fingerprint], use[rows[key.fingerprint].pk]) for key in keys}
            free = [key for key in keys if (free_at[key] or now) <= now]
            if not free:
                return _seconds(min(at for at in free_at.values() if at), now)
            best = max(free, key=lambda key: min(each.left for each in use[rows[key.fingerprint].pk]))
            self._count(rows[best.fingerprint], now)
            return best

    def close(self, key: Key, seconds: float) -> None:
        """The server takes nothing under this key for so long, whatever our own count says."""
        with transaction.atomic(durable=True):
            row = self._lock([key])[key.fingerprint]
            until = self._clock.now() + timedelta(seconds=seconds)
            FetchKey.objects.filter(pk=row.pk).update(closed_until=max(until, row.closed_until or until))

    def _first_open(self, keys: Sequence[Key]) -> Key | float:
        rows = FetchKey.objects.filter(fingerprint__in=[key.fingerprint for key in keys])
        closed = dict(rows.exclude(closed_until=None).values_list("fingerprint", "closed_until"))
        if not closed:  # nearly always, and no need to ask for the time
            return keys[0]
        now = self._clock.now()
        free = [key for key in keys if (closed.get(key.fingerprint) or now) <= now]
        return free[0] if free else _seconds(min(at for at in closed.values() if at), now)

    def _lock(self, keys: Sequence[Key]) -> dict[str, FetchKey]:
        """The rows of the keys, for this transaction alone: whoever counts under one of them waits for the other."""
        wanted = {key.fingerprint: key for key in keys}
        # In one order, so that no two wait for each other.
        rows = FetchKey.objects.filter(fingerprint__in=wanted).order_by("pk").select_for_update()
        found = {row.fingerprint: row for row in rows}
        if len(found) < len(wanted):
            missing = sorted(wanted.keys() - found.keys())
            new = [FetchKey(fingerprint=each, name=wanted[each].name[:200]) for each in missing]
            FetchKey.objects.bulk_create(new, ignore_conflicts=True)
            found = {row.fingerprint: row for row in rows.all()}
        for row in found.values():
            if self._source not in row.sources:
                row.sources.append(self._source)
                row.save(update_fields=["sources"])
        return found

    def _count(self, row: FetchKey, now: datetime) -> None:
        FetchGrant.objects.create(key=row, at=now)
        FetchGrant.objects.filter(key=row, at__lt=now - KEPT).delete()


def _free_at(row: FetchKey, use: Sequence[Use]) -> datetime | None:
    return max(filter(None, [row.closed_until, *(each.free_at for each in use)]), default=None)


def _seconds(until: datetime, now: datetime) -> float:
    return (until - now).total_seconds()
