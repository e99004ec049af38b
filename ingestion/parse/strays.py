"""Skills that stand under no heading of their own: in sections of unknown name, or bare among the contact details."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingestion.parse.dates import find_periods
from ingestion.parse.pieces import Entry, Found, Piece, found, piece_of
from ingestion.parse.places import place_score
from ingestion.parse.runs import cut_run
from ingestion.parse.sections import Section
from ingestion.parse.skills import read_skills
from ingestion.values import Line

_BARE = {"", "contact", "profiles", "summary"}


def unnamed_skills(sections: list[Section]) -> list[Entry]:
    """Sections of unknown name that hold only short items without dates are groups of skills."""
    groups: list[Entry] = []
    for section in sections:
        items = read_skills(section.lines) if section.kind == "other" and section.heading else []
        short = all(len(line.text.split()) <= 6 and not find_periods(piece_of(line)) for line in section.lines)
        if len(items) > 1 and short and section.heading:
            names = [name for item in items if isinstance(name := item.get("name"), Found)]
            groups.append({"name": found(piece_of(section.heading), 0.5), "keywords": names})
    return groups


def stray_skills(sections: list[Section]) -> list[Entry]:
    """Runs of short lines that name mostly known skills; also such that look like headings with nothing below them."""
    entries: list[Entry] = []
    for run in _runs(_bare_lines(sections)):
        text = Piece("\n".join(line.text for line in run), run[0].start)
        names = cut_run(text, at_least=2)
        if len(names) > 1:
            entries += [{"name": found(name, 0.55)} for name in names]
    return entries


def _bare_lines(sections: list[Section]) -> Iterator[Line]:
    for section in sections:
        if section.kind in _BARE:
            yield from section.lines
        elif section.kind == "other" and section.heading and not section.lines:
            yield section.heading


def _runs(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Neighbours in the text that are short and neither numbers, addresses nor places."""
    run: list[Line] = []
    for line in lines:
        plain = (
            len(line.text.split()) <= 4 and not re.search(r"[\d@/\t:]|\.\w", line.text) and place_score(line.text) < 0.8
        )
        if not plain or (run and line.start != run[-1].end + 1):
            if len(run) > 1:
                yield run
            run = []
        if plain:
            run.append(line)
    if len(run) > 1:
        yield run
