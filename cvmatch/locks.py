"""Locks between processes, which the kernel drops when their holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX
AT_ONCE = fcntl.LOCK_NB  # raises BlockingIOError instead of waiting


def open_locked(path: Path, operation: int) -> int:
    """The descriptor that holds the lock; closing it gives the lock up, unless a forked child still has it open."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, operation)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextlib.contextmanager
def locked(path: Path, operation: int) -> Iterator[None]:
    descriptor = open_locked(path, operation)
    try:
        yield
    finally:
        os.close(descriptor)
