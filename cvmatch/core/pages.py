"""One page of a list that is read by keyset: its rows, and the mark after which the next page begins."""

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
