"""Lists that people page and search through: one page read by keyset, and what was typed into a search box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE = 50

RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """``next`` is empty on the last page."""

    rows: tuple[RowT, ...]
    next: str = ""


def number(text: str) -> int | None:
    """An id from a form or address, or None for anything that cannot be one."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def typed(words: str) -> str:
    """What somebody typed, fit for a query: without the NUL that PostgreSQL refuses, and not longer than a sentence."""
    return words.replace("\x00", " ").strip()[:200]
