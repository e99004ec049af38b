"""Folds case, typographic marks and white space for matching, and leads every position back to the original."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_TYPOGRAPHIC = {
    **dict.fromkeys(map(ord, "‐‑‒–—−"), "-"),
    **dict.fromkeys(map(ord, "‘’ʼ´`"), "'"),
}
_RUNS = re.compile(r"\s{2,}|[^\S ]")


class _FoldTable(dict[int, str]):
    """A table for str.translate that gives exactly one character for each: lower() of "İ" would give two."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _TYPOGRAPHIC.get(code) or next((c for c in (char.casefold(), char.lower()) if len(c) == 1), char)
        self[code] = folded
        return folded


_FOLD = _FoldTable()


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text ready for matching; ``span`` gives the place in the original that a place in ``folded`` came from."""

    original: str
    folded: str
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        last = end - 1
        return start + self._shift(start), last + self._shift(last) + 1

    def _shift(self, position: int) -> int:
        index = bisect_right(self.starts, position) - 1
        return self.shifts[index] if index >= 0 else 0


def fold_term(term: str) -> str:
    """A vocabulary term in the form that ``fold_text`` gives to text."""
    return " ".join(term.translate(_FOLD).split())


def fold_text(text: str) -> FoldedText:
    """One space for a run of white space, one newline for an empty line: a term may wrap, but not span paragraphs."""
    pieces: list[str] = []
    starts: list[int] = []
    shifts: list[int] = []
    done = length = 0
    for run in _RUNS.finditer(text):
        pieces.append(text[done : run.start()])
        pieces.append("\n" if run.group().count("\n") > 1 else " ")
        length += run.start() - done + 1
        done = run.end()
        starts.append(length)
        shifts.append(done - length)
    pieces.append(text[done:])
    return FoldedText(text, "".join(pieces).translate(_FOLD), tuple(starts), tuple(shifts))


def without_accents(term: str) -> str:
    decomposed = unicodedata.normalize("NFKD", term)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
