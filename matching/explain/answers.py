"""Sentences in which a job asks for something that has no name in the vocabulary, and the lines of the CV that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matching.explain.evidence import PARTS
from matching.explain.shown import in_order, place_in
from matching.values import Asks, CVProfile, Finding, JobProfile, Passage, Passages, Place, Role, State

# A line answers a sentence from this cosine on. Read off the demo's own texts: of CVs of other occupations, for fewer than
# one sentence in a hundred does any line come so near, languages and degrees apart, which have findings of their own.
ANSWERED_FROM = 0.55
# Lines whose cosines differ by less say the same, such as a line that stands in the CV twice.
SAME = 0.01
# A posting that asks for more is cut here: what is told must stay readable.
MOST = 12
# Names of findings are the first words of their sentence.
NAME_CHARACTERS = 90
# Cosines mean little where the model cannot read the language.
READS_ENGLISH = 0.5


def sentence_findings(
    *,
    job_text: str,
    cv_text: str,
    asked: Passages | None,
    shown: Passages | None,
    named: Sequence[Finding],
    cv: CVProfile,
    job: JobProfile,
) -> tuple[Finding, ...]:
    """One finding for each must and each wish of the posting that none of the ``named`` findings speaks of."""
    if asked is None or shown is None or min(cv.english, job.english) <= READS_ENGLISH:
        return ()
    told = [finding.in_job for finding in named if finding.in_job]
    found = _findings(job_text, cv_text, asked, shown, told)
    return tuple(sorted(found, key=lambda finding: not finding.must)[:MOST])


def _findings(
    job_text: str, cv_text: str, asked: Passages, shown: Passages, told: Sequence[Place]
) -> Iterator[Finding]:
    # A bare title shows who somebody is and not what they did; it has its own part of the score.
    lines = [number for number, passage in enumerate(shown.passages) if passage.role is Role.SHOWS]
    if not lines:
        return
    cosines = asked.vectors @ shown.vectors[lines].T
    for passage, row in zip(asked.passages, cosines, strict=True):
        place = place_in(job_text, passage.start, passage.end)
        if place is not None and passage.role in (Role.MUST, Role.NICE) and not _speaks_of(passage, told):
            near = [shown.passages[lines[int(at)]] for at in (row >= row.max() - SAME).nonzero()[0]]
            yield _finding(place, passage.role is Role.MUST, float(row.max()), near, cv_text)


def _finding(asked: Place, must: bool, cosine: float, near: Sequence[Passage], cv_text: str) -> Finding:
    """``near`` are the nearest line and those that say the same."""
    found = [place for line in near if (place := place_in(cv_text, line.start, line.end))]
    evidence = in_order(found) if cosine >= ANSWERED_FROM else ()
    return Finding(
        subject=f"sentence-{asked.start}",
        name=_shortened(asked.text),
        state=State.IMPLIED if evidence else State.MISSING,
        must=must,
        kind=Asks.SENTENCE,
        part=PARTS[Asks.SENTENCE],
        in_job=asked,
        evidence=evidence,
        similarity=round(cosine, 2),
    )


def _speaks_of(passage: Passage, places: Sequence[Place]) -> bool:
    return any(passage.start <= place.start < passage.end for place in places)


def _shortened(text: str) -> str:
    line = " ".join(text.split()).lstrip("•·-–*▪●◦ ").rstrip(" .;")
    if len(line) <= NAME_CHARACTERS:
        return line
    return f"{line[:NAME_CHARACTERS].rpartition(' ')[0]} …"
