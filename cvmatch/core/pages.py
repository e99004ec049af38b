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


def typed(words: str) -> str:
    """What somebody typed, fit for a query: without the NUL that PostgreSQL refuses, and not longer than a sentence."""
    return words.replace("\x00", " ").strip()[:200]
