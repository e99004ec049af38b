"""Skills: groups with keywords where the section shows groups, else a flat list."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from ingestion.parse.cards import without_cards
from ingestion.parse.levels import is_level, level_at_end
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.runs import cut_run, is_known
from ingestion.values import Line
from jobs.skills import find_skills

_SEPARATOR = re.compile(r"\s*[;•·|\t●▪➔→]\s*|,\s*(?![^()]*\))|\s+[–—]\s+|\s+/\s+")
_GROUP = re.compile(
    r"^([^:,;\t]{2,45}):(?!//)\s*(?=\S)|^([^,;\t]{2,40}?)\s+[–—-]\s+(?=[^,]+,)|^([^,;\t]{2,40})\t(?=[^\t]*,[^\t]*$)"
)
_LAST_OF_LIST = re.compile(r"^(?:and|und|et|y|e|i|en|și|oraz|&)\s+|\s+(?:and|und|et|y|e|i|en|și|oraz|&)\s+")
_EDGES = " \t\n,;:|•·–—-.➔→★☆⭐✩✪○◯◉■□▪▰▱█▓▒░"
_SENTENCE_WORDS = 8  # in one part between commas; names of skills are shorter


def read_skills(lines: list[Line]) -> list[Entry]:
    lines = lines if _is_label_table(lines) else without_cards(lines)
    items = [line for line in lines if not is_level(line.text)]
    lines = [_without_trailing_level(line) for line in _joined_lines(items)]
    heads = _group_heads(lines)
    entries: list[Entry] = []
    group: tuple[Line, list[Piece]] | None = None
    for line in lines:
        if line in heads:
            entries += _close(group)
            group = (line, [])
        elif _group_of(line) and not _is_item_of(group, line):
            entries += [*_close(group), _inline_group(line)]
            group = None
        elif group is not None:
            group[1].extend(_items(piece_of(line), line, at_least=2))
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


def _without_trailing_level(line: Line) -> Line:
    """``Databases Advanced`` without the level, where the look changes before it."""
    last = line.breaks[-1] if line.breaks else 0
    if last and is_level(line.text[last:]):
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


def _is_label_table(lines: list[Line]) -> bool:
    """Rows of two cells, a label and the skills that it heads: the second cell is the long one in all of them."""
    rows = [line.text.split("\t") for line in lines if not is_level(line.text)]
    return len(rows) > 1 and all(
        len(row) == 2 and len(row[0].split()) <= 4 and len(row[1]) > 1.5 * len(row[0]) for row in rows
    )


def _close(group: tuple[Line, list[Piece]] | None) -> list[Entry]:
    if group is None:
        return []
    head, items = group
    name = found(_without_level(piece_of(head).strip(_EDGES)), 0.85)
    return [{"name": name, "keywords": [found(i, 0.9) for i in items]}] if items else [{"name": name}]


def _inline_group(line: Line) -> Entry:
    """``Backend: Python, Go``; where the part behind the colon is no more than a level, the label is the skill."""
    match = _group_of(line)
    if match is None:
        return {}
    piece = piece_of(line)
    name = piece.cut(match.start(match.lastindex or 0), match.end(match.lastindex or 0)).strip(_EDGES)
    keywords: list[Found] = [found(item, 0.92) for item in _items(piece.cut(match.end()), at_least=2)]
    return {"name": found(name, 0.85), "keywords": keywords}


def _group_of(line: Line) -> re.Match[str] | None:
    """How a line opens that names its group, or None; a cell of names known apart needs no commas."""
    match = _GROUP.match(line.text)
    if match is None and line.text.count("\t") == 1:
        cell = re.match(r"([^\t]{2,40})\t", line.text)
        if cell and len(cut_run(piece_of(line).cut(cell.end()), at_least=2)) > 1:
            return cell
    return match


def _items(piece: Piece, line: Line | None = None, *, at_least: int = 3) -> list[Piece]:
    """The names in a list; ``at_least`` so many known ones part a list that has no separators."""
    if line is not None and len(line.breaks) > 1 and not _SEPARATOR.search(piece.text):
        cuts = [0, *(line.start + b - piece.start for b in line.breaks), len(piece.text)]
        return [i for a, b in itertools.pairwise(cuts) if 0 <= a < b for i in _items(piece.cut(a, b))]
    parts = piece.split(_SEPARATOR)
    if any(len(part.text.split()) >= _SENTENCE_WORDS for part in parts) and len(cut_run(piece, at_least=2)) == 1:
        return _named_in(piece)
    least = 2 if line is not None and line.breaks else at_least
    parts = [q for part in parts for q in cut_run(part, at_least=least if len(parts) == 1 else 3)]
    if len(parts) > 1:
        parts = [*parts[:-1], *_last_of_list(parts[-1])]
    items = [q for part in parts for q in _with_members(part)]
    items = [
        _without_level(i.strip(_EDGES + "()" if i.text.count("(") != i.text.count(")") else _EDGES)) for i in items
    ]
    return [i for i in items if any(c.isalpha() for c in i.text) and len(i.text) < 80 and not is_level(i.text)]


def _named_in(piece: Piece) -> list[Piece]:
    """A sentence is no skill; the skills that it names are, else the sentence itself where it is short."""
    named = [piece.cut(hit.start, hit.end) for hit in find_skills(piece.text)]
    return named or [p for p in [piece.strip(_EDGES)] if 0 < len(p.text) < 80]


def _last_of_list(piece: Piece) -> list[Piece]:
    """``Word and PowerPoint`` at the end of a list is two of its items, if both are names that we know."""
    match = _LAST_OF_LIST.search(piece.text)
    if match is None or is_known(piece.text):
        return [piece]
    before, after = piece.cut(0, match.start()), piece.cut(match.end())
    if not before.text:
        return [after]
    return [before, after] if is_known(before.text) and is_known(after.text) else [piece]


def _with_members(piece: Piece) -> list[Piece]:
    """``Testing (Jest, Cypress)`` as what it names before and inside the brackets."""
    match = re.fullmatch(r"([^()]+?)\s*\(([^()]*,[^()]*)\)", piece.text)
    if match is None:
        return [piece]
    return [piece.cut(0, match.end(1)), *piece.cut(match.start(2), match.end(2)).split(re.compile(r",\s*"))]


def _without_level(piece: Piece) -> Piece:
    """``Python (Advanced)``, ``Excel 90%`` and ``Docker ★★★★`` without the level."""
    at = level_at_end(piece.text)
    return piece.cut(0, at).strip(_EDGES) if at else piece
