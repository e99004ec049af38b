"""Finds a job advertisement that was pasted into a CV, by what only an employer says."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ingestion.integrity.scripts import Span, plain
from ingestion.values import Document, Line

# Each is one sign. Three different ones close to each other make an advertisement; a CV may well have one.
_SIGNS = Path(__file__).with_name("data") / "postings.txt"  # a line is one sign, in nine languages
_ENOUGH = 3
_REACH = 14  # lines between one sign and the next
_SECTION = re.compile(
    r"^\W*(?:"
    r"work experience|professional experience|experience|employment|education|languages?|skills|references|"
    r"projects|certifications?|interests|berufserfahrung|ausbildung|sprachen|kenntnisse|formation|langues|"
    r"experiencia|educacion|idiomas|esperienza|istruzione|lingue|werkervaring|opleiding|talen|doswiadczenie|"
    r"wyksztalcenie|jezyki|experienta|educatie|limbi|hobbies|publications|awards"
    r")\W*$"
)


@cache
def _signs() -> list[re.Pattern[str]]:
    return [re.compile(rf"(?<!\w)(?:{sign})") for sign in _SIGNS.read_text(encoding="utf-8").splitlines()]


def find_posting(document: Document) -> Iterator[Span]:
    """From the first line that an employer speaks to the last one, with the paragraph that goes on after it."""
    text = plain(document.text)
    found = [(n, match.start()) for n, sign in enumerate(_signs()) for match in sign.finditer(text)]
    if len({n for n, _ in found}) < _ENOUGH:
        return
    starts = [line.start for line in document.lines]
    heard: dict[int, set[int]] = {}
    for number, place in found:
        heard.setdefault(bisect_right(starts, place) - 1, set()).add(number)
    folded = [text[line.start : line.end] for line in document.lines]
    group: list[tuple[int, set[int]]] = []
    for index, signs in [*sorted(heard.items()), (10**9, set())]:
        if group and index - group[-1][0] > _REACH:
            if len(set().union(*(s for _, s in group))) >= _ENOUGH:
                yield _span(document.lines, folded, group[0][0], group[-1][0])
            group = []
        group.append((index, signs))


def _span(lines: Sequence[Line], folded: Sequence[str], first: int, last: int) -> Span:
    """Up to the next heading of a CV; a little further than the last sign, for the items of its list."""
    end = last
    while end + 1 < len(lines) and end - last < _REACH and not _SECTION.match(folded[end + 1]):
        end += 1
    if end - last >= _REACH and end + 1 < len(lines):  # no heading in reach: only what is known for sure
        end = last
    return lines[first].start, lines[end].end
