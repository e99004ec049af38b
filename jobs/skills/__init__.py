"""The skills vocabulary and what finds its names in the text of CVs and jobs alike."""

from __future__ import annotations

from jobs.skills.finding import (
    find_all_skills,
    find_languages,
    find_listed_skills,
    find_skills,
    find_skills_and_languages,
    in_use,
)
from jobs.skills.matcher import SkillMention
from jobs.skills.vocabulary import kin, related, skill_name, skills_version

__all__ = [
    "SkillMention",
    "find_all_skills",
    "find_languages",
    "find_listed_skills",
    "find_skills",
    "find_skills_and_languages",
    "in_use",
    "kin",
    "related",
    "skill_name",
    "skills_version",
]
