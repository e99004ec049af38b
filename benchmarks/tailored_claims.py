"""What a tailored CV claims and its original does not, judged without the checker, its rules or the list of edits' reasons.

Both texts are read by the parser and summed up as the scorer sees them; skills, years, level, degree and languages may not grow,
and no word may be lost but those of items that were cut. Knows nothing of :mod:`matching.tailoring.checking` and its words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingestion.models import CV
    from ingestion.values import Document
    from matching.tailoring import Tailored
    from matching.values import CVProfile

# A few words of its own: what they stand beside is not had. Written apart from those of the checker, to find what these miss.
_NOT_HAD = re.compile(
    r"(?<![\w-])(?<!machine )(?<!deep )(?:no|not|never|without|lack\w*|basic\w*|beginner\w*|learn\w*|want\w*|wish\w*"
    r"|interested|planned|in progress"
    r"|kein\w*|nicht|ohne|grund\w*|lern\w*|fără|sans|sin)\b",
    re.IGNORECASE,
)
# A birthday of the years between the two readings is no year of work.
_SAME_YEARS = 0.1


def claims_beyond(cv: CV, tailored: Tailored, document: Document, now: datetime) -> Iterator[str]:
    """Each in words; nothing where the tailored text, read from its file as ``document``, claims what the original does."""
    yield from _grown(_summed_up(cv, _laid_out(cv), now), _summed_up(cv, document, now), cv.text.casefold())
    yield from _not_had(cv.text, tailored)
    yield from lost(tailored, document.text)


def _laid_out(cv: CV) -> Document:
    """The original in the layout of the new file, without any edit: what that layout lets the parser see is no claim."""
    from ingestion.extract import read_document
    from matching.tailoring.applying import apply
    from matching.tailoring.files import docx_of
    from matching.tailoring.lines import read_lines

    plain = apply(read_lines(cv.text, cv.read), ())
    return read_document(docx_of(plain.lines, plain.styles), filename="cv.docx", max_bytes=10**8)


def _summed_up(cv: CV, document: Document, now: datetime) -> CVProfile:
    from django.db import transaction

    from ingestion.parse import parse_document
    from matching.profiles import cv_profile
    from matching.tailoring.proving import Read
    from matching.tailoring.scoring import store_beside

    with transaction.atomic():
        row = store_beside(Read(document.text, parse_document(document)), cv, now)
        profile = cv_profile(row, today=now.date())
        transaction.set_rollback(True)
    return profile


def _grown(before: CVProfile, after: CVProfile, text: str) -> Iterator[str]:
    from matching.scoring.parts import DEGREES
    from matching.tailoring.support import implications

    known = before.skills | {wide for narrow, wide in implications() if narrow in before.skills}
    yield from (f"profile: skill {skill}" for skill in sorted(after.skills - known) if not _is_said(skill, text))
    if (after.years or 0) > (before.years or 0) + _SAME_YEARS:
        yield f"profile: {after.years:.1f} years, not {before.years or 0:.1f}"
    if after.degree != before.degree and _rank(after.degree, DEGREES) > _rank(before.degree, DEGREES):
        yield f"profile: degree {after.degree}, not {before.degree}"
    yield from (f"profile: language {one}" for one in after.languages if one not in before.languages)


def _is_said(skill: str, text: str) -> bool:
    """Whether the name itself stands in the original, be it with another ending (graphic design, Graphic Designer)."""
    from jobs.skills.vocabulary import vocabulary

    return vocabulary().get(skill).name.casefold().removesuffix("ing") in text


def _rank(degree: str | None, degrees: tuple[str, ...]) -> int:
    return degrees.index(degree) if degree in degrees else -1


def _not_had(text: str, tailored: Tailored) -> Iterator[str]:
    """Skills on new lines that the original names only beside words such as "no" and "learning"."""
    from jobs.skills import find_skills_and_languages

    def named(line: str) -> set[str]:
        return {one.skill_id for found in find_skills_and_languages(line) for one in found}

    had = {skill for line in text.splitlines() if not _NOT_HAD.search(line) for skill in named(line)}
    told = {skill for line in text.splitlines() for skill in named(line)}
    for line in tailored.diff:
        if line.kind == "added":
            yield from (f"not had: {skill}" for skill in sorted((named(line.text) & told) - had))


def lost(tailored: Tailored, text: str) -> Iterator[str]:
    """Words of the original that are neither in the new file nor in what was cut."""
    cut = " ".join(edit.before for edit in tailored.edits if edit.kind == "cut")
    there = _words(text) + _words(cut)
    yield from (f"lost: {word}" for word in sorted(_words(tailored.text_before) - there))


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.casefold()))
