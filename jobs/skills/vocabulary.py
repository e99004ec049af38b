"""The vocabulary of skills: which there are, what they are called, and which are close to each other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from cvmatch.core.errors import NotFound
from jobs.skills.data_files import (
    ESCO,
    HOUSE,
    KINSHIP,
    TECHNOLOGY,
    Credits,
    read_house,
    read_kinship,
    with_esco,
    with_technology,
)
from jobs.skills.overlay import Overlay
from jobs.skills.skill import Skill

SAME_GROUP = 0.5
SAME_FIELD = 0.25
# Groups in which people share a trade but not each other's work: a divorce lawyer knows some contract law.
FIELDS = frozenset(
    {
        "accounting qualifications",
        "areas of law",
        "banking and investment",
        "cleaning",
        "data analysis",
        "energy and process industries",
        "aviation and maritime",
        "electrical and electronic engineering",
        "human resources",
        "information security",
        "laboratory techniques",
        "manufacturing",
        "marketing and communications",
        "mechanical engineering",
        "civil and structural engineering",
        "medical practice",
        "networking",
        "performing arts and events",
        "personal services",
        "project work",
        "public administration",
        "school subjects",
        "software design",
        "woodwork and finishing trades",
        "leadership",
        "therapy",
        "acute and specialist care",
        "clinical nursing procedures",
        "machine learning libraries",
        "health, safety and environment",
        "quality standards",
        "visual design",
    }
)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Every skill by id, with the fingerprint of the data it was read from.

    ``merged`` leads from ids that are no skills of their own any more to those they became.
    """

    skills: dict[str, Skill]
    version: str
    credits: Credits = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    def get(self, skill_id: str) -> Skill:
        """The skill of that id, or what it was merged into; raises NotFound."""
        try:
            return self.skills[self.merged.get(skill_id, skill_id)]
        except KeyError:
            raise NotFound(f"There is no skill {skill_id!r} in the vocabulary.") from None

    def related(self, first: str, second: str) -> float:
        first, second = self.merged.get(first, first), self.merged.get(second, second)
        if first == second:
            return 1.0
        return self.kin(first).get(second, 0.0)

    def kin(self, skill_id: str) -> Mapping[str, float]:
        """Every other skill that stands in for this one, with its share; worked out once a skill, since matching asks often."""
        known = self._kin.get(skill_id)
        if known is None:
            known = self._kin[skill_id] = self._kin_of(self.merged.get(skill_id, skill_id))
        return known

    def _kin_of(self, skill_id: str) -> Mapping[str, float]:
        skill = self.skills.get(skill_id)
        if skill is None:
            return _NONE
        group = (self.skills[other] for other in self._groups.get(skill.group, ()) if other != skill_id)
        wide = skill.is_of_field or skill.group in FIELDS
        kin = {other.id: SAME_FIELD if wide or other.is_of_field else SAME_GROUP for other in group}
        for other, credit in self.credits.get(skill_id, _NONE).items():
            if other in self.skills and other != skill_id:
                kin[other] = max(credit, kin.get(other, 0.0))
        return kin

    @cached_property
    def _kin(self) -> dict[str, Mapping[str, float]]:
        return {}

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[str]]:
        members: dict[str, list[str]] = defaultdict(list)
        for skill in self.skills.values():
            if skill.group:
                members[skill.group].append(skill.id)
        return members

    def with_changes(self, overlay: Overlay) -> Vocabulary:
        """This vocabulary with what people here added, renamed and merged."""
        if overlay == Overlay():
            return self
        merged = overlay.resolved_merges()
        version = hashlib.sha256(f"{self.version} {overlay.fingerprint()}".encode()).hexdigest()[:12]
        return replace(self, skills=overlay.applied(self.skills), merged=merged, version=version)


_NONE: Mapping[str, float] = {}


def read_vocabulary(house: Path = HOUSE, others: tuple[Path, Path, Path] = (ESCO, TECHNOLOGY, KINSHIP)) -> Vocabulary:
    """The vocabulary of data files: our own list, and the ESCO concepts, product names and kinships derived for it."""
    esco, technology, kinship = others
    skills = with_technology(with_esco(read_house(house), esco), technology)
    content = hashlib.sha256(b"".join(path.read_bytes() for path in (house, *others)))
    return Vocabulary(skills, content.hexdigest()[:12], read_kinship(kinship))


@cache
def shipped_vocabulary() -> Vocabulary:
    """The vocabulary of the data files alone, read once per process."""
    return read_vocabulary()


class _InUse:
    """The overlay that this process works with, and the vocabulary that it makes."""

    overlay = Overlay()
    vocabulary: Vocabulary | None = None


def use_overlay(overlay: Overlay) -> None:
    """From now on this process works with these changes laid over the data files."""
    if overlay != _InUse.overlay:
        _InUse.overlay, _InUse.vocabulary = overlay, None


def vocabulary() -> Vocabulary:
    """The vocabulary in use: the data files and what people here changed about them."""
    if _InUse.vocabulary is None:
        _InUse.vocabulary = shipped_vocabulary().with_changes(_InUse.overlay)
    return _InUse.vocabulary


def skills_version() -> str:
    """A short fingerprint of the vocabulary, stored beside what was computed with it."""
    return vocabulary().version


def skill_name(skill_id: str) -> str:
    """The name people know a skill by; raises NotFound for an id that the vocabulary does not have."""
    return vocabulary().get(skill_id).name


def kin(skill_id: str) -> Mapping[str, float]:
    """The skills that :func:`related` gives a share for, with it."""
    return vocabulary().kin(skill_id)


def related(first: str, second: str) -> float:
    """How far one skill stands in for another, 0 to 1 and the same both ways.

    1 the same, 0.5 of one narrow group or one contained in the other ("manage budgets" in "manage operational budgets"),
    0.25 of one field, 0.2 to 0.5 near in meaning, else 0.
    """
    return vocabulary().related(first, second)
