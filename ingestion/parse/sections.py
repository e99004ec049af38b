"""Finds the sections of a CV by their headings: words in nine languages, then the look that headings share."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import takewhile

from ingestion.parse.lexicon import HEADINGS, fold
from ingestion.values import Document, Line

_DECORATION = re.compile(r"^[^\w]+|[^\w)]+$|\(\d+\)$")
_JOINERS = re.compile(r"\s*(?:&|\+|/|,|\b(?:and|und|et|y|e|i|en|si)\b)\s*")


@dataclass(slots=True)
class Section:
    """Lines under one heading; the kind is empty for what stands before the first heading."""

    kind: str
    heading: Line | None
    lines: list[Line] = field(default_factory=list)


def split_sections(document: Document) -> list[Section]:
    pairs = zip(document.lines, [*document.lines[1:], None], strict=False)
    lines = [part for line, following in pairs for part in _split_margin_heading(line, following)]
    kinds = _headings(lines)
    sections = [Section("", None)]
    for index, line in enumerate(lines):
        if index in kinds:
            sections.append(Section(kinds[index], line))
        elif _opens_contact_column(lines, index, kinds):
            sections.append(Section("", None, [line]))
        else:
            sections[-1].lines.append(line)
    return [s for s in sections if s.lines or s.heading]


def _opens_contact_column(lines: list[Line], index: int, kinds: dict[int, str]) -> bool:
    """A new column whose lines above its first heading hold an e-mail: they belong to no section of the column before."""
    line, last = lines[index], lines[index - 1] if index else None
    if last is None or line.block == last.block or line.page != last.page or line.y0 > last.y0 - 50:
        return False
    above = takewhile(lambda i: i not in kinds and lines[i].block == line.block, range(index, len(lines)))
    return any("@" in lines[i].text for i in above)


def heading_kind(text: str) -> str:
    """The kind of section that a heading of these words opens, or nothing."""
    words = fold(_DECORATION.sub("", text.strip()).strip())
    if not words or len(words) > 60:
        return ""
    if words in HEADINGS:
        return HEADINGS[words]
    parts = [HEADINGS.get(part.strip(), "") for part in _JOINERS.split(words)]
    if len(parts) > 1 and parts[0] and all(parts):
        return parts[0]
    for lead in (
        "my ",
        "selected ",
        "relevant ",
        "key ",
        "other ",
        "additional ",
        "further ",
        "main ",
        "professional ",
    ):
        if words.startswith(lead) and words[len(lead) :] in HEADINGS:
            return HEADINGS[words[len(lead) :]]
    return ""


def _split_margin_heading(line: Line, following: Line | None) -> list[Line]:
    """A heading in the margin shares its row with the first words of its section."""
    first, tab, rest = line.text.partition("\t")
    if (
        not tab
        or not heading_kind(first)
        or heading_kind(rest.split("\t")[0])
        or not (first.isupper() or line.x0 or line.page)
    ):
        return [line]
    if not (first.isupper() or first.istitle() or first[:1].isupper()):
        return [line]
    cut = len(first) + 1
    breaks = tuple(b - cut for b in line.breaks if b > cut)
    left = following.x0 if following and following.page == line.page and following.x0 > line.x0 + 20 else line.x0
    body = replace(line, x0=left, text=rest, start=line.start + cut, breaks=breaks, bold=False, level=0, size=line.size)
    return [replace(line, text=first, breaks=()), body]


def _headings(lines: list[Line]) -> dict[int, str]:
    kinds = {i: kind for i, line in enumerate(lines) if (kind := _named(line))}
    looks = Counter(_look(lines[i]) for i in kinds)
    strong = [look for look, count in looks.items() if count > 1]
    body = Counter(_look(line) for line in lines if len(line.text) > 60 or line.bullet).most_common(1)
    plain = body[0][0] if body else None
    main = max(looks, key=lambda look: (looks[look], look), default=None)
    if main is not None and looks[main] >= 3:
        kinds = {i: k for i, k in kinds.items() if not _is_weaker(_look(lines[i]), main)}
    if strong:
        kinds = {i: k for i, k in kinds.items() if _look(lines[i]) in strong or _stands_out(lines[i], plain)}
    best = max(strong, key=lambda look: looks[look], default=None)
    if best is not None and best != plain:
        distinct = _is_distinct(best, lines, looks[best])
        for i, line in enumerate(lines):
            unknown = i not in kinds and _look(line) == best and _may_be_heading(line) and any(j < i for j in kinds)
            if unknown and (distinct or _opens_a_list(lines, i, best)):
                kinds[i] = "other"
    return kinds


def _is_weaker(look: Look, main: Look) -> bool:
    """A sub-heading of words that could open a section: deeper, smaller, or without the weight or capitals of the others."""
    if look[0] and main[0]:
        return look[0] > main[0]
    smaller = look[1] < 0.93 * main[1]
    return (smaller and (look[2] < main[2] or look[1] < 0.8 * main[1])) or (look[1] <= main[1] and look[3] < main[3])


def _named(line: Line) -> str:
    if "\t" in line.text or len(line.text) > 60 or (line.bullet and not line.level):
        return ""
    return heading_kind(line.text)


Look = tuple[int, float, bool, bool]


def _look(line: Line) -> Look:
    letters = [c for c in line.text if c.isalpha()]
    capitals = bool(letters) and line.text.upper() == line.text
    return (line.level, round(line.size * 2) / 2, line.bold, capitals)


def _stands_out(line: Line, plain: Look | None) -> bool:
    return plain is None or _look(line) > plain


def _may_be_heading(line: Line) -> bool:
    return len(line.text) < 50 and not re.search(r"[,\t@]", line.text)


def _opens_a_list(lines: list[Line], i: int, best: Look) -> bool:
    """Only short items without years follow, up to the next line of the same look."""
    items = list(takewhile(lambda line: _look(line) != best, lines[i + 1 :]))
    return len(items) > 1 and all(
        len(line.text.split()) <= 4 and not re.search(r"\d{4}|@|/", line.text) for line in items
    )


def _is_distinct(look: Look, lines: list[Line], count: int) -> bool:
    """Unknown words count as a heading only in a look that hardly anything but known headings has."""
    same = sum(_look(line) == look for line in lines)
    return same <= count * 1.5 + 1
