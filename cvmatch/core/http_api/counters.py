"""Calls counted for all processes at once: in Redis where it is set up and answers, else in PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_redis import get_redis_connection

from cvmatch.core.cache.breaker import REDIS
from cvmatch.core.http_api.limits import Limit, Usage
from cvmatch.core.models import ThrottleCount

KEPT = timedelta(days=2)  # the longest window and the one before it
# The whole decision is in the statement that counts, so that no two calls see the same count: the row is locked from the
# conflict on, and its own columns are what the call before left. A refused call counts nothing, or one who never
# stops asking would never be let in again. An older slot than the row's (clocks differ by a little) counts into the row's.
_SQL = """
INSERT INTO core_throttlecount AS t (subject, amount, seconds, slot, hits, hits_before, is_let_in, last_at)
SELECT subject, amount, seconds, floor(extract(epoch FROM at) / seconds), 1, 0, true, at
  FROM unnest(%(subjects)s::text[], %(amounts)s::int[], %(seconds)s::int[]) AS asked(subject, amount, seconds),
       (SELECT clock_timestamp() AS at) AS clock
 ORDER BY subject
    ON CONFLICT (subject) DO UPDATE SET (amount, slot, hits, hits_before, is_let_in, last_at) = (
SELECT EXCLUDED.amount, slot, hits + fits::int, before, fits, EXCLUDED.last_at
  FROM (SELECT slot, hits, before,
               before * (1 - greatest(0, extract(epoch FROM EXCLUDED.last_at) / EXCLUDED.seconds - slot)) + hits + 1
               <= EXCLUDED.amount AS fits
          FROM (SELECT greatest(t.slot, EXCLUDED.slot) AS slot,
                       CASE WHEN EXCLUDED.slot <= t.slot THEN t.hits ELSE 0 END AS hits,
                       CASE WHEN EXCLUDED.slot <= t.slot THEN t.hits_before
                            WHEN EXCLUDED.slot = t.slot + 1 THEN t.hits ELSE 0 END AS before) AS now) AS judged)
RETURNING subject, hits, hits_before, is_let_in,
          greatest(0, extract(epoch FROM last_at) - slot * seconds)::float8
"""
_LUA = """
local time = redis.call('TIME')
local at = tonumber(time[1]) + tonumber(time[2]) / 1e6
local answers = {}
for number, key in ipairs(KEYS) do
  local amount, seconds = tonumber(ARGV[2 * number - 1]), tonumber(ARGV[2 * number])
  local slot, hits, before = math.floor(at / seconds), 0, 0
  local row = redis.call('HMGET', key, 'slot', 'hits', 'before')
  if row[1] then
    local known = tonumber(row[1])
    if slot <= known then
      slot, hits, before = known, tonumber(row[2]), tonumber(row[3])
    elseif slot == known + 1 then
      before = tonumber(row[2])
    end
  end
  local elapsed = math.max(0, at - slot * seconds)
  local fits = before * (1 - elapsed / seconds) + hits + 1 <= amount and 1 or 0
  hits = hits + fits
  redis.call('HSET', key, 'slot', slot, 'hits', hits, 'before', before)
  redis.call('EXPIRE', key, 2 * seconds)
  answers[number] = {hits, before, fits, tostring(elapsed)}
end
return answers
"""


@dataclass(frozen=True)
class Asked:
    """One call under one limit; ``who`` tells callers apart and says nothing about them."""

    limit: Limit
    who: str

    @property
    def subject(self) -> str:
        return f"{self.limit.name} {self.limit.seconds} {self.who}"


def take(asked: Sequence[Asked]) -> list[Usage]:
    """Counts one call under each limit that has room for it, in one step for all processes. Raises DatabaseError."""
    if not settings.REDIS_URL:
        return take_from_postgresql(asked)
    return REDIS.call(lambda: take_from_redis(asked), lambda: take_from_postgresql(asked))


def delete_old_counts(limit: int) -> int:
    """Forget callers whose windows have all passed; returns how many."""
    old = ThrottleCount.objects.filter(last_at__lt=timezone.now() - KEPT).values("pk")[:limit]
    return ThrottleCount.objects.filter(pk__in=old).delete()[0]


def take_from_postgresql(asked: Sequence[Asked]) -> list[Usage]:
    given: dict[str, Any] = {
        "subjects": [one.subject for one in asked],
        "amounts": [one.limit.amount for one in asked],
        "seconds": [one.limit.seconds for one in asked],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, given)
        found = {subject: row for subject, *row in cursor.fetchall()}
    return [
        Usage(one.limit, hits, before, elapsed_s, is_let_in)
        for one in asked
        for hits, before, is_let_in, elapsed_s in [found[one.subject]]
    ]


def take_from_redis(asked: Sequence[Asked]) -> list[Usage]:
    """Raises RedisError."""
    keys = [f"cvmatch:throttle:{one.subject}" for one in asked]
    numbers = [number for one in asked for number in (one.limit.amount, one.limit.seconds)]
    rows = get_redis_connection("default").eval(_LUA, len(keys), *keys, *numbers)
    return [
        Usage(one.limit, hits, before, float(elapsed_s), bool(fits))
        for one, (hits, before, fits, elapsed_s) in zip(asked, rows, strict=True)
    ]
