"""The kinds of back-fills behind one protocol, and which there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.db.models import QuerySet

from matching.backfills.embedding import Embedding
from matching.backfills.listing import Listing
from matching.backfills.parsing import Parsing
from matching.backfills.reading import Reading
from matching.backfills.values import Made, Side
from matching.models import Backfill, BackfillItem


class Kind(Protocol):
    """What is done with the rows of one kind of back-fill; what is new is kept in items until it is switched to.

    ``chunk`` rows are worked on between two looks at the clock.
    """

    sides: tuple[Side, ...]
    chunk: int

    def versions(self, to_version: str) -> tuple[str, str]:
        """From and to which version; raises InvalidInput where this process cannot make that one."""
        ...

    def rows(self, backfill: Backfill, side: Side) -> QuerySet[Any]:
        """The CVs or jobs to be worked on, in any order."""
        ...

    def make(self, backfill: Backfill, side: Side, ids: Sequence[int]) -> list[Made]:
        """What comes of these rows, those that are gone left out. Outside of any transaction; nothing in use is changed."""
        ...

    def keep(self, backfill: Backfill, side: Side, made: Sequence[Made]) -> None:
        """Keep what items do not; in the transaction that does."""
        ...

    def measure(self, backfill: Backfill) -> dict[str, float]:
        """Shares that say how alike old and new are, once all is made."""
        ...

    def switch(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Put what is new in the place of what is in use, and what that was into the items; writes their states."""
        ...

    def roll_back(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """The other way round."""
        ...

    def forget(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Throw away what belongs to the items and is not in use; the items go after it."""
        ...


KINDS: Mapping[str, Kind] = {
    Backfill.What.PARSE: Parsing(),
    Backfill.What.READ: Reading(),
    Backfill.What.EMBED: Embedding(),
    Backfill.What.MATCH: Listing(),
}


def kind_of(backfill: Backfill) -> Kind:
    return KINDS[backfill.what]
