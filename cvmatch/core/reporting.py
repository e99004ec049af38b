"""Tells whoever wants to know of errors that were handled and that nobody expected; who does is decided at start."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[Exception], None]] = []


def on_unexpected(listener: Callable[[Exception], None]) -> None:
    """Call ``listener`` with each such error."""
    _listeners.append(listener)


def report(error: Exception) -> None:
    for listener in _listeners:
        listener(error)
