"""A small number for each process that is running, free again when the process ends: files by it do not become more and more."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from itertools import count
from pathlib import Path


@dataclass(frozen=True)
class _Held:
    process: int
    number: int
    descriptor: int


_held: dict[Path, _Held] = {}


def slot(folder: Path) -> int:
    """The number of this process in ``folder``, the least that no running process has; the same at each call."""
    held = _held.get(folder)
    if held is not None and held.process == os.getpid():
        return held.number
    if held is not None:  # of the process that this one was forked from: its lock must end with it
        os.close(held.descriptor)
    number, descriptor = next(taken for each in count() if (taken := _try(folder, each)))
    _held[folder] = _Held(os.getpid(), number, descriptor)
    return number


def _try(folder: Path, number: int) -> tuple[int, int] | None:
    """The number with the descriptor that holds its lock; None where another process has it."""
    descriptor = os.open(folder / f"slot_{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return number, descriptor
