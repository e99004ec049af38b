"""One skill of the vocabulary, and how each of its names is found in a text."""

from __future__ import annotations

from dataclasses import dataclass

ESCO_SKILL = "http://data.europa.eu/esco/skill/"


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill of the vocabulary.

    ``name`` and ``aliases`` are found letter by letter. ``exact_case`` and ``in_context`` name those of them that are also
    ordinary words or short letters: the first count only when written exactly so ("SAP"), the second only beside words
    that show what is meant ("Go", "R"). ``phrases`` are found word by word in any inflection ("manage budgets"); where a
    skill is ``only_phrases`` its name is not looked for by itself. ``uuid`` is its number in ESCO. ``is_of_field`` says
    that its group holds people of one trade rather than of one task.
    """

    id: str
    name: str
    kind: str
    group: str = ""
    aliases: tuple[str, ...] = ()
    exact_case: frozenset[str] = frozenset()
    in_context: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()
    uuid: str = ""
    is_of_field: bool = False
    only_phrases: bool = False

    @property
    def terms(self) -> tuple[str, ...]:
        """The names that are found letter by letter."""
        return self.aliases if self.only_phrases else (self.name, *self.aliases)

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it is called."""
        return tuple(dict.fromkeys((self.name, *self.aliases, *self.phrases)))

    @property
    def is_language(self) -> bool:
        return self.kind == "language"

    @property
    def uri(self) -> str:
        """Its address in ESCO; empty where ESCO has no such skill."""
        return f"{ESCO_SKILL}{self.uuid}" if self.uuid else ""
