"""Work in a copy of this process that is killed with SIGKILL in the middle of it."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from django.db import connection, connections

INHERITED: list[Any] = []


def killed(work: Callable[[], Any], *, at: int) -> bool:
    """Works in a copy of this process until its statement of that number; whether it came to that."""
    return was_killed(started(work, at=at))


def started(work: Callable[[], Any], *, at: int = 0) -> int:
    """A copy of this process that works, and kills itself when it is about to send its statement of that number."""
    child = os.fork()
    if child == 0:
        _work_and_die(work, at)
    return child


def was_killed(child: int) -> bool:
    """Waits for the copy to end."""
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the copy failed: see what it printed"
    return os.WIFSIGNALED(status)


def _work_and_die(work: Callable[[], Any], at: int) -> NoReturn:
    try:
        # The connection of the process that this is a copy of, where it has one: neither used nor closed here.
        INHERITED.append(connection.connection)
        connections["default"].connection = None
        sent = 0

        def count(execute: Any, *arguments: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*arguments)

        with connection.execute_wrapper(count):
            work()
        os._exit(0)
    finally:
        traceback.print_exception(*sys.exc_info())  # nobody else will: the copy ends here
        os._exit(1)
