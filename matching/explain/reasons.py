"""Each part of a score with what it rests on, in a few words; also the parts that nothing is known about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matching.explain.evidence import years_in_words
from matching.values import Asks, CVProfile, Finding, JobProfile, Part, Reason, State

# How far a part is reached, in words.
CLOSE, PARTLY = 0.8, 0.5
PARTIAL_NAMED = 2


def reasons(parts: Sequence[Part], findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> tuple[Reason, ...]:
    """One for each part, in their order."""
    return tuple(
        Reason(part.name, part.value, part.weight, part.points, _words(part, findings, cv, job)) for part in parts
    )


Told = Callable[[float, Sequence[Finding], CVProfile, JobProfile], str]


def _words(part: Part, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    if part.value is None:
        return f"{_unknown(part.name, cv, job)}: not counted, the range is wider"
    told = _TOLD.get(part.name)
    return told(part.value, findings, cv, job) if told else _how(part.value, "reached", "in part", "hardly")


def _unknown(name: str, cv: CVProfile, job: JobProfile) -> str:
    if name == "education":
        return "no degree found in the CV" if job.requirements.degree else "the posting asks for no degree"
    if name == "experience":
        return "no dates or level in the CV" if _asks_experience(job) else "the posting asks for no years and no level"
    if name == "place":
        return "no place in the posting" if not (job.place.city or job.place.country) else "no place in the CV"
    if name == "pay":
        return "the posting names no pay" if job.pay is None else "no wish for pay that compares with the posting's"
    return _UNKNOWN.get(name, "no data")


_UNKNOWN = {
    "skills": "the posting names no skills that we know",
    "languages": "the posting asks for no language",
    "words": "no words to compare",
    "semantic": "too little text to compare",
    "title": "no title to compare",
    "recency": "no date of posting",
}


def _asks_experience(job: JobProfile) -> bool:
    return job.requirements.min_years is not None or job.level is not None


def _skills(value: float, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    return _of_asked([finding for finding in findings if finding.kind == Asks.SKILL])


def _languages(value: float, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    return _of_asked([finding for finding in findings if finding.kind == Asks.LANGUAGE])


def _of_asked(counted: Sequence[Finding]) -> str:
    """ "3 of 5 must-haves; in part Spark"."""
    musts = [finding for finding in counted if finding.must]
    asked, noun = (musts, "must-haves") if musts else (counted, "wishes")
    stated = sum(finding.state == State.STATED for finding in asked)
    near = [finding.name for finding in asked if finding.state == State.IMPLIED]
    more = f" and {len(near) - PARTIAL_NAMED} more" if len(near) > PARTIAL_NAMED else ""
    tail = f"; in part {', '.join(near[:PARTIAL_NAMED])}{more}" if near else ""
    return f"{stated} of {len(asked)} {noun}{tail}"


def _experience(value: float, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    told = []
    if job.requirements.min_years is not None and cv.years is not None:
        told.append(f"{years_in_words(cv.years)} of work, {job.requirements.min_years} asked")
    if cv.level is not None and job.level is not None:
        told.append(f"{cv.level.value} level, {job.level.value} asked")
    return "; ".join(told)


def _education(value: float, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    return f"{cv.degree} shown, {job.requirements.degree} asked"


def _place(value: float, findings: Sequence[Finding], cv: CVProfile, job: JobProfile) -> str:
    if job.remote:
        return "the work is remote"
    return _how(value, "within reach", "some way off", "far away", partly=0.2, close=0.6)


def _how(value: float, close_words: str, partly_words: str, hardly_words: str, *, partly: float = PARTLY,
         close: float = CLOSE) -> str:  # fmt: skip
    return close_words if value >= close else partly_words if value >= partly else hardly_words


_TOLD: Mapping[str, Told] = {
    "semantic": lambda value, *_: _how(value, "much the same work", "related work", "little in common"),
    "words": lambda value, *_: _how(value, "many words in common", "some words in common", "few words in common"),
    "skills": _skills,
    "languages": _languages,
    "education": _education,
    "title": lambda value, *_: _how(value, "close to the CV's titles", "near the CV's titles", "another title"),
    "experience": _experience,
    "place": _place,
    "pay": lambda value, *_: _how(value, "pays what is wished", "somewhat under the wish", "well under the wish"),
    "recency": lambda value, *_: _how(value, "posted lately", "posted some weeks ago", "posted long ago"),
}
