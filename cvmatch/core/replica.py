"""Lets requests that only read be answered by a replica, and shows nobody a state from before their own last write.

PostgreSQL numbers every change by its place in the log (LSN). What a caller's request wrote is remembered by that number;
their next requests read the replica only once it has replayed as far. Accounts, keys, counters and the queue are always
asked of the primary, so that a right that was taken away is gone at once; so is everything outside of a request.
"""

from __future__ import annotations

import hashlib
import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from cvmatch.core.web import GetResponse
from cvmatch.settings.databases import DEFAULT, REPLICA

log = structlog.get_logger(__name__)

LOOK_S = 1.0  # what is known of the replica is this old at most, so that a request costs no question of its own
REMEMBERED_S = 60.0  # on top of the lag that is allowed: a replica that is further behind is not read at all
READABLE = frozenset({"jobs", "ingestion", "matching"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CACHE_ERRORS = (Error, OSError, RedisError, ConnectionInterrupted)

_PRIMARY = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint, clock_timestamp()"
_REPLICA = """
SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, pg_last_xact_replay_timestamp()
"""


@dataclass
class Reading:
    """One request: where it may read, and whether it has written."""

    from_replica: bool
    wrote: bool = False


@dataclass(frozen=True)
class Standing:
    """How far the replica has come, as LSN, when this process last looked; None where it may not be read."""

    looked_at: float
    replayed: int | None


_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)
_standing = Standing(looked_at=float("-inf"), replayed=None)


def reading_alias() -> str:
    """The database that reads belong to at this moment; for SQL of our own, which no router sees."""
    reading = _reading.get()
    if reading is None or not reading.from_replica or reading.wrote:
        return DEFAULT
    # In a transaction what was read is often what is written next.
    return DEFAULT if connections[DEFAULT].in_atomic_block else REPLICA


class ReplicaRouter:
    """Sends what requests read of jobs, CVs and matches to the replica, all else to the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        return reading_alias() if model._meta.app_label in READABLE else DEFAULT

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        if reading := _reading.get():
            reading.wrote = True
        return DEFAULT

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, database: str, app_label: str, **hints: Any) -> bool:
        return database == DEFAULT


class ReplicaMiddleware:
    """Decides for each request whether it may read the replica, and remembers what it wrote."""

    def __init__(self, get_response: GetResponse) -> None:
        if REPLICA not in settings.DATABASES:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reading = Reading(from_replica=request.method in SAFE and has_replayed(_written_by(caller(request))))
        token = _reading.set(reading)
        try:
            response = self._get_response(request)
        finally:
            _reading.reset(token)
        if reading.wrote or request.method not in SAFE:
            _remember(caller(request))
        return response


def caller(request: HttpRequest) -> str:
    """Tells callers apart and says nothing about them; empty for a stranger, who has nothing of their own to read."""
    if key := request.headers.get("Authorization", ""):
        return "key:" + hashlib.sha256(key.encode()).hexdigest()
    user = request.session.get(SESSION_KEY)
    return f"user:{user}" if user else ""


def has_replayed(lsn: int | None) -> bool:
    """Whether the replica may be read by somebody whose last write was at ``lsn``; None when that is not known."""
    global _standing
    if lsn is None:
        return False
    if time.monotonic() - _standing.looked_at > LOOK_S:
        _standing = Standing(looked_at=time.monotonic(), replayed=_look())
    return _standing.replayed is not None and _standing.replayed >= lsn


def _look() -> int | None:
    """None where the replica does not answer, is none any more, or is too far behind."""
    try:
        written, now = _row(DEFAULT, _PRIMARY)
        in_recovery, replayed, replayed_at = _row(REPLICA, _REPLICA)
    except Error as error:
        connections[REPLICA].close()
        log.warning("The read replica cannot be asked", error=type(error).__name__)
        return None
    return replayed if in_recovery and (replayed >= written or _is_recent(replayed_at, now)) else None


def _is_recent(replayed_at: datetime | None, now: datetime) -> bool:
    """Both are the primary's time: the clocks of two machines need not agree."""
    return replayed_at is not None and now - replayed_at <= timedelta(seconds=settings.REPLICA_LAG_S)


def _row(alias: str, query: str) -> Any:
    with connections[alias].cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def _written_by(who: str) -> int | None:
    """The LSN of the caller's last write that the replica may not have; None where the cache cannot say."""
    if not who:
        return 0
    try:
        return int(cache.get(f"written:{who}", 0))
    except CACHE_ERRORS:
        return None


def _remember(who: str) -> None:
    if not who:
        return
    lsn, _ = _row(DEFAULT, _PRIMARY)
    try:
        cache.set(f"written:{who}", lsn, timeout=REMEMBERED_S + settings.REPLICA_LAG_S)
    except CACHE_ERRORS as error:
        log.warning("A write was not remembered", error=type(error).__name__)
