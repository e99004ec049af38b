"""Reads what a posting asks for – skills, years, level, degree, languages – and its conditions, with the place of each."""

from __future__ import annotations

from jobs.requirements.reader import asking_segments, read_requirements
from jobs.requirements.segments import Part, Segment, cut
from jobs.requirements.values import (
    DegreeAsked,
    EmploymentSaid,
    JobRequirements,
    LanguageAsked,
    PaySaid,
    RequiredSkill,
    WorkplaceSaid,
    YearsAsked,
)

__all__ = [
    "DegreeAsked",
    "EmploymentSaid",
    "JobRequirements",
    "LanguageAsked",
    "Part",
    "PaySaid",
    "RequiredSkill",
    "Segment",
    "WorkplaceSaid",
    "YearsAsked",
    "asking_segments",
    "cut",
    "read_requirements",
]
