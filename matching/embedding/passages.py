"""Which lines of a CV and which sentences of a job are compared one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ingestion.values import Span
from jobs.requirements import Part, cut
from matching.values import Passage, Role

# Shorter lines are headings, dates and names; longer ones are cut at their sentences. A text has at most this many: what
# comes after says little that was not said, and each costs a vector.
LEAST_WORDS, MOST_CHARACTERS, MOST_PASSAGES = 3, 240, 80
ROLES = {Part.MUST: Role.MUST, Part.NICE: Role.NICE, Part.DUTIES: Role.DUTY, Part.OPEN: Role.OPEN}

_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=\S)")


def cv_passages(matched_text: str, titles: Sequence[Span] = ()) -> tuple[Passage, ...]:
    """The person's titles and the telling lines of a CV, in this order.

    ``matched_text`` is the CV's text with the person blanked out, so that places stay the same; ``titles`` are places in it.
    """
    named = (
        Passage(span.start, span.end, Role.TITLE) for span in titles if matched_text[span.start : span.end].strip()
    )
    return (*named, *_first(_pieces(matched_text)))


def job_passages(description: str) -> tuple[Passage, ...]:
    """The sentences in which the job asks for something or says what is done; what it offers and who it is are left out."""
    asking = (segment for segment in cut(description) if segment.part in ROLES)
    found = (
        Passage(segment.start + start, segment.start + end, ROLES[segment.part])
        for segment in asking
        for start, end in _spans(segment.text)
    )
    return tuple(_first(found))


def _pieces(text: str) -> Iterator[Passage]:
    for start, end in _spans(text):
        yield Passage(start, end, Role.SHOWS)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for line in _LINE.finditer(text):
        for start, end in _sentences(text, line.start(), line.end()):
            piece = text[start:end]
            if len(re.findall(r"\w{2,}", piece)) >= LEAST_WORDS:
                lead = len(piece) - len(piece.lstrip())
                yield start + lead, start + len(piece.rstrip())


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if len(" ".join(text[start:end].split())) > MOST_CHARACTERS:  # blanks may stand for a name: how long must not show
        for stop in _SENTENCE.finditer(text, start, end):
            yield start, stop.start()
            start = stop.end()
    yield start, end


def _first(passages: Iterator[Passage]) -> Iterator[Passage]:
    for _, passage in zip(range(MOST_PASSAGES), passages, strict=False):
        yield passage
