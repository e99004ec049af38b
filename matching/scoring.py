"""From what search and the profiles say to one score: pure, the weights passed in.

The score is the weighted mean of the parts that the data says something about, times 100. Parts without data are left
out, so that a thin CV or posting does not lower the score; they widen the interval instead. Nothing here depends on the
other candidates of a list, so a score means the same in every list.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from cvmatch.core.places import distance_km, fold
from cvmatch.core.text import content_hash
from jobs.skills import related
from matching.values import (
    BANDS,
    NOT_ENOUGH_DATA,
    Candidate,
    CVProfile,
    JobProfile,
    Part,
    Score,
    Whereabouts,
)

NICE_TO_HAVE = 0.4
# As if the job asked for two skills more, met as far as meaning and title suggest: a job that names a single skill must
# not swing from 0 to 100 on it, and one that names none must not come out ahead.
PRIOR_SKILLS, PRIOR_UNKNOWN = 2.0, 0.5
# How much matching words count beside meaning in English texts of this length or more.
WORDS_SHARE, LONG_TEXT_WORDS = 0.3, 150
HALF_OF_WORDS = 1 / 6
NOISE, SPREAD = 4.0, 40.0
FRESH_DAYS, STALE_DAYS = 7, 60
# Raised with every change of a number or formula in this module or in the search: lists made before are made again.
SCORING_VERSION = 1


@dataclass(frozen=True)
class ScoringConfig:
    """The weights, reasoned rather than fitted: what is asked for counts most, what is convenient least.

    ``midpoint`` and ``scale`` shape the curve from cosine to value: unrelated texts of this kind of model meet at about
    0.1 to 0.2, the same job in other words at 0.6 to 0.8. The curve never saturates, so that order is kept at both ends.
    """

    weights: Mapping[str, float] = field(
        default_factory=lambda: {
            "semantic": 0.24,
            "skills": 0.30,
            "title": 0.20,
            "experience": 0.10,
            "place": 0.09,
            "pay": 0.04,
            "recency": 0.03,
        }
    )
    midpoint: float = 0.40
    scale: float = 0.12

    @property
    def version(self) -> str:
        return content_hash(
            repr(sorted(self.weights.items())),
            repr((self.midpoint, self.scale, SCORING_VERSION)),
        )[:12]


def score(found: Candidate, cv: CVProfile, job: JobProfile, *, config: ScoringConfig, now: datetime) -> Score:
    """How well the CV and the job suit each other; deterministic for the same values and ``now``."""
    values = {
        "semantic": semantic_part(found, cv, job, config),
        "skills": None,
        "title": title_part(found, cv, job, config),
        "experience": experience_part(cv, job),
        "place": place_part(cv, job),
        "pay": pay_part(cv, job),
        "recency": recency_part(job, now),
    }
    parts = tuple(Part(name, _rounded(values[name]), weight) for name, weight in config.weights.items())
    return total(_with_skills(parts, cv, job))


def total(parts: tuple[Part, ...]) -> Score:
    """The score that these parts make."""
    known = [part for part in parts if part.value is not None]
    weight = math.fsum(part.weight for part in known)
    mean = math.fsum(part.weight * (part.value or 0.0) for part in known) / weight if weight else 0.0
    unknown = 1 - weight / math.fsum(part.weight for part in parts)
    points, margin = round(100 * mean, 1), NOISE + SPREAD * unknown / 2
    return Score(
        score=points,
        low=round(max(0.0, points - margin), 1),
        high=round(min(100.0, points + margin), 1),
        band=band_of(points, unknown),
        parts=parts,
    )


def score_with_skill(parts: tuple[Part, ...], cv: CVProfile, job: JobProfile, skill_id: str) -> float:
    """The score if the CV showed one skill more, all else equal."""
    richer = replace(cv, skills=cv.skills | {skill_id})
    return total(_with_skills(parts, richer, job)).score


def _with_skills(parts: tuple[Part, ...], cv: CVProfile, job: JobProfile) -> tuple[Part, ...]:
    """The parts with the one for skills worked out; it leans on those for meaning and title."""
    near = [part.value for part in parts if part.name in {"semantic", "title"} and part.value is not None]
    value = _rounded(skills_part(cv, job, expected=sum(near) / len(near) if near else PRIOR_UNKNOWN))
    return tuple(replace(part, value=value) if part.name == "skills" else part for part in parts)


def semantic_part(found: Candidate, cv: CVProfile, job: JobProfile, config: ScoringConfig) -> float | None:
    """Meaning and words together.

    The model reads English, so in other languages the words decide; a few words prove little, so in short texts the
    meaning does.
    """
    meaning, words = _scaled(found.text_cosine, config), _in_common(found.words)
    if meaning is None or words is None:
        return meaning if words is None else words
    substance = min(1.0, min(cv.length, job.length) / LONG_TEXT_WORDS)
    trust = min(cv.english, job.english) * (1 - WORDS_SHARE * substance)
    return trust * meaning + (1 - trust) * words


def title_part(found: Candidate, cv: CVProfile, job: JobProfile, config: ScoringConfig) -> float | None:
    """How near the job's title is to the person's own; in a language the model cannot read, the words stand in."""
    title, words = _scaled(found.title_cosine, config), _in_common(found.words)
    if title is None or words is None:
        return title
    trust = min(cv.english, job.english)
    return trust * title + (1 - trust) * words


def skills_part(cv: CVProfile, job: JobProfile, *, expected: float) -> float | None:
    """The share of the asked skills and languages that the CV shows; nice-to-haves count less, related skills in part."""
    asked = [(skill.skill_id, skill.must) for skill in job.requirements.skills]
    asked += [(language.language_id, language.must) for language in job.requirements.languages]
    if not asked:
        return None
    weights = [1.0 if must else NICE_TO_HAVE for _, must in asked]
    met = sum(w * skill_credit(cv.skills, skill_id) for w, (skill_id, _) in zip(weights, asked, strict=True))
    return (met + PRIOR_SKILLS * expected) / (sum(weights) + PRIOR_SKILLS)


@lru_cache(maxsize=50_000)  # the same few hundred skills are asked of one CV by all the jobs of its list
def skill_credit(shown: frozenset[str], skill_id: str) -> float:
    """1 when the skill is among those shown, the nearest related skill's share otherwise."""
    if skill_id in shown:
        return 1.0
    return max((related(skill_id, own) for own in shown), default=0.0)


