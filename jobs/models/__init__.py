"""Tables of postings, of saved searches, of market figures, and of what people here changed about the vocabulary of skills."""

from __future__ import annotations

from jobs.models.insights import Insight, PayEstimate, PayModel
from jobs.models.postings import UNDATED, WORDS, Job, JobQuerySet
from jobs.models.saved import SavedSearch, SearchLook
from jobs.models.tracking import JobClosing, JobReading, Payload, Sighting
from jobs.models.vacancies import DifferentJobs, JobFingerprint, Listing, Vacancy
from jobs.models.vocabulary import CustomSkill, SkillAlias, SkillChange, SkillMerge, naming_any

__all__ = [
    "UNDATED",
    "WORDS",
    "CustomSkill",
    "DifferentJobs",
    "Insight",
    "Job",
    "JobClosing",
    "JobFingerprint",
    "JobQuerySet",
    "JobReading",
    "Listing",
    "PayEstimate",
    "PayModel",
    "Payload",
    "SavedSearch",
    "SearchLook",
    "Sighting",
    "SkillAlias",
    "SkillChange",
    "SkillMerge",
    "Vacancy",
    "naming_any",
]
