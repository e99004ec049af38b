"""Asks for an answer only if it is newer than the one that is stored, and remembers nothing that was not stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta

from cvmatch.core.fetching import Answer, Request
from cvmatch.core.http.clock import Clock
from cvmatch.core.models import ERROR_CHARS, FetchValidator

# After this a whole answer is asked for again: what was stored may have been lost or read by older code since.
TRUSTED = timedelta(days=7)
MODIFIED_CHARS = 100


class Validators:
    """The versions of the answers that one source was given, until they are stored, and those of its stored ones."""

    def __init__(self, source: str, clock: Clock) -> None:
        self._source, self._clock = source, clock
        self._given: dict[str, FetchValidator] = {}

    def conditions(self, request: Request) -> dict[str, str]:
        """The headers that make the server answer only if it has something newer; none where nothing is known."""
        if not _may_be_unchanged(request):
            return {}
        known = FetchValidator.objects.filter(source=self._source, request=_identity(request)).first()
        if known is None or known.stored_at < self._clock.now() - TRUSTED:
            return {}
        headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
        return {name: value for name, value in headers.items() if value}

    def forget(self, request: Request) -> None:
        """There is a newer answer: the version that is stored must not be asked about once parts of it are replaced."""
        FetchValidator.objects.filter(source=self._source, request=_identity(request)).delete()

    def given(self, request: Request, answer: Answer) -> None:
        """Note an answer that the caller has now. Not for answers that were fetched ahead."""
        etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
        known = (etag or modified) and len(etag) <= ERROR_CHARS and len(modified) <= MODIFIED_CHARS
        if _may_be_unchanged(request) and known and not answer.unchanged:
            identity = _identity(request)
            self._given[identity] = FetchValidator(
                source=self._source, request=identity, etag=etag, last_modified=modified
            )

    def remember(self) -> None:
        """Store what was noted; in the transaction of the caller, who has stored the answers."""
        now, rows = self._clock.now(), list(self._given.values())
        FetchValidator.objects.filter(source=self._source, stored_at__lt=now - TRUSTED).delete()
        for row in rows:
            row.stored_at = now
        FetchValidator.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["source", "request"],
            update_fields=["etag", "last_modified", "stored_at"],
        )
        self._given.clear()


def _may_be_unchanged(request: Request) -> bool:
    """Not what is posted, nor what the caller needs whole: one page of a list, whose others may have changed."""
    return request.payload is None and request.headers.get("Cache-Control") != "no-cache"


def _identity(request: Request) -> str:
    """SHA-256 of what is asked, without who asks."""
    told: list[str | list[tuple[str, str]]] = [request.url, _sorted(request.params), _sorted(request.headers)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _sorted(values: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(values.items())