def experience_part(cv: CVProfile, job: JobProfile) -> float | None:
    """Years against the years asked, and level against level; the mean of what is known."""
    known = [value for value in (_years_fit(cv, job), _level_fit(cv, job)) if value is not None]
    return sum(known) / len(known) if known else None


def place_part(cv: CVProfile, job: JobProfile) -> float | None:
    """Remote work suits everybody; otherwise how far it is, or whether town and country agree."""
    if job.remote:
        return 1.0
    if cv.place == Whereabouts() or job.place == Whereabouts():
        return None
    if cv.place.point and job.place.point:
        return _nearness(distance_km(cv.place.point, job.place.point))
    if cv.place.country and job.place.country and cv.place.country != job.place.country:
        return 0.1
    if cv.place.city and job.place.city:
        return 1.0 if fold(cv.place.city) == fold(job.place.city) else 0.4
    return 0.5


def pay_part(cv: CVProfile, job: JobProfile) -> float | None:
    """1 when the job can pay what the person asks, falling to 0 at 30 % under it; None across currencies."""
    if cv.desired_pay is None or job.pay is None or cv.desired_pay.currency != job.pay.currency:
        return None
    wanted, offered = cv.desired_pay.minimum, job.pay.maximum or job.pay.minimum
    if wanted is None or offered is None or wanted <= 0:
        return None
    return _ramp(float(offered / wanted), 0.7, 1.0)


def recency_part(job: JobProfile, now: datetime) -> float | None:
    """1 in the first week, falling to 0 after two months."""
    if job.posted_at is None:
        return None
    age_days = (now - job.posted_at).total_seconds() / 86400
    return 1 - _ramp(age_days, FRESH_DAYS, STALE_DAYS)


def band_of(points: float, unknown: float) -> str:
    """The word for a score; over half of the weight unknown is no ground for any."""
    if unknown > 0.5:
        return NOT_ENOUGH_DATA
    return next(name for least, name in BANDS if points >= least)


def _in_common(words: float | None) -> float | None:
    """The share of important words in common as a value: few are shared even by a good pair, so a sixth counts as half."""
    return None if words is None else words / (words + HALF_OF_WORDS)


def _rounded(value: float | None) -> float | None:
    """Four digits: what is stored gives the same score again."""
    return None if value is None else round(value, 4)


def _scaled(cosine: float | None, config: ScoringConfig) -> float | None:
    return None if cosine is None else 1 / (1 + math.exp((config.midpoint - cosine) / config.scale))


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


def _nearness(km: float) -> float:
    """1 within 30 km, a half at about 110 km, near 0 beyond 500 km."""
    return 1.0 if km <= 30 else math.exp(-(km - 30) / 120)


def _ramp(value: float, zero: float, one: float) -> float:
    return min(1.0, max(0.0, (value - zero) / (one - zero)))
