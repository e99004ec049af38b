"""What a CV could show in addition: the one difference that a counterfactual asks the scorer about."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jobs.titles import Level
from matching.values.profiles import CVProfile, LanguageShown


@dataclass(frozen=True, slots=True)
class Addition:
    """One thing more that a CV could show; the fields that are left empty change nothing.

    A language is given by its id and the level it would be shown with (A1 … C2, native, or None for unsaid). ``years`` is
    the whole experience that the CV would show; ``degree`` one of school, vocational, bachelor, master, doctorate.
    """

    skill_id: str = ""
    language_id: str = ""
    language_level: str | None = None
    years: float | None = None
    level: Level | None = None
    degree: str = ""

    def to(self, cv: CVProfile) -> CVProfile:
        """The profile of the CV with this in it."""
        shown = frozenset(skill for skill in (self.skill_id, self.language_id) if skill)
        languages = tuple(known for known in cv.languages if known.language_id != self.language_id)
        if self.language_id:
            languages += (LanguageShown(self.language_id, self.language_level),)
        return replace(
            cv,
            skills=cv.skills | shown,
            languages=languages,
            years=cv.years if self.years is None else self.years,
            level=self.level or cv.level,
            degree=self.degree or cv.degree,
        )
