"""Tells which letters of an RTF file a reader of the page cannot see."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingestion.extract.colours import WHITE, Colour, look_alike
from ingestion.extract.hidden import Hidden

_SMALLEST_PT = 3.0
_BLACK: Colour = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Ink:
    """What the control words so far say of the letters that follow; numbers of the colour table."""

    hidden: bool = False
    colour: int = 0
    ground: int | None = None  # of the letters, the paragraph or the cell

    def after(self, word: bytes, number: int) -> Ink:
        if word == b"v":
            return replace(self, hidden=number != 0)
        if word == b"cf":
            return replace(self, colour=number)
        if word in (b"cb", b"highlight", b"chcbpat", b"cbpat", b"clcbpat"):
            return replace(self, ground=number)
        return replace(self, ground=None) if word in (b"pard", b"trowd") else self


class InkSight:
    """Collects what is written in ink that is not seen."""

    def __init__(self, content: bytes) -> None:
        table = re.search(rb"\{\\colortbl([^{}]{0,20000})\}", content)
        entries = table[1].split(b";")[:-1] if table else []
        self._colours = [_colour(entry) for entry in entries]
        self._found: list[Hidden] = []
        self._before = ""

    def hides(self, ink: Ink, size: float, text: str, row: str) -> bool:
        """Whether these letters stay out of the text; they are kept for ``found``."""
        reason = self._reason(ink, size)
        if not reason:
            self._before = row + text if row.strip() else self._before + " " + text
            self._before = self._before[-200:]
            return False
        last = self._found[-1] if self._found else None
        if last and last.reason == reason and last.before == self._before:
            self._found[-1] = replace(last, text=last.text + text)
        else:
            self._found.append(Hidden(reason, text, self._before))
        return True

    def found(self) -> list[Hidden]:
        pairs = (
            replace(h, text=h.text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")) for h in self._found
        )
        return list(pairs)

    def _reason(self, ink: Ink, size: float) -> str:
        if ink.hidden:
            return "marked as hidden"
        if 0 < size < _SMALLEST_PT:
            return "too small to read"
        colour = self._named(ink.colour, _BLACK)
        ground = self._named(ink.ground, WHITE)
        return "in the colour of its background" if look_alike(colour, ground) else ""

    def _named(self, number: int | None, default: Colour) -> Colour:
        known = self._colours[number] if number is not None and 0 <= number < len(self._colours) else None
        return known or default


def _colour(entry: bytes) -> Colour | None:
    parts = {name: min(int(value), 255) for name, value in re.findall(rb"\\(red|green|blue)(\d{1,3})", entry)}
    return (parts.get(b"red", 0), parts.get(b"green", 0), parts.get(b"blue", 0)) if parts else None
