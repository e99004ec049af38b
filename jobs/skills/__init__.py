"""The skills vocabulary and the matcher that finds its terms in the text of CVs and jobs alike."""

from __future__ import annotations

from jobs.skills.matcher import SkillMention, find_languages, find_listed_skills, find_skills
from jobs.skills.vocabulary import related, skill_name, skills_version

__all__ = [
    "SkillMention",
    "find_languages",
    "find_listed_skills",
    "find_skills",
    "related",
    "skill_name",
    "skills_version",
]
