"""Whether this worker was told to stop: said by the process that leads a cluster, seen by all that it forked."""

from __future__ import annotations

from multiprocessing.sharedctypes import RawValue
from typing import Any

# A bare byte of shared memory: with a lock around it, a process that is killed at the wrong moment would stop all others.
_told: Any = None


def prepare() -> None:
    """Called once before the first fork; where nobody called it, nobody is ever told."""
    global _told
    _told = RawValue("b", 0)


def tell() -> None:
    if _told is not None:
        _told.value = 1


def is_told() -> bool:
    return _told is not None and bool(_told.value)
