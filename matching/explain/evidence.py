"""What a match rests on: for each thing the job asks, where it stands in the job and where (if at all) in the CV.

Every claim carries the characters it rests on, cut out of the texts themselves; what somebody added to a CV by hand stands
beyond its text and is said to be added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jobs.skills import related, skill_name
from jobs.skills.vocabulary import vocabulary
from matching.explain.shown import Shown, in_order, place_in, within_longer_names
from matching.scoring.parts import DEGREES, LANGUAGE_LEVELS, UNSAID_LEVEL
from matching.scoring.relations import IMPLIED
from matching.values import Asks, CVProfile, Finding, JobProfile, Place, State
from matching.values.asked import Asked, asked_by

# What is named of several related skills that come equally near.
NAMED = 3
WITHIN = "only as part of another name"
IN_OTHER_WORDS = "words that mean much the same"
# The part of the score that counts each kind of thing.
PARTS: Mapping[Asks, str] = {
    Asks.SKILL: "skills",
    Asks.LANGUAGE: "languages",
    Asks.YEARS: "experience",
    Asks.LEVEL: "experience",
    Asks.DEGREE: "education",
    Asks.SENTENCE: "semantic",
}


def findings(*, shown: Shown, cv: CVProfile, job: JobProfile, job_text: str) -> tuple[Finding, ...]:
    """One finding for each thing asked by name, must-haves first, in the order of the posting."""
    return tuple(_finding(asked, shown, cv, job, job_text) for asked in asked_by(job.requirements))


def _finding(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile, job_text: str) -> Finding:
    state, via, evidence = _LOOKS[asked.kind](asked, shown, cv, job)
    by_hand = asked.kind in (Asks.SKILL, Asks.LANGUAGE) and state != State.MISSING and not evidence
    return Finding(
        subject=asked.subject,
        name=asked.name,
        state=state,
        must=asked.must,
        kind=asked.kind,
        part="" if _is_only_told(asked, state, via) else PARTS[asked.kind],
        in_job=place_in(job_text, asked.start, asked.end),
        evidence=evidence,
        via=via,
        added=by_hand,
    )


def _is_only_told(asked: Asked, state: State, via: str) -> bool:
    """Another level than the one asked, and a name within another one, are told openly and hold nothing up."""
    return via == WITHIN or (asked.kind, state) == (Asks.LEVEL, State.IMPLIED)


Look = tuple[State, str, tuple[Place, ...]]
_NOT_FOUND: Look = (State.MISSING, "", ())


def _skill(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile) -> Look:
    """Stated wherever it is named; implied by the nearest of the related skills, all of them where several are, and by
    phrases that mean it."""
    if asked.subject in shown.skills:
        return State.STATED, "", shown.skills[asked.subject]
    meant = shown.meant.get(asked.subject, ())
    credit = {own: related(asked.subject, own) for own in sorted(shown.skills)}
    most = max([*credit.values(), IMPLIED if meant else 0.0], default=0.0)
    if most <= 0:
        return _within_others(asked, shown)
    nearest = [own for own, value in credit.items() if value == most]
    places = [place for own in nearest for place in shown.skills[own]]
    if most > IMPLIED or not meant:
        return State.IMPLIED, _named(nearest), in_order(places)
    return State.IMPLIED, ", ".join(filter(None, [IN_OTHER_WORDS, _named(nearest)])), in_order((*meant, *places))


def _within_others(asked: Asked, shown: Shown) -> Look:
    """A name that stands as a part of longer ones, which mean something else, is not missing; it does not count either."""
    places = within_longer_names(shown.seen, vocabulary().get(asked.subject))
    return (State.IMPLIED, WITHIN, places) if places else _NOT_FOUND


def _language(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile) -> Look:
    """Stated on the level asked or a higher one; on a lower or an unsaid one it counts in part."""
    if asked.subject not in shown.skills:
        return _NOT_FOUND
    level = next((known.level for known in cv.languages if known.language_id == asked.subject), None)
    told = f"{level} shown" if level else "level not said"
    if asked.level not in LANGUAGE_LEVELS:
        return State.STATED, told if level else "", shown.skills[asked.subject]
    reached = LANGUAGE_LEVELS.index(level or UNSAID_LEVEL) >= LANGUAGE_LEVELS.index(asked.level)
    return State.STATED if reached else State.IMPLIED, told, shown.skills[asked.subject]


def _years(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile) -> Look:
    """The dates of all work; fewer years than asked count in part."""
    wanted = job.requirements.min_years
    if cv.years is None or wanted is None:
        return _NOT_FOUND
    return State.STATED if cv.years >= wanted else State.IMPLIED, years_in_words(cv.years), shown.dates


def _level(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile) -> Look:
    """By the own titles, or else by the years of work; the dates too where they alone would tell the same."""
    if cv.level is None or job.level is None:
        return _NOT_FOUND
    source = "by the titles" if shown.levels else "by the years of work"
    evidence = in_order((*shown.levels, *(shown.dates if shown.by_years == cv.level else ())))
    return State.STATED if cv.level == job.level else State.IMPLIED, f"{cv.level.value} {source}", evidence


def _degree(asked: Asked, shown: Shown, cv: CVProfile, job: JobProfile) -> Look:
    """A higher degree is enough too, and each that is enough is cited; one step below counts in part."""
    if cv.degree not in DEGREES or asked.subject not in DEGREES:
        return _NOT_FOUND
    least, highest = DEGREES.index(asked.subject), DEGREES.index(cv.degree)
    if highest < least - 1:
        return _NOT_FOUND
    enough = [degree for degree in shown.studies if DEGREES.index(degree) >= min(least, highest)]
    evidence = in_order(place for degree in enough for place in shown.studies[degree])
    return State.STATED if highest >= least else State.IMPLIED, f"{cv.degree} shown", evidence


_LOOKS: Mapping[Asks, Callable[[Asked, Shown, CVProfile, JobProfile], Look]] = {
    Asks.SKILL: _skill,
    Asks.LANGUAGE: _language,
    Asks.YEARS: _years,
    Asks.LEVEL: _level,
    Asks.DEGREE: _degree,
}


def years_in_words(years: float) -> str:
    """ "about 6 years", from what the dates say."""
    if years < 1:
        return "less than a year"
    return f"about {years:.0f} year{'' if round(years) == 1 else 's'}"


def _named(skill_ids: list[str]) -> str:
    names = [skill_name(skill_id) for skill_id in skill_ids]
    rest = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
