"""Finds the sections of a CV by their headings: words in nine languages, then the look that headings share."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import takewhile

from ingestion.parse.lexicon import HEADINGS, fold
from ingestion.parse.wordlists import folded, read_words
from ingestion.values import Document, Line

_DECORATION = re.compile(r"^[^\w]+|[^\w)]+$|\(\d+\)$")
_JOINERS = re.compile(r"\s*(?:&|\+|/|,|\b(?:and|und|et|y|e|i|en|si)\b)\s*")
_LEADS = set("my selected relevant key other additional further main professional".split())
_NOUNS = folded(read_words("tables")["nouns of headings"])
_COLUMNS = folded(read_words("tables")["columns"])


@dataclass(slots=True)
class Section:
    """Lines under one heading; the kind is empty for what stands before the first heading."""

    kind: str
    heading: Line | None
    lines: list[Line] = field(default_factory=list)


def split_sections(document: Document) -> list[Section]:
    whole = _with_headings_whole(list(document.lines))
    pairs = zip(whole, [*whole[1:], None], strict=False)
    cut = [_split_margin_heading(line, following) for line, following in pairs]
    lines = [part for parts in cut for part in parts]
    kinds = _headings(lines)
    uncut = {line.start: line for line, parts in zip(whole, cut, strict=True) if len(parts) > 1}
    rests = {parts[1].start for parts in cut if len(parts) > 1}  # what stands beside a first cell that may be a heading
    sections = [Section("", None)]
    for index, line in enumerate(lines):
        if _is_header_row(line) or line.start in rests:
            continue
        is_heading = index in kinds and not _is_group_of_skills(sections[-1], kinds[index], line)
        if is_heading:
            sections.append(Section(kinds[index], line))
            rests.discard(line.end + 1)
        elif _opens_contact_column(lines, index, kinds):
            sections.append(Section("", None, [line]))
        else:
            sections[-1].lines.append(uncut.get(line.start, line))
    return [s for s in sections if s.lines or s.heading]


def _with_headings_whole(lines: list[Line]) -> list[Line]:
    """A heading that a narrow column breaks in two is one line again: ``Trayectoria`` and ``profesional`` below it."""
    joined: list[Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        both = f"{last.text} {line.text}" if last is not None else ""
        below = (
            last is not None and last.end + 1 == line.start and _look(last) == _look(line) and last.block == line.block
        )
        if (
            last is not None
            and below
            and fold(both) in HEADINGS
            and not (heading_kind(line.text) and last.y0 == line.y0)
        ):
            joined[-1] = replace(last, text=f"{last.text}\n{line.text}", y1=line.y1, breaks=())
        else:
            joined.append(line)
    return joined


def _is_header_row(line: Line) -> bool:
    """The first row of a table, which only names its columns: Period, Position, Employer."""
    cells = [fold(cell) for cell in re.split(r"\t|\s*\|\s*", line.text) if cell.strip()]
    return len(cells) > 1 and all(cell in _COLUMNS for cell in cells)


def _is_group_of_skills(section: Section, kind: str, line: Line) -> bool:
    """``Tools`` among the skills names one of their groups, where it looks like the lines around it."""
    return section.kind == kind == "skills" and any(_look(one) == _look(line) for one in section.lines)


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
    if (joined := _joined_kind(words)) or (
        re.search(r"\b\w\b", words) and (joined := _unspaced().get(words.replace(" ", ""), ""))
    ):
        return joined
    lead, _, rest = words.partition(" ")
    return HEADINGS.get(rest, "") if lead in _LEADS else ""


def _joined_kind(words: str) -> str:
    """``Skills & Languages`` by its first part; a part of unknown words is let pass behind an ampersand or a slash."""
    names = [part.strip() for part in _JOINERS.split(words)]
    kinds = [HEADINGS.get(name, "") for name in names]
    if len(kinds) < 2 or not any(kinds):
        return ""
    if "/" in words and len(kinds) == 2:
        return kinds[0] or kinds[1]
    return kinds[0] if all(kinds) or (len(kinds) == 2 and " " not in names[1] and "&" in words) else ""


def _kind_by_noun(text: str) -> str:
    """``CLINICAL EXPERIENCE``, ``Computer Skills:``: a heading of its own words about what its last word names."""
    words = fold(_DECORATION.sub("", text.strip())).split()
    named = 1 < len(words) <= 4 and words[-1] in _NOUNS and all(w[:1].isupper() or len(w) < 4 for w in text.split())
    return HEADINGS.get(words[-1], "") if named else ""


@cache
def _unspaced() -> dict[str, str]:
    """Headings without their spaces, for letters that were set apart: ``SKI L LS``."""
    return {words.replace(" ", ""): kind for words, kind in HEADINGS.items()}


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
    like = following if following and left == following.x0 != line.x0 else replace(line, bold=False)
    body = replace(
        line, x0=left, text=rest, start=line.start + cut, breaks=breaks, bold=like.bold, level=0, size=like.size
    )
    return [replace(line, text=first, breaks=()), body]


def _headings(lines: list[Line]) -> dict[int, str]:
    kinds = {i: kind for i, line in enumerate(lines) if (kind := _named(line))}
    looks = Counter(_look(lines[i]) for i in kinds)
    strong = [look for look, count in looks.items() if count > 1]
    body = Counter(_look(line) for line in lines if len(line.text) > 60 or line.bullet).most_common(1)
    plain = body[0][0] if body else None
    main = max(looks, key=lambda look: (looks[look], look), default=None)
    if main is not None and looks[main] >= 3:
        inner = _looks_of_titles(lines, kinds, main)
        kinds = {i: k for i, k in kinds.items() if not _is_weaker(look := _look(lines[i]), main) and look not in inner}
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


def _looks_of_titles(lines: list[Line], kinds: dict[int, str], main: Look) -> set[Look]:
    """Looks smaller than that of headings which mostly other words have: ``Certificate`` above a school is no heading then."""
    smaller = Counter(look for line in lines if (look := _look(line))[1] < 0.93 * main[1] and look[0] == main[0])
    named = Counter(_look(lines[i]) for i in kinds)
    return {look for look, count in smaller.items() if count > 2 * named[look] + 1}


def _is_weaker(look: Look, main: Look) -> bool:
    """A sub-heading of words that could open a section: deeper, smaller, or without the weight or capitals of the others."""
    if look[0] and main[0]:
        return look[0] > main[0]
    if main[0]:  # a format that marks headings, and a line that it does not mark as one
        return look[1:] <= main[1:]
    smaller = look[1] < 0.93 * main[1]
    return (smaller and (look[2] < main[2] or look[1] < 0.8 * main[1])) or (look[1] <= main[1] and look[3] < main[3])


def _named(line: Line) -> str:
    if "\t" in line.text or len(line.text) > 60 or (line.bullet and not line.level and not line.text.isupper()):
        return ""
    flat = not line.size and not line.level and not line.bold
    if line.text[:1].islower() and line.text.endswith("."):  # the last words of a sentence
        return ""
    if flat and (line.text.endswith(".") or (line.text[:1].islower() and " " not in line.text)):
        return ""
    shown = line.text.isupper() or line.text.endswith(":") or line.bold or line.level
    return heading_kind(line.text) or (_kind_by_noun(line.text) if shown else "")


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
