"""Skills that nothing but spaces or line ends set apart, cut where the vocabulary of skills knows the names."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Piece
from jobs.skills import find_listed_skills
from jobs.skills.vocabulary import vocabulary

_WORD = re.compile(r"\S+")
_KNOWN_SHARE = 0.5


def cut_run(piece: Piece, *, at_least: int = 3) -> list[Piece]:
    """The names in a run of skills; the piece as it is where fewer than ``at_least`` names or half of its words are known."""
    names = _names(piece.text)
    words = len(piece.text.split())
    known = sum(len(piece.text[a:b].split()) for a, b in names)
    if len(names) < at_least or known < _KNOWN_SHARE * words:
        return [piece]
    cuts: list[tuple[int, int]] = []
    reached = 0
    for start, end in names:
        cuts += [*_unknown(piece.text, reached, start), (start, end)]
        reached = end
    cuts += _unknown(piece.text, reached, len(piece.text))
    parts = [piece.cut(a, b).strip() for a, b in cuts]
    return [part for part in parts if any(c.isalnum() for c in part.text)]


def is_known(text: str) -> bool:
    """Whether the vocabulary has a skill of exactly this name."""
    names = _names(text)
    return len(names) == 1 and names[0] == (0, len(text))


def _names(text: str) -> list[tuple[int, int]]:
    """Where known names stand: whole words, with what follows in brackets, and with what a maker's name opens."""
    flat = text.replace("\n", " ").replace("\t", " ")
    spans: list[tuple[int, int]] = []
    for hit in find_listed_skills(flat):
        start, end = _whole_words(flat, hit.start, hit.end)
        if spans and start < spans[-1][1]:
            continue
        if _is_maker(hit.surface) and (following := _WORD.match(flat, end + 1)) and not _opens_known(flat, end + 1):
            end = following.end()
        bracket = re.match(r"\s*\([^()]*\)", flat[end:])
        spans.append((start, end + bracket.end() if bracket else end))
    return spans


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the spaces around it: the SQL of ``MS-SQL`` is no name of its own."""
    before, after = text.rfind(" ", 0, start) + 1, text.find(" ", end)
    return before, after if after >= 0 else len(text)


def _opens_known(text: str, start: int) -> bool:
    return any(hit.start == 0 for hit in find_listed_skills(text[start:]))


def _unknown(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What stands between known names is one name a line."""
    spans, offset = [], start
    for part in text[start:end].split("\n"):
        spans.append((offset, offset + len(part)))
        offset += len(part) + 1
    return spans


@cache
def _makers() -> frozenset[str]:
    """First words that three names or more share, with capitals: SAP, Oracle, Microsoft."""
    names = (name for skill in vocabulary().skills.values() for name in skill.terms if " " in name)
    firsts = Counter(name.split()[0] for name in names if name[:1].isupper())
    return frozenset(fold(first) for first, count in firsts.items() if count > 2)


def _is_maker(name: str) -> bool:
    return " " not in name and name[:1].isupper() and fold(name) in _makers()
