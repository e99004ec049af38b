"""Reads the new CV again and looks for anything in it that the old one does not say: knows nothing of the edits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.values import ParsedCV
from jobs.skills import find_skills_and_languages
from jobs.skills.vocabulary import vocabulary
from matching.tailoring.applying import HEADINGS
from matching.tailoring.support import implications, named_in


@dataclass(frozen=True, slots=True)
class Read:
    """A text with what the parser reads from it."""

    text: str
    parsed: ParsedCV


def unsupported(before: Read, after: Read, *, added: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """What the new CV says and the old one does not: employers, titles, schools, degrees, dates, numbers, skills, words.

    A skill is supported where the old text names it, means it in the words of advertisements, or names what cannot be had
    without it; ``added`` are those that a person has added by hand.
    """
    known = {mention.skill_id for mention in named_in(before.text)} | _named(before.text) | added
    known |= {wide for narrow, wide in implications() if narrow in known}
    return (*_values(before, after), *_skills(known, after), *_words(known, before.text, after.text))


def _values(before: Read, after: Read) -> Iterator[str]:
    ground = _plain(before.text)
    yield from (f"name: {word}" for word in after.parsed.resume.basics.name.split() if _plain(word) not in ground)
    for name, value in _facts(after.parsed):
        if _plain(value) not in ground:
            yield f"{name}: {value}"
    dates, told = set(_dates(before.parsed)), set(re.findall(r"\d{4}", before.text))
    for date in _dates(after.parsed):
        if date not in dates and date[:4] not in told and not _short_year(date, before.text):
            yield f"date: {date}"


def _facts(parsed: ParsedCV) -> Iterator[tuple[str, str]]:
    resume = parsed.resume
    yield "title", resume.basics.label
    for job in resume.work:
        yield from (("employer", job.name), ("position", job.position), ("place", job.location))
    for post in resume.volunteer:
        yield from (("organization", post.organization), ("position", post.position))
    for study in resume.education:
        yield from (
            ("school", study.institution),
            ("degree", study.study_type),
            ("field", study.area),
            ("grade", study.score),
        )
    for paper in resume.certificates:
        yield from (("certificate", paper.name), ("issuer", paper.issuer))
    yield from (("award", award.title) for award in resume.awards)
    yield from (("publication", publication.name) for publication in resume.publications)
    for language in resume.languages:
        yield from (("language", language.language), ("level of a language", language.fluency))


def _dates(parsed: ParsedCV) -> Iterator[str]:
    resume = parsed.resume
    pairs = [(one.start_date, one.end_date) for one in resume.work]
    pairs += [(one.start_date, one.end_date) for one in resume.volunteer]
    pairs += [(one.start_date, one.end_date) for one in resume.education]
    pairs += [(one.start_date, one.end_date) for one in resume.projects]
    yield from (date for pair in pairs for date in pair if date)
    yield from filter(None, (paper.date for paper in resume.certificates))


def _short_year(date: str, text: str) -> bool:
    """A year of two digits: 03/19."""
    return re.search(rf"(?<!\d){date[2:4]}(?!\d)", text) is not None


def _skills(known: set[str], after: Read) -> Iterator[str]:
    for skill_id in sorted(_named(after.text) - known):
        yield f"skill: {vocabulary().get(skill_id).name}"


def _named(text: str) -> set[str]:
    return {mention.skill_id for found in find_skills_and_languages(text) for mention in found}


def _words(known: set[str], before: str, after: str) -> Iterator[str]:
    """Words and numbers that neither stood there nor are part of what a known skill is called."""
    names = " ".join(name for skill_id in known for name in vocabulary().get(skill_id).names)
    own = Counter(re.findall(r"\d+", before))
    of_names = set(re.findall(r"\d+", names))
    for number, times in Counter(re.findall(r"\d+", after)).items():
        if times > own[number] and number not in of_names:
            yield f"number: {number}"
    there = {_stem(word) for word in _split(f"{before} {names} {' '.join(HEADINGS.values())}")}
    yield from (f"word: {word}" for word in sorted(set(_split(after))) if _stem(word) not in there)


def _split(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _stem(word: str) -> str:
    """Names of skills are found in any inflection."""
    return word[: max(4, len(word) - 3)]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
