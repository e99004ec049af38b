"""Work that an answer gives rise to and does not wait for: done once it has been sent, and never able to spoil it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import structlog
from django.db import Error
from django.http import HttpResponseBase

from cvmatch.core.metrics import AFTERWARDS_FAILURES

log = structlog.get_logger(__name__)


def afterwards(response: HttpResponseBase, work: Callable[[], None], *, what: str) -> None:
    """Do this in the same process when the server has sent the answer, while the connection to the database is still open.

    Where the database refuses, that is logged and counted under ``what``; it is not tried again.
    """

    def do() -> None:
        try:
            work()
        except Error as error:
            AFTERWARDS_FAILURES.labels(what=what).inc()
            log.warning("What should follow an answer was not done", what=what, error=type(error).__name__)

    # What Django itself closes uploaded and sent files by: called by the server at the end, before connections are given back.
    cast(Any, response)._resource_closers.append(do)
