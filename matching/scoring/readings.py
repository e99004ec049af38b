"""Every part of a pair by name: its value, and how far that can be relied on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matching.scoring import conditions, parts
from matching.scoring.config import ScoringConfig
from matching.scoring.parts import Reading
from matching.values import Candidate, CVProfile, JobProfile


def readings(
    found: Candidate, cv: CVProfile, job: JobProfile, config: ScoringConfig, now: datetime
) -> Mapping[str, Reading]:
    """All parts; those of the model lose their weight with the language, and the words take it over."""
    weights = config.weights
    spare = (1 - parts.trust(cv, job)) * (weights["semantic"].whole + weights["title"].whole) / weights["words"].whole
    return {
        "semantic": parts.semantic(found, cv, job, config),
        "title": parts.title(found, cv, job, config),
        "words": parts.words(found, cv, job, spare),
        "skills": parts.skills(cv, job),
        "experience": parts.experience(cv, job),
        "education": parts.education(cv, job),
        "languages": parts.languages(cv, job),
        "use": parts.use(cv, job),
        "place": Reading(conditions.place(cv, job)),
        "pay": Reading(conditions.pay(cv, job)),
        "recency": Reading(conditions.recency(job, now)),
    }
