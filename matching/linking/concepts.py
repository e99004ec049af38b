"""The concepts that phrases are linked to: what ESCO calls them, and what advertisements say instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jobs.skills.data_files import read_descriptions, read_esco_names
from jobs.skills.vocabulary import shipped_vocabulary

SAYINGS = Path(__file__).parent / "data" / "sayings.txt"


@dataclass(frozen=True, slots=True)
class Concept:
    """A skill of ESCO. ``names`` are its labels, the preferred one first; ``sayings`` are paraphrases of our own."""

    id: str
    names: tuple[str, ...]
    description: str = ""
    sayings: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.names[0]


def read_concepts(sayings: Path = SAYINGS) -> tuple[Concept, ...]:
    """Every concept of ESCO by its id with us, in a fixed order."""
    named, described, skills = read_esco_names(), read_descriptions(), shipped_vocabulary().skills
    said = {preferred(name): phrases for name, phrases in read_sayings(sayings)}
    return tuple(
        Concept(skill_id, names, described[skills[skill_id].uuid], said.get(names[0].lower(), ()))
        for skill_id, names in sorted(named.items())
    )


def preferred(label: str) -> str:
    """The preferred label, in lower case, of what ESCO calls so; versions of ESCO differ in which label that is."""
    return _preferred_labels().get(label.strip().lower(), label.strip().lower())


def read_sayings(path: Path = SAYINGS) -> Iterator[tuple[str, tuple[str, ...]]]:
    """A label of ESCO and what advertisements say instead."""
    for line in path.read_text(encoding="utf-8").splitlines():
        name, colon, said = line.partition(": ")
        if colon and not line.startswith("#"):
            yield name, tuple(part.strip() for part in said.split(";"))


@cache
def _preferred_labels() -> dict[str, str]:
    every = sorted(read_esco_names().items())
    others = {other.lower(): names[0].lower() for _, names in reversed(every) for other in names[1:]}
    return others | {names[0].lower(): names[0].lower() for _, names in every}
