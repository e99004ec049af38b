"""What this process used last, in its own memory: right without asking anybody, since keys name the versions."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock

MOST_BYTES = 32 * 1024 * 1024
_lock = Lock()
_kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
_size = 0


def get(key: str) -> bytes | None:
    """The value, unless its time is over."""
    with _lock:
        ends, value = _kept.get(key, (0.0, b""))
        if ends <= time.monotonic():
            return None
        _kept.move_to_end(key)
        return value


def set(key: str, value: bytes, life_s: float) -> None:
    """Keep it for so long; what was not used for longest goes where there is no more room."""
    global _size
    with _lock:
        _size += len(value) - len(_kept.pop(key, (0.0, b""))[1])
        _kept[key] = (time.monotonic() + life_s, value)
        while _size > MOST_BYTES:
            _size -= len(_kept.popitem(last=False)[1][1])


def clear() -> None:
    global _size
    with _lock:
        _kept.clear()
        _size = 0


def entries() -> int:
    return len(_kept)
