"""Skills: groups with keywords where the section shows groups, else a flat list."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from ingestion.parse.cards import without_cards
from ingestion.parse.lexicon import fold
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.values import Line

_SEPARATOR = re.compile(r"\s*[;•·|\t●▪➔→]\s*|,\s*(?![^()]*\))|\s+[–—]\s+|\s+/\s+")
_GROUP = re.compile(
    r"^([^:,;\t]{2,45}):\s+|^([^,;\t]{2,40}?)\s+[–—-]\s+(?=[^,]+,)|^([^,;\t]{2,40})\t(?=[^\t]*,[^\t]*$)"
)
_LEVELS = set(
    """beginner intermediate advanced expert master novice basic proficient competent fluent skilled experienced professional
    elementary level good excellent familiar native grundkenntnisse gut fortgeschritten experte basico medio avanzado debutant
    intermediaire avance keywords skill skills current years""".split()
)
_LEVEL_AT_END = re.compile(r"(?i)\s+(?:beginner|intermediate|advanced|expert|master|novice)$")
_EDGES = " \t\n,;:|•·–—-.➔→"


def read_skills(lines: list[Line]) -> list[Entry]:
    items = [line for line in without_cards(lines) if not _is_level(line.text)]
    lines = [_without_trailing_level(line) for line in _joined_lines(items)]
    heads = _group_heads(lines)
    entries: list[Entry] = []
    group: tuple[Line, list[Piece]] | None = None
    for line in lines:
        if line in heads:
            entries += _close(group)
            group = (line, [])
        elif _GROUP.match(line.text) and not _is_item_of(group, line):
            entries += [*_close(group), _inline_group(line)]
            group = None
        elif group is not None:
            group[1].extend(_items(piece_of(line), line))
        else:
            entries += [{"name": found(item, 0.85)} for item in _items(piece_of(line), line)]
    return [entry for entry in [*entries, *_close(group)] if entry]


def _is_item_of(group: tuple[Line, list[Piece]] | None, line: Line) -> bool:
    return group is not None and line.bullet and not group[0].bullet


def _joined_lines(lines: list[Line]) -> list[Line]:
    """Wrapped lists: a line that ends with a comma goes on in the next one, in the same column."""
    joined: list[Line] = []
    right = max((line.x1 for line in lines), default=0)
    tight = _tight_gap(lines)
    for line in lines:
        last = joined[-1] if joined else None
        goes_on = (
            last is not None and not line.bullet and last.block == line.block and _goes_on(last, line, right, tight)
        )
        if last is not None and goes_on and last.end + 1 == line.start:
            joined[-1] = replace(last, text=f"{last.text}\n{line.text}", y1=line.y1, x1=line.x1)
        else:
            joined.append(line)
    return joined


def _goes_on(last: Line, line: Line, right: float, tight: float) -> bool:
    is_list = bool(_GROUP.match(last.text)) or last.text.count(",") >= 2
    if last.text.endswith((",", "&", "/", "(")):
        return True
    plain = not _GROUP.match(line.text) and round(line.size) == round(last.size) and line.level == last.level
    if plain and is_list and last.x1 > 0.85 * right > 0:
        return True
    return (
        plain
        and tight > 0
        and line.bold == last.bold
        and "\t" not in last.text + line.text
        and line.y1 - last.y1 < tight
    )


def _tight_gap(lines: list[Line]) -> float:
    """Where two clearly different distances between lines occur: below this one, a line continues the one above."""
    steps = sorted(b.y1 - a.y1 for a, b in itertools.pairwise(lines) if a.page == b.page and b.y1 > a.y1)
    if len(steps) < 3 or steps[-1] < 1.5 * steps[0]:
        return 0.0
    return 1.25 * steps[0] if steps[0] < 1.5 * max(line.size for line in lines) else 0.0


def _is_level(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", fold(text))
    return bool(words) and all(w in _LEVELS for w in words)


def _without_trailing_level(line: Line) -> Line:
    """``Databases Advanced`` without the level, where the look changes before it."""
    last = line.breaks[-1] if line.breaks else 0
    if last and _is_level(line.text[last:]):
        return replace(line, text=line.text[:last].rstrip(), breaks=())
    return line


def _group_heads(lines: list[Line]) -> list[Line]:
    """Lines in a look of their own that each have other lines below."""
    looks = Counter(_look(line) for line in lines)
    if len(looks) < 2:
        return _heads_by_breaks(lines)
    first = _look(lines[0])
    heads = [line for line in lines if _look(line) == first and not line.bullet and "," not in line.text]
    followed = sum(_look(b) != first for a, b in itertools.pairwise(lines) if a in heads)
    return heads if followed >= 0.6 * len(heads) and not any(_GROUP.match(h.text) for h in heads) else []


def _heads_by_breaks(lines: list[Line]) -> list[Line]:
    """Lines of one piece that each have a line of several pieces below."""
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    alternate = len(pairs) * 2 == len(lines) and all(not a.breaks and len(b.breaks) > 1 for a, b in pairs)
    return [a for a, _ in pairs] if alternate and pairs else []


def _look(line: Line) -> tuple[int, int, bool, bool, int]:
    return (line.level, round(line.size), line.bold, line.bullet, round(line.x0 / 4) if not line.size else 0)


def _close(group: tuple[Line, list[Piece]] | None) -> list[Entry]:
    if group is None:
        return []
    head, items = group
    piece = piece_of(head).strip(_EDGES)
    level = _LEVEL_AT_END.search(piece.text)
    name = found(piece.cut(0, level.start()) if level else piece, 0.85)
    return [{"name": name, "keywords": [found(i, 0.9) for i in items]}] if items else [{"name": name}]


def _inline_group(line: Line) -> Entry:
    match = _GROUP.match(line.text)
    if match is None:
        return {}
    piece = piece_of(line)
    name = piece.cut(match.start(match.lastindex or 0), match.end(match.lastindex or 0)).strip(_EDGES)
    keywords: list[Found] = [found(item, 0.92) for item in _items(piece.cut(match.end()))]
    return {"name": found(name, 0.85), "keywords": keywords}


def _items(piece: Piece, line: Line | None = None) -> list[Piece]:
    if line is not None and len(line.breaks) > 1 and not _SEPARATOR.search(piece.text):
        cuts = [0, *(line.start + b - piece.start for b in line.breaks), len(piece.text)]
        return [i for a, b in itertools.pairwise(cuts) if 0 <= a < b for i in _items(piece.cut(a, b))]
    items = [
        _without_level(p.strip(_EDGES + "()" if p.text.count("(") != p.text.count(")") else _EDGES))
        for p in piece.split(_SEPARATOR)
    ]
    return [i for i in items if i.text and len(i.text) < 80 and not _is_level(i.text)]


def _without_level(piece: Piece) -> Piece:
    """``Python (Advanced)`` without the level."""
    match = re.search(r"\s*[(\[]([^()\[\]]*)[)\]]$", piece.text)
    return piece.cut(0, match.start()) if match and _is_level(match[1]) else piece
