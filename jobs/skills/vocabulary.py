"""The vocabulary of skills: which there are, what they are called, and which are close to each other."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cvmatch.core.errors import NotFound

DATA = Path(__file__).parent / "data" / "skills.csv"

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


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill of the vocabulary.

    ``exact_case`` and ``in_context`` name those of its terms that are also ordinary words or short letters: the first
    count only when written exactly so ("SAP"), the second only beside words that show what is meant ("Go", "R").
    """

    id: str
    name: str
    kind: str
    group: str
    aliases: tuple[str, ...] = ()
    exact_case: frozenset[str] = frozenset()
    in_context: frozenset[str] = frozenset()

    @property
    def terms(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)

    @property
    def is_language(self) -> bool:
        return self.kind == "language"


@dataclass(frozen=True)
class Vocabulary:
    """Every skill by id, with the fingerprint of the data it was read from."""

    skills: dict[str, Skill]
    version: str

    def get(self, skill_id: str) -> Skill:
        try:
            return self.skills[skill_id]
        except KeyError:
            raise NotFound(f"There is no skill {skill_id!r} in the vocabulary.") from None

    def related(self, first: str, second: str) -> float:
        if first == second:
            return 1.0
        one, other = self.skills.get(first), self.skills.get(second)
        if one is None or other is None or not one.group:
            return 0.0
        if one.group != other.group:
            return 0.0
        return SAME_FIELD if one.group in FIELDS else SAME_GROUP


def read_vocabulary(path: Path = DATA) -> Vocabulary:
    """The vocabulary of a CSV file; this is the place a database-backed taxonomy would come in."""
    content = path.read_bytes()
    rows = csv.DictReader(content.decode("utf-8").splitlines())
    skills = {row["id"]: _skill(row) for row in rows}
    return Vocabulary(skills, hashlib.sha256(content).hexdigest()[:12])


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary in use, read once per process."""
    return read_vocabulary()


def skills_version() -> str:
    """A short fingerprint of the vocabulary, stored beside what was computed with it."""
    return vocabulary().version


def skill_name(skill_id: str) -> str:
    """The name people know a skill by; raises NotFound for an id that the vocabulary does not have."""
    return vocabulary().get(skill_id).name


def related(first: str, second: str) -> float:
    """How far one skill stands in for another: 1 the same, 0.5 of one narrow group, 0.25 of one field, else 0."""
    return vocabulary().related(first, second)


def _skill(row: dict[str, str]) -> Skill:
    return Skill(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        group=row["group"],
        aliases=_split(row["aliases"]),
        exact_case=frozenset(_split(row["exact_case"])),
        in_context=frozenset(_split(row["in_context"])),
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
