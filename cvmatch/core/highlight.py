"""Cuts a text at marked spans, so that a template can show the exact text with its marks: pure, nothing is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Mark:
    """Characters ``start`` to ``end`` (exclusive), with an anchor of their own and the anchor they lead to."""

    start: int
    end: int
    anchor: str
    target: str
    state: str = ""
    title: str = ""
    key: str = ""


@dataclass(frozen=True)
class Segment:
    """A run of text under the same marks.

    ``mark`` is the shortest of them; ``anchor`` is its anchor where it begins; ``others`` are the anchors of the longer
    marks that begin here too; ``keys`` names all of them.
    """

    text: str
    mark: Mark | None = None
    anchor: str = ""
    others: tuple[str, ...] = ()
    keys: str = ""


def segments(text: str, marks: Iterable[Mark]) -> tuple[Segment, ...]:
    """The whole text in order, cut wherever a mark begins or ends; joined, the segments are the text again.

    Marks may overlap, and a mark outside the text or without length is left out.
    """
    valid = sorted((m for m in marks if 0 <= m.start < m.end <= len(text)), key=lambda m: (m.start, m.end))
    cuts = sorted({0, len(text), *(m.start for m in valid), *(m.end for m in valid)})
    return tuple(_segments(text, valid, cuts))


def _segments(text: str, marks: list[Mark], cuts: list[int]) -> Iterator[Segment]:
    """One sweep over the cuts; ``active`` holds the marks that cover the current run."""
    active: list[Mark] = []
    upcoming = iter(marks)
    following = next(upcoming, None)
    for start, end in pairwise(cuts):
        active = [mark for mark in active if mark.end > start]
        while following is not None and following.start == start:
            active.append(following)
            following = next(upcoming, None)
        yield _segment(text[start:end], start, active)


def _segment(text: str, start: int, active: list[Mark]) -> Segment:
    if not active:
        return Segment(text)
    shortest = min(active, key=lambda mark: mark.end - mark.start)
    begins = [mark.anchor for mark in active if mark.start == start]
    return Segment(
        text,
        shortest,
        shortest.anchor if shortest.anchor in begins else "",
        tuple(anchor for anchor in begins if anchor != shortest.anchor),
        " ".join(mark.key for mark in active if mark.key),
    )
