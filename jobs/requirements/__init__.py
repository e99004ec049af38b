"""Reads what a job posting asks for – skills, years, level, degree, languages – with the place in the text for each."""

from __future__ import annotations

from jobs.requirements.reader import read_requirements
from jobs.requirements.segments import Part, Segment, cut
from jobs.requirements.values import (
    DegreeAsked,
    JobRequirements,
    LanguageAsked,
    RequiredSkill,
    YearsAsked,
)

__all__ = [
    "DegreeAsked",
    "JobRequirements",
    "LanguageAsked",
    "Part",
    "RequiredSkill",
    "Segment",
    "YearsAsked",
    "cut",
    "read_requirements",
]
