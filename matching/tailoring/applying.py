"""Makes edits in the lines of a CV: where each one stands, which are in each other's way, the new text and the diff."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from matching.tailoring.values import CVLine, DiffLine, Edit, EditKind

_WHERE = re.compile(r"(?:(\d{1,5})(?:-(\d{1,5}))?)?(?:>(\d{1,5}))?")
# A section that a CV has not got may be opened with these words.
HEADINGS = {"en": "Skills", "de": "Kenntnisse"}


@dataclass(frozen=True, slots=True)
class Where:
    """Lines ``first`` to ``last`` from 1, both 0 for an insertion; ``above`` is the line that something goes above, or 0."""

    first: int
    last: int
    above: int = 0

    @property
    def lines(self) -> range:
        return range(self.first, self.last + 1) if self.first else range(0)


@dataclass(frozen=True)
class Applied:
    """The new text by line with its style (title, heading, bullet, more or line), and how it came from the old one."""

    lines: tuple[str, ...]
    styles: tuple[str, ...]
    diff: tuple[DiffLine, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def line_by_line(self) -> Applied:
        """The same with every line as a paragraph of its own, as it stood in the old file."""
        return replace(self, styles=tuple("line" if style == "more" else style for style in self.styles))


def place_of(edit: Edit, count: int) -> Where:
    """Where an edit stands in a text of so many lines. Raises ValueError with a sentence where it stands nowhere."""
    found = _WHERE.fullmatch(edit.where)
    if found is None or not edit.where:
        raise ValueError(f"{edit.where[:40]!r} is no place in the CV.")
    first = int(found[1] or 0)
    last, above = int(found[2] or first), int(found[3] or 0)
    if (
        not (0 <= first <= last <= count and 0 <= above <= count + 1)
        or (found[1] and not first)
        or not (first or above)
    ):
        raise ValueError(f"The CV has no line {edit.where}.")
    if bool(above) != _needs_target(edit, bool(first)) or (not first and edit.kind is not EditKind.MAKE_EXPLICIT):
        raise ValueError(f"{edit.where} is no place for an edit of this kind.")
    if first and above >= first:
        raise ValueError("What moves up goes above where it stands.")
    return Where(first, last, above)


def _needs_target(edit: Edit, has_lines: bool) -> bool:
    """A block moves to above another line and stays as it is; what is moved within a line becomes another text."""
    return not has_lines or (edit.kind is EditKind.MOVE_UP and edit.before == edit.after)


def in_the_way(edit: Edit, others: Sequence[Edit], count: int) -> bool:
    """Whether one of the others changes or moves the same lines."""
    own = place_of(edit, count)
    return any(_clash(own, place_of(other, count)) for other in others)


def _clash(one: Where, other: Where) -> bool:
    if one.above and other.above:
        return _moves_clash(one, other)
    if one.above or other.above:
        move, change = (one, other) if one.above else (other, one)
        # A line may be changed and moved, and not half of what is changed.
        inside = set(change.lines) & set(move.lines)
        return bool(inside) and len(inside) != len(change.lines)
    return bool(set(one.lines) & set(other.lines))


def _moves_clash(one: Where, other: Where) -> bool:
    """Two insertions clash at one place only; of two moves one may lie within what the other moves, or past it."""
    if not one.first or not other.first:
        return one.first == other.first and one.above == other.above
    if any(outer.first <= inner.above and inner.last <= outer.last for inner, outer in ((one, other), (other, one))):
        return False
    return one.above in other.lines or other.above in one.lines or bool(set(one.lines) & set(other.lines))


def apply(lines: Sequence[CVLine], edits: Sequence[Edit]) -> Applied:
    """The text with all of the edits, of which none may be in the way of another. Raises ValueError."""
    places = [(edit, place_of(edit, len(lines))) for edit in edits]
    order, moved = _order(len(lines), [where for _, where in places if where.first and where.above])
    changed = {where.first: (where, edit.after) for edit, where in places if where.first and not where.above}
    put_in = {where.above: edit.after for edit, where in places if not where.first}
    return _collected(list(_written(lines, order, moved, changed, put_in)))


def _order(count: int, moves: Sequence[Where]) -> tuple[list[int], set[int]]:
    """The numbers of the lines in their new order with one more that stands for the end; and which have moved."""
    order = list(range(1, count + 2))
    for where in sorted(moves, key=lambda where: where.last - where.above):
        block = [number for number in order if number in where.lines]
        rest = [number for number in order if number not in where.lines]
        at = rest.index(where.above) if where.above in rest else order.index(where.first)
        order = rest[:at] + block + rest[at:]
    return order, {number for where in moves for number in where.lines}


_Row = tuple[str, str, str, int | None]  # kind, text, style, number before


def _written(
    lines: Sequence[CVLine],
    order: Sequence[int],
    moved: set[int],
    changed: dict[int, tuple[Where, str]],
    put_in: dict[int, str],
) -> Iterator[_Row]:
    replaced = {number for where, _ in changed.values() for number in where.lines}
    for number in order:
        if number in put_in:
            yield from (("added", text, _style_of_new(text), None) for text in put_in[number].split("\n"))
        if number > len(lines):
            continue
        line = lines[number - 1]
        if number in changed:
            where, after = changed[number]
            yield from (("removed", lines[one - 1].text, "", one) for one in where.lines)
            styles = [style_of(lines, one) for one in where.lines]
            for at, text in enumerate(after.split("\n") if after else ()):
                yield "added", text, styles[min(at, len(styles) - 1)], None
        elif number not in replaced:
            yield "moved" if number in moved else "same", line.text, style_of(lines, number), number


def _collected(rows: Sequence[_Row]) -> Applied:
    diff, kept = [], []
    for kind, text, style, before in rows:
        if kind == "removed":
            diff.append(DiffLine(kind, text, before, None))
            continue
        kept.append((text, style))
        diff.append(DiffLine(kind, text, before, len(kept)))
    return Applied(tuple(text for text, _ in kept), tuple(style for _, style in kept), tuple(diff))


def style_of(lines: Sequence[CVLine], number: int) -> str:
    """title, heading, bullet, more (goes on with the line above) or line."""
    line = lines[number - 1]
    if line.is_heading:
        return "heading"
    if line.is_bullet:
        return "bullet"
    if line.continues:
        return "more"
    first = next((one.number for one in lines if one.text.strip()), 0)
    return "title" if number == first and line.is_fixed and not line.section else "line"


def _style_of_new(text: str) -> str:
    return "heading" if text in HEADINGS.values() else "line"
