"""What the texts and what is asked say of a pair, each as a value in [0, 1] with how far it can be relied on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matching.scoring.config import Curve, ScoringConfig
from matching.scoring.relations import skill_credit
from matching.values import Candidate, CVProfile, JobProfile

NICE_TO_HAVE = 0.4
# Texts of this many words or more say all that such texts say; what is read from a shorter one is relied on less.
LONG_TEXT_WORDS = 150
# A share of this much of the subject's words counts half: few are shared even by a good pair.
HALF_OF_WORDS = 0.1
# As if the job asked for two skills more of which nothing is known: one skill asked says little, ten say nearly all.
UNSEEN_SKILLS = 2.0
DEGREES = ("school", "vocational", "bachelor", "master", "doctorate")
LANGUAGE_LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2", "native")
# A language that is shown without a level is most likely one that the person can work in.
UNSAID_LEVEL = "B2"


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` in [0, 1], or None when the data says nothing; ``reliability`` in [0, 1] is the share of the weight it gets."""

    value: float | None
    reliability: float = 1.0


NOTHING = Reading(None)


def semantic(found: Candidate, cv: CVProfile, job: JobProfile, config: ScoringConfig) -> Reading:
    """Meaning: the whole texts beside each other, and the job's passages beside the nearest lines of the CV."""
    curves = config.curves
    values = [curved(found.text_cosine, curves["text"]), curved(found.coverage, curves["coverage"])]
    return Reading(_mean(values), trust(cv, job))


def title(found: Candidate, cv: CVProfile, job: JobProfile, config: ScoringConfig) -> Reading:
    """The job's title beside the person's latest titles together, the nearest of all their titles, and the nearest lines."""
    curves = config.curves
    values = [
        curved(found.title_cosine, curves["title"]),
        curved(found.best_title, curves["best_title"]),
        curved(found.title_lines, curves["title_lines"]),
    ]
    return Reading(_mean(values), trust(cv, job))


def words(found: Candidate, cv: CVProfile, job: JobProfile, spare: float) -> Reading:
    """Words in common; ``spare`` is the weight, as a multiple of this part's own, that meaning and title give up."""
    if found.words is None:
        return NOTHING
    return Reading(found.words / (found.words + HALF_OF_WORDS), substance(cv, job) + spare)


def skills(cv: CVProfile, job: JobProfile) -> Reading:
    """The share of the asked skills that the CV shows; nice-to-haves count less, related skills in part."""
    weights = [1.0 if skill.must else NICE_TO_HAVE for skill in job.requirements.skills]
    if not weights:
        return NOTHING
    credits = [skill_credit(cv, skill.skill_id) for skill in job.requirements.skills]
    whole = math.fsum(weights)
    met = math.fsum(w * credit for w, credit in zip(weights, credits, strict=True))
    return Reading(met / whole, whole / (whole + UNSEEN_SKILLS) * substance(cv, job))


def use(cv: CVProfile, job: JobProfile) -> Reading:
    """The share of the person's skills that the job uses, of as many as it could use."""
    asked = {skill.skill_id for skill in job.requirements.skills}
    if not asked or not cv.skills:
        return NOTHING
    most = min(len(asked), len(cv.skills))
    return Reading(len(asked & cv.skills) / most, most / (most + UNSEEN_SKILLS) * substance(cv, job))


def experience(cv: CVProfile, job: JobProfile) -> Reading:
    """Years against the years asked, and level against level; either alone says half."""
    known = [value for value in (_years_fit(cv, job), _level_fit(cv, job)) if value is not None]
    return Reading(_mean(known), len(known) / 2 * substance(cv, job)) if known else NOTHING


def education(cv: CVProfile, job: JobProfile) -> Reading:
    """The highest degree shown against the lowest that is enough; one step below is worth half."""
    asked, shown = job.requirements.degree, cv.degree
    if asked not in DEGREES or shown not in DEGREES:
        return NOTHING
    return Reading(max(0.0, 1 - 0.5 * max(0, DEGREES.index(asked) - DEGREES.index(shown))))


def languages(cv: CVProfile, job: JobProfile) -> Reading:
    """The asked languages that the CV shows, those on a lower level in part."""
    asked = job.requirements.languages
    if not asked:
        return NOTHING
    shown: dict[str, str | None] = dict.fromkeys(cv.skills) | {known.language_id: known.level for known in cv.languages}
    weights = [1.0 if language.must else NICE_TO_HAVE for language in asked]
    met = math.fsum(
        weight * (_level_share(language.level, shown[language.language_id]) if language.language_id in shown else 0.0)
        for weight, language in zip(weights, asked, strict=True)
    )
    return Reading(met / math.fsum(weights))


def trust(cv: CVProfile, job: JobProfile) -> float:
    """How far the model can be believed, 0 to 1: it reads English."""
    return min(cv.english, job.english)


def substance(cv: CVProfile, job: JobProfile) -> float:
    """How much there is to read of the shorter text, 0 to 1."""
    return min(1.0, min(cv.length, job.length) / LONG_TEXT_WORDS)


def curved(signal: float | None, curve: Curve) -> float | None:
    return None if signal is None else 1 / (1 + math.exp((curve.midpoint - signal) / curve.scale))


def _mean(values: list[float | None] | list[float]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _level_share(asked: str | None, shown: str | None) -> float:
    """A quarter less for each level that is missing; the language alone is worth a quarter."""
    if asked not in LANGUAGE_LEVELS:
        return 1.0
    have = shown if shown in LANGUAGE_LEVELS else UNSAID_LEVEL
    return max(0.25, 1 - 0.25 * max(0, LANGUAGE_LEVELS.index(asked) - LANGUAGE_LEVELS.index(have)))


def _years_fit(cv: CVProfile, job: JobProfile) -> float | None:
    asked = job.requirements.min_years
    if asked is None or cv.years is None:
        return None
    return 1.0 if asked == 0 else min(1.0, cv.years / asked)


def _level_fit(cv: CVProfile, job: JobProfile) -> float | None:
    if cv.level is None or job.level is None:
        return None
    steps = job.level.rank - cv.level.rank
    # One step up is the usual next job; a step down is seldom wanted by either side.
    return max(0.0, 1 - (0.25 * steps if steps > 0 else -0.3 * steps))
