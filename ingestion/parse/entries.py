"""Cuts a section into entries: around dates where it has them, else by the look of its first line."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from statistics import median

from ingestion.parse.dates import Period, find_periods, is_duration
from ingestion.parse.lexicon import fold
from ingestion.parse.margins import unwrap_margin
from ingestion.parse.pieces import Piece, piece_of
from ingestion.parse.places import place_score
from ingestion.values import Line

_LABELS = {
    "highlights", "responsibilities", "achievements", "key achievements", "duties", "tasks", "description",
    "key responsibilities",
    "aufgaben", "tatigkeiten", "erfolge", "missions", "realisations", "funciones", "responsabilidades", "logros",
    "responsabilita",
    "taken", "obowiazki", "responsabilitati", "courses", "coursework", "relevant coursework", "technologies", "main tasks",
}  # fmt: skip
_ABBREVIATIONS = "Inc Ltd Corp Co GmbH Jr Sr Lda Ltda Tbk Pvt Kft Sp Est Dept".split()
_SENTENCE_END = re.compile(r"[a-zà-ÿ0-9%)]{2}" + "".join(rf"(?<!\b{word})" for word in _ABBREVIATIONS) + r"\.$")
_GOES_ON = re.compile(
    r"(?i)(?:,|&|(?<!\S)/|\b(?:in|of|and|for|de|du|des|la|der|und|et|y|di|da|do|em|en|van|voor|w|i|și))$"
)
_LONG = 110


@dataclass(slots=True)
class Draft:
    """The lines of one entry: what names it, its period, and what it says."""

    head: list[Line] = field(default_factory=list)
    body: list[Line] = field(default_factory=list)
    period: Period | None = None
    dates: list[Period] = field(default_factory=list)


def cut_entries(lines: list[Line], *, is_complete: Callable[[list[Line]], bool] = lambda head: False) -> list[Draft]:
    """Entries in order; ``is_complete`` says whether lines name all that the head of such an entry names."""
    lines = _rejoined([line for line in lines if not is_duration(line.text)])
    if not lines:
        return []
    lines, wrapped = unwrap_margin(lines)
    dates = {i: found for i, line in enumerate(lines) if (found := wrapped.get(i) or _anchor(line))}
    starts = _starts_by_date(lines, dates) if dates else _starts_by_look(lines)
    bounds = [*starts, len(lines)]
    parts = [(begin, end) for begin, end in itertools.pairwise(bounds) if end > begin]
    return [
        _draft(lines[begin:end], {i - begin: d for i, d in dates.items() if begin <= i < end}, is_complete)
        for begin, end in parts
    ]


def _rejoined(lines: list[Line]) -> list[Line]:
    """Narrow columns break a range between its dates, and a title after a comma or a small word: one line again."""
    joined: list[Line] = []
    edge = _right_edge(lines)
    for line in lines:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end + 1 == line.start
            and (_range_goes_on(last, line) or _title_goes_on(last, line, edge))
        ):
            breaks = (*last.breaks, *(len(last.text) + 1 + b for b in line.breaks))
            joined[-1] = replace(last, text=f"{last.text}\n{line.text}", y1=line.y1, x1=line.x1, breaks=breaks)
        else:
            joined.append(line)
    return joined


def _range_goes_on(last: Line, line: Line) -> bool:
    """``… Oct 2017 –`` and ``Present`` below, or two dates alone of which the second lost its dash as a bullet."""
    if "\t" in line.text or not _is_only_date(piece_of(line)) or last.bullet:
        return False
    above = find_periods(piece_of(last))
    if not above or above[-1].end is not None:
        return False
    after = last.text[above[-1].start.span.end - last.start :].strip()
    return after in ("-", "–", "—", "to", "bis", "à", "a") or (line.bullet and not after and not above[-1].is_range)


def _title_goes_on(last: Line, line: Line, edge: float) -> bool:
    same = (last.size, last.bold, last.level, last.bullet) == (line.size, line.bold, line.level, False)
    short = len(last.text) < 60 and len(line.text) < 60 and "\t" not in last.text + line.text
    if not same or not short or last.bullet or find_periods(piece_of(last)) or find_periods(piece_of(line)):
        return False
    if _GOES_ON.search(last.text):
        return last.bold or not last.text.endswith(",")
    letter = (line.x1 - line.x0) / max(len(line.text), 1)
    no_room = last.x1 + letter * (len(line.text.split()[0]) + 1) > edge > 0
    return last.bold and no_room and abs(last.x0 - line.x0) < 2 and 0 < line.y0 - last.y0 < 1.6 * line.size


def _right_edge(lines: list[Line]) -> float:
    """Where the column of these lines ends, if at least three of them reach it; else 0."""
    edge = max((line.x1 for line in lines), default=0.0)
    left = min((line.x0 for line in lines), default=0.0)
    return edge if sum(line.x1 > edge - 0.12 * (edge - left) for line in lines) >= 3 else 0.0


def _anchor(line: Line) -> list[Period]:
    """The dates of a line that stand apart from its sentence: alone in a cell, at its start or at its end."""
    whole = find_periods(piece_of(line))
    if "\n" in line.text and len(whole) > 1 and not any(p.is_range for p in whole):
        return [_from_to(*whole[-2:])]
    found: list[Period] = []
    cells = line.text.split("\t")
    offset = line.start
    for number, cell in enumerate(cells):
        piece = Piece(cell, offset)
        offset += len(cell) + 1
        if line.bullet and number == 0 and len(cells) > 0 and not _is_only_date(piece):
            continue
        periods = find_periods(piece)
        found += [p for p in periods if _stands_apart(piece, p)]
    return found


def _is_only_date(piece: Piece) -> bool:
    left = piece.without([p.span for p in find_periods(piece)])
    return not any(c.isalnum() for p in left for c in p.text)


def _stands_apart(piece: Piece, period: Period) -> bool:
    before = piece.text[: period.span.start - piece.start].strip()
    after = piece.text[period.span.end - piece.start :].strip(" .,;|·•)")
    if not before or not after:
        limit = _LONG if before.endswith((",", "(", "|", "·", "–", "—")) else 60
        long_sentence = len(piece.text) > _LONG or (not period.is_range and len(before) > limit)
        return not long_sentence or not before
    return period.is_range and len(piece.text) <= _LONG


def _starts_by_date(lines: list[Line], dates: dict[int, list[Period]]) -> list[int]:
    anchors = _main_anchors(lines, dates)
    shape = _Shape(lines, anchors[0])
    starts = [0]
    for previous, anchor in itertools.pairwise(anchors):
        starts.append(shape.start_of(previous, anchor))
    return sorted(set(starts))


def _main_anchors(lines: list[Line], dates: dict[int, list[Period]]) -> list[int]:
    """Where a section has ranges, single dates in it belong to something inside an entry; dates in lists likewise."""
    ranges = [i for i, found in dates.items() if any(p.is_range or _in_own_cell(lines[i], p) for p in found)]
    chosen = ranges if any(p.is_range for found in dates.values() for p in found) else list(dates)
    plain = [i for i in chosen if not lines[i].bullet or "\t" in lines[i].text]
    chosen = plain if len(plain) * 2 >= len(chosen) else chosen
    merged: list[int] = []
    for i in chosen:
        stacked = merged and i == merged[-1] + 1 and not ranges and not _words(lines[i])
        if not stacked:
            merged.append(i)
    return merged


def _in_own_cell(line: Line, period: Period) -> bool:
    """At the right of a row, or in the margin before it."""
    before = line.text[: period.span.start - line.start].rstrip(" ")
    after = line.text[period.span.end - line.start :]
    at_end = before.endswith("\t") and not after.strip()
    return not line.bullet and (at_end or (not before and after.lstrip(" ").startswith("\t")))


def _words(line: Line) -> str:
    """What a line says apart from its dates."""
    piece = piece_of(line)
    left = " ".join(p.text for p in piece.without([p.span for p in find_periods(piece)]))
    return left.strip(" \t,;:|•·–—-()")


class _Shape:
    """How the entries of a section look, learnt from the first one, whose start is known."""

    def __init__(self, lines: list[Line], first_anchor: int) -> None:
        self.lines = lines
        self.offset = first_anchor
        self.look = _look(lines[0])
        gaps = [g for i in range(1, len(lines)) if (g := self._gap(i)) > 0]
        self.usual_gap = median(gaps) if gaps else 0.0

    def _gap(self, i: int) -> float:
        return self.lines[i].y0 - self.lines[i - 1].y1 if self.lines[i].page == self.lines[i - 1].page else 0.0

    def start_of(self, previous: int, anchor: int) -> int:
        first = anchor
        while first - 1 > previous and self._is_header(first - 1):
            first -= 1
        if first == anchor and self.lines[anchor].bullet and anchor - self.offset > previous:
            return anchor - self.offset
        return max(range(first, anchor + 1), key=lambda i: self._score(i, anchor, previous))

    def _is_header(self, i: int) -> bool:
        line = self.lines[i]
        sentence = bool(_SENTENCE_END.search(line.text)) and len(line.text) > 40 and len(line.text.split()) > 6
        return not line.bullet and len(line.text) < _LONG and not sentence and fold(line.text.strip(":")) not in _LABELS

    def _score(self, i: int, anchor: int, previous: int) -> float:
        line = self.lines[i]
        score = 3.0 * (_look(line) == self.look) + 1.5 * (anchor - i == self.offset)
        score += 2.5 * (self._gap(i) > 1.35 * self.usual_gap + 0.5 or self._new_group(i))
        score += 2.0 * (i - 1 >= 0 and self.lines[i - 1].bullet)
        score -= 2.0 * (i < anchor and place_score(line.text) >= 0.8)
        score -= 2.0 * _is_continuation(line, self.lines[i - 1] if i else None)
        return score - 0.3 * abs(anchor - i - self.offset)

    def _new_group(self, i: int) -> bool:
        flat = not any(line.y0 for line in self.lines)
        return flat and i > 0 and self.lines[i].block != self.lines[i - 1].block


def _look(line: Line) -> tuple[int, float, bool, float]:
    indent = round(line.x0 / 12) if line.size else round(line.x0 / 2)
    return (line.level, round(line.size), line.bold, indent)


def _is_continuation(line: Line, previous: Line | None) -> bool:
    """A line that goes on with the sentence before it: its first letter is small, and it opens with no date, as months may."""
    if previous is None or not line.text[:1].islower() or line.text.startswith(("http", "www")):
        return False
    return not any(period.span.start == line.start for period in find_periods(piece_of(line)))


def _starts_by_look(lines: list[Line]) -> list[int]:
    """Without dates: the look of the first line starts an entry, unless all lines look the same."""
    first = _look(lines[0])
    alike = [i for i, line in enumerate(lines) if _look(line) == first and not line.bullet]
    if len(alike) < len(lines) and alike:
        return alike if alike[0] == 0 else [0, *alike]
    if any(a.block != b.block for a, b in itertools.pairwise(lines)) and not lines[0].y0:
        return [i for i in range(len(lines)) if i == 0 or lines[i].block != lines[i - 1].block]
    return [i for i, line in enumerate(lines) if i == 0 or not _is_continuation(line, lines[i - 1])]


def _draft(lines: list[Line], dates: dict[int, list[Period]], is_complete: Callable[[list[Line]], bool]) -> Draft:
    draft = Draft()
    periods = [p for i in sorted(dates) for p in dates[i]]
    draft.dates = periods
    draft.period = _choose_period(periods)
    anchor = next((i for i in sorted(dates) if draft.period in dates[i]), 0)
    head_end = _head_end(lines, anchor, is_complete)
    draft.head, draft.body = lines[:head_end], lines[head_end:]
    return draft


def _choose_period(periods: list[Period]) -> Period | None:
    """The first range; two single dates below each other are the two ends of one."""
    ranges = [p for p in periods if p.is_range]
    if ranges:
        return ranges[0]
    if len(periods) == 2 and periods[0].start.value <= periods[1].start.value:
        return _from_to(*periods)
    return periods[0] if periods else None


def _from_to(first: Period, second: Period) -> Period:
    return Period(first.start, second.start, first.span, is_range=True)


def _head_end(lines: list[Line], anchor: int, is_complete: Callable[[list[Line]], bool]) -> int:
    """The head goes on after the date until it names all it should, for as long as lines are titles rather than text."""
    end = anchor if anchor and (lines[anchor].bullet or _is_text(_first_cell(lines[anchor]))) else anchor + 1
    for i in range(1, end):
        if (lines[i].bullet and not lines[i].level and not lines[anchor].bullet) or (
            i < anchor and _is_text(lines[i].text)
        ):
            return i
    listed = lines[anchor].bullet
    limit = 4 + sum(not _words(line) for line in lines[: anchor + 4])
    left = _left_of_text(lines)
    while end < min(len(lines), anchor + limit) and not is_complete(lines[:end]):
        line = lines[end]
        indented = line.x0 > left + 8 and lines[0].size > 0 and len(line.text.split()) > 5
        if (line.bullet and not listed) or indented or _is_text(line.text) or fold(line.text.strip(":")) in _LABELS:
            break
        end += 1
    return max(end, 1)


def _left_of_text(lines: list[Line]) -> float:
    """Where the lines of an entry begin; the cell of a date in the margin does not count."""
    first = Piece(_first_cell(lines[0]), lines[0].start)
    in_margin = "\t" in lines[0].text and _is_only_date(first) and len(lines) > 1
    return min(line.x0 for line in lines[1:]) if in_margin else lines[0].x0


def _first_cell(line: Line) -> str:
    return line.text.split("\t")[0]


def _is_text(text: str) -> bool:
    """A sentence rather than a title or a name."""
    text = text.strip()
    return (
        len(text.split()) > 12
        or len(text) > 90
        or (text.endswith((".", ";")) and len(text.split()) > 3 and bool(_SENTENCE_END.search(text)))
    )
