"""Finds which ESCO concept is the same skill as one of our own list: by equal names, read without inflection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from jobs.skills.folding import fold_term
from jobs.skills.phrases import IN_BRACKETS, phrase_keys
from jobs.skills.skill import Skill
from jobs.skills.words import Key

Form = tuple[Key, ...] | str

# "use spreadsheets" and "perform project management" are what our list calls spreadsheets and project management.
_LIGHT = frozenset({"use", "apply", "perform", "practise", "conduct", "execut"})
_MADE_NAMES = frozenset({"technology", "tool", "certificate", "language"})


def houses_of(concepts: Iterable[tuple[str, str, Sequence[str]]], house: Mapping[str, Skill]) -> dict[str, str]:
    """The id in our list by concept, for (concept, kind, its names); each of ours goes to one concept, the most alike."""
    names = {_form(skill, skill.name): skill.id for skill in reversed(house.values())}
    terms = {_form(skill, term): skill.id for skill in reversed(house.values()) for term in skill.terms}
    found: dict[str, tuple[int, str]] = {}
    for concept, kind, labels in concepts:
        match = _rank(labels if kind == "skill" else labels[:1], names, terms)
        if match is not None:
            rank, skill_id = match
            found[skill_id] = min(found.get(skill_id, (rank, concept)), (rank, concept))
    return {concept: skill_id for skill_id, (_, concept) in found.items()}


def _form(skill: Skill, term: str) -> Form:
    """Made names are compared letter by letter: SAS is not Sass, and Security+ has nothing to do with securities."""
    return fold_term(term) if skill.kind in _MADE_NAMES and len(term.split()) == 1 else phrase_keys(term)


def _rank(labels: Sequence[str], names: Mapping[Form, str], terms: Mapping[Form, str]) -> tuple[int, str] | None:
    """How alike (0 most) and to which of ours. An alias proves it only where it is the name of ours, and not one word."""
    label, *aliases = [phrase_keys(label) for label in labels]
    literal = fold_term(IN_BRACKETS.sub("", labels[0]))
    bare = label[1:] if label[:1] and label[0] in _LIGHT else label
    tries: list[tuple[int, str | None]] = [(0, names.get(literal)), (1, terms.get(literal))]
    tries += [(0, names.get(label)), (1, terms.get(label)), (2, names.get(bare)), (3, terms.get(bare))]
    tries += [(4, names.get(alias)) for alias in aliases if len(alias) > 1]
    return next(((rank, skill_id) for rank, skill_id in tries if skill_id), None)
