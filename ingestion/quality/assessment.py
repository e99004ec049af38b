"""How good a parsed CV looks by itself: five checks in [0, 1] and, in words, what a person should look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import fmean
from typing import Any, Self

import phonenumbers

from ingestion.values import Education, ParsedCV, Volunteer, Work

BINS = 10
# Below this a person should look: between a third and a half of such values are wrong (docs/parsing-quality.md).
CHECK_BELOW = 0.8
_GOOD_ENOUGH, _MANY_UNCERTAIN = 0.9, 0.2
_MAX_YEARS = 50
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
_DATE = re.compile(r"((?:19|20)\d{2})(?:-(0[1-9]|1[0-2])(?:-\d{2})?)?")
Entry = Work | Education | Volunteer

# What a finding is called where findings of many CVs are counted.
KINDS = {
    "no_name": "No name was found",
    "no_email": "No e-mail address was found",
    "no_phone": "No phone number was found",
    "no_work": "No work experience was found",
    "no_education": "No education was found",
    "no_skills": "No skills were found",
    "no_whole_job": "No job with employer, title and start was found",
    "bad_email": "The e-mail address is not valid",
    "bad_phone": "The phone number is not valid",
    "bad_name": "The name holds signs that names do not have",
    "bad_date": "A date cannot be read",
    "ends_before_start": "Something ends before it starts",
    "out_of_order": "Entries are not in order of time",
    "repeated_job": "A job is listed twice",
    "repeated_study": "A degree is listed twice",
    "repeated_skill": "A skill is listed twice",
    "in_the_future": "Something starts in the future",
    "long_entry": "One entry lasts more than 50 years",
    "long_career": "The jobs add up to more than 50 years",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind`` is a key of ``KINDS``; ``text`` says it of this CV."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Five checks in [0, 1], None where a CV has nothing to check, and how sure the parser was of its values.

    ``bins`` counts the values by confidence in ten steps from 0 to 1; ``uncertain`` of them are below ``CHECK_BELOW``.
    """

    completeness: float
    validity: float | None = None
    order: float | None = None
    uniqueness: float | None = None
    plausibility: float | None = None
    findings: tuple[Finding, ...] = ()
    bins: tuple[int, ...] = (0,) * BINS
    uncertain: int = 0

    @property
    def score(self) -> float:
        """Completeness counts for one half, the mean of the other checks that apply for the other."""
        others = [c for c in (self.validity, self.order, self.uniqueness, self.plausibility) if c is not None]
        return round((self.completeness + fmean(others)) / 2 if others else self.completeness, 3)

    @property
    def values(self) -> int:
        return sum(self.bins)

    @property
    def needs_look(self) -> bool:
        """Whether a person should look at the whole: a low score, or more than a fifth of the values uncertain."""
        return self.score < _GOOD_ENOUGH or self.uncertain > _MANY_UNCERTAIN * self.values

    def to_json(self) -> dict[str, Any]:
        checks = {name: getattr(self, name) for name in CHECKS}
        return {
            **checks,
            "score": self.score,
            "needsLook": self.needs_look,
            "bins": list(self.bins),
            "uncertain": self.uncertain,
            "findings": [[f.kind, f.text] for f in self.findings],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        checks = {name: data.get(name) for name in CHECKS[1:]}
        return cls(
            completeness=data.get("completeness", 0.0),
            findings=tuple(Finding(kind, text) for kind, text in data.get("findings", ())),
            bins=tuple(data.get("bins") or (0,) * BINS),
            uncertain=data.get("uncertain", 0),
            **checks,
        )


CHECKS = ("completeness", "validity", "order", "uniqueness", "plausibility")
Checked = Iterator[tuple[bool, Finding]]


def assess(parsed: ParsedCV, *, today: date | None = None) -> Quality:
    """Each check is the share of what it looked at that is in order; what is not becomes a finding."""
    today = today or date.today()
    checks = (_complete(parsed), _valid(parsed), _ordered(parsed), _unique(parsed), _plausible(parsed, today))
    results = [list(check) for check in checks]
    complete, *others = (round(fmean(good for good, _ in result), 3) if result else None for result in results)
    findings = dict.fromkeys(finding for result in results for good, finding in result if not good)
    sure = [note.confidence for note in parsed.evidence.values()]
    return Quality(
        complete or 0.0,
        **dict(zip(CHECKS[1:], others, strict=True)),
        findings=tuple(findings),
        bins=tuple(histogram(sure)),
        uncertain=sum(confidence < CHECK_BELOW for confidence in sure),
    )


def histogram(confidences: Iterable[float]) -> list[int]:
    """How many lie in each of ten steps from 0 to 1; 1 itself belongs to the last."""
    counts = [0] * BINS
    for confidence in confidences:
        counts[bin_of(confidence)] += 1
    return counts


def bin_of(confidence: float) -> int:
    return min(BINS - 1, max(0, int(confidence * BINS + 1e-9)))


def _simple(kind: str) -> Finding:
    return Finding(kind, f"{KINDS[kind]}.")


def _complete(parsed: ParsedCV) -> Checked:
    resume = parsed.resume
    yield bool(resume.basics.name), _simple("no_name")
    yield bool(resume.basics.email), _simple("no_email")
    yield bool(resume.basics.phone), _simple("no_phone")
    yield bool(resume.work), _simple("no_work")
    yield bool(resume.education), _simple("no_education")
    yield bool(resume.skills), _simple("no_skills")
    whole = any(w.name and w.position and w.start_date for w in resume.work)
    yield whole, _simple("no_whole_job")


def _valid(parsed: ParsedCV) -> Checked:
    basics = parsed.resume.basics
    if basics.name:
        yield not re.search(r"[\d@]", basics.name), _simple("bad_name")
    if basics.email:
        yield bool(_EMAIL.fullmatch(basics.email)), _simple("bad_email")
    if basics.phone:
        yield _is_phone(basics.phone), _simple("bad_phone")
    for title, entry in _dated(parsed):
        for text in (entry.start_date, entry.end_date):
            if text:
                yield _months(text) is not None, Finding("bad_date", f"A date of “{title}” cannot be read.")


def _is_phone(text: str) -> bool:
    """By the rules of its country where it shows one, else by its number of digits."""
    if not text.lstrip("( ").startswith("+"):
        return 6 <= len(re.sub(r"\D", "", text)) <= 15
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


def _dated(parsed: ParsedCV) -> Iterator[tuple[str, Entry]]:
    """Jobs, degrees and voluntary work, each with what a person would call it."""
    resume = parsed.resume
    yield from ((w.position or w.name, w) for w in resume.work)
    yield from ((e.institution or e.area, e) for e in resume.education)
    yield from ((v.position or v.organization, v) for v in resume.volunteer)


def _months(text: str) -> int | None:
    match = _DATE.fullmatch(text)
    return int(match[1]) * 12 + int(match[2] or 1) if match else None


def _ordered(parsed: ParsedCV) -> Checked:
    """Every entry ends after it starts, and all of a kind run one way: newest first, or oldest first as some write."""
    for title, entry in _dated(parsed):
        start, end = _months(entry.start_date), _months(entry.end_date)
        if start is not None and end is not None:
            same_year = len(entry.end_date) == 4 and entry.end_date == entry.start_date[:4]
            yield end >= start or same_year, Finding("ends_before_start", f"“{title}” ends before it starts.")
    for what, entries in (("jobs", parsed.resume.work), ("degrees", parsed.resume.education)):
        steps = _steps(entries)
        down = sum(step <= 0 for step in steps) >= sum(step >= 0 for step in steps)
        for step in steps:
            yield (step <= 0 if down else step >= 0), Finding("out_of_order", f"The {what} are not in order of time.")


def _steps(entries: Sequence[Work] | Sequence[Education]) -> list[int]:
    """From each dated entry to the next: -1 back in time, 1 forward, 0 the same year."""
    dates = [entry.start_date or entry.end_date for entry in entries]
    years = [months // 12 for text in dates if (months := _months(text)) is not None]
    return [(after > before) - (after < before) for before, after in pairwise(years)]


def _unique(parsed: ParsedCV) -> Checked:
    resume = parsed.resume
    jobs = [(w.name.casefold(), w.position.casefold(), w.start_date) for w in resume.work]
    studies = [(e.institution.casefold(), e.area.casefold(), e.study_type.casefold()) for e in resume.education]
    skills = [name.casefold() for s in resume.skills for name in (s.keywords or (s.name,))]
    for kind, keys in (("repeated_job", jobs), ("repeated_study", studies), ("repeated_skill", skills)):
        seen: set[object] = set()
        for key in keys:
            yield key not in seen, _simple(kind)
            seen.add(key)


def _plausible(parsed: ParsedCV, today: date) -> Checked:
    now = today.year * 12 + today.month
    for title, entry in _dated(parsed):
        start, end = _months(entry.start_date), _months(entry.end_date)
        if start is not None:
            yield start <= now, Finding("in_the_future", f"“{title}” starts in the future.")
            length = (now if end is None else end) - start
            yield length <= _MAX_YEARS * 12, Finding("long_entry", f"“{title}” lasts more than {_MAX_YEARS} years.")
    if parsed.resume.work:
        short = parsed.experience_months(today) <= _MAX_YEARS * 12
        yield short, Finding("long_career", f"The jobs add up to more than {_MAX_YEARS} years.")
