"""What processes of this project ask of the kernel."""

from __future__ import annotations

import ctypes
import signal
import sys

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(number: int = signal.SIGKILL) -> None:
    """The kernel sends this signal to this process when its parent is gone, where the system can do that."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, number)
