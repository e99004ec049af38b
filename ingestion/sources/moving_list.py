"""Reads a list by numbered pages while rows come and go in it, so that none slips from one page to another unread."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from cvmatch.core.fetching import Answer, Fetch, Request
from ingestion.sources import Item, Page, Rejected

# So many pages are asked at once; behind the last page at most so many are asked in vain.
_AT_ONCE = 10
# A seam between two pages is looked at again so often, and of all pages so many more than one in _ONE_IN are asked again: a
# list that never stands still must not use up the keys.
_TRIES, _FREE, _ONE_IN = 4, 20, 4


@dataclass(frozen=True)
class View:
    """One page as it was in one answer, with how many rows the whole list had then and the name of each row here."""

    number: int
    count: int
    rows: tuple[Item | Rejected, ...]
    names: tuple[str, ...]

    @cached_property
    def named(self) -> frozenset[str]:
        return frozenset(self.names) - {""}

    def touches(self, other: View) -> bool:
        """Whether no row can lie between the two: they share one, or are neighbours in a list that was as long."""
        neighbours = abs(self.number - other.number) == 1 and self.count == other.count
        return neighbours or not self.named.isdisjoint(other.named)


@dataclass
class MovingList:
    """A list that is newest first, asked for ``size`` rows a page, several pages at once.

    A row that comes in pushes one from each page to the next, and one that goes pulls one back. Where two neighbouring
    pages were answered at different moments, a row may have passed between them and be on neither. The lengths of the
    list tell: where they differ and the pages share no row, the seam is asked for again. A list that stands still costs no
    request more. What comes and goes at the same moment, so that the length stays, is left to the next run.
    """

    fetch: Fetch
    request: Callable[[int], Request]
    read: Callable[[int, Answer], View]
    size: int

    def pages(self, after: str = "") -> Iterator[Page]:
        """The pages in order up to the last one by the list's length, or to an empty one. Raises FetchFailed.

        The cursor is the page's number and how long the list was. A page holds also what the seam before it gave.
        """
        number, length = _place(after)
        last, begin, again = number + 1, number, 0
        known: Sequence[View] = ()
        while number < last:
            # The first page alone tells how many there are; the rest is asked for several at once.
            numbers = range(number + 1, min(last, number + _AT_ONCE) + 1)
            for number, answer in zip(numbers, self.fetch.each([self.request(n) for n in numbers]), strict=True):
                view = self.read(number, answer)
                left = _FREE + (number - begin) // _ONE_IN - again
                seam = self._seam(known, view, left) if known else self._fallen_back(length, view)
                again += len(seam)
                page = _page(known, [view, *seam])
                if not page.rows:
                    return
                yield page
                known = [view, *seam]
                last = -(-known[-1].count // self.size)

    def _seam(self, known: Sequence[View], view: View, left: int) -> list[View]:
        """The views that lead from the page before, in its ``known`` views, to this one; none where it follows at once.

        Where rows came in and the later page was answered first, it is the one to ask; where rows went, the earlier one.
        """
        seam: list[View] = []
        for number in (view.number, view.number - 1) * (_TRIES // 2):
            if len(seam) >= left or _leads(known, view, seam):
                break
            seam.append(self._ask(number))
        return seam

    def _fallen_back(self, length: int, view: View) -> list[View]:
        """What moved back over the place at which a run goes on: it was asked before this page, so only what went counts."""
        pages = -(-(length - view.count) // self.size)
        return [self._ask(number) for number in range(view.number - 1, 0, -1)[: max(0, min(pages, _TRIES))]]

    def _ask(self, number: int) -> View:
        return self.read(number, self.fetch(self.request(number)))


def _leads(known: Sequence[View], view: View, seam: Sequence[View]) -> bool:
    """Whether the view is reached from the known ones by steps that leave nothing out."""
    reached, rest = list(known), [view, *seam]
    for step in reached:  # grows on the way
        reached += (near := [other for other in rest if step.touches(other)])
        rest = [other for other in rest if other not in near]
    return view not in rest


def _page(known: Sequence[View], views: Sequence[View]) -> Page:
    """The rows of the first view and what the others have more, each numbered by its place among them."""
    first, *others = views
    rows, seen = list(first.rows), first.named.union(*(view.named for view in known))
    for view in others:
        rows += [row for row, name in zip(view.rows, view.names, strict=True) if name and name not in seen]
        seen |= view.named
    return Page(tuple(_at(row, place) for place, row in enumerate(rows, start=1)), f"{first.number}:{views[-1].count}")


def _at(row: Item | Rejected, position: int) -> Item | Rejected:
    return Item(position, row.raw) if isinstance(row, Item) else Rejected(position, row.reason)


def _place(cursor: str) -> tuple[int, int]:
    """The number of the page that was stored last, and how long the list was then; 0 where the cursor does not say it."""
    number, _, length = cursor.partition(":")
    return int(number or 0), int(length or 0)
