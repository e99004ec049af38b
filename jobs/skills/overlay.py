"""What people here changed about the vocabulary, as values: skills they added, names they gave, skills they made one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from jobs.skills.skill import Skill


@dataclass(frozen=True, slots=True)
class Alias:
    """A further name of a skill; the two flags are those of :class:`Skill`."""

    skill_id: str
    term: str
    exact_case: bool = False
    in_context: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """Changes to lay over the data files; an empty one changes nothing."""

    added: tuple[Skill, ...] = ()
    aliases: tuple[Alias, ...] = ()
    merges: tuple[tuple[str, str], ...] = ()

    def fingerprint(self) -> str:
        """The same for the same changes, in whatever order they were made."""
        parts = [sorted(map(repr, part)) for part in (self.added, self.aliases, self.merges)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]

    def resolved_merges(self) -> dict[str, str]:
        """Where each merged id ends, along chains of merges; a circle ends where it would close."""
        direct = dict(self.merges)
        return {first: _end_of(first, direct) for first in direct}

    def applied(self, skills: Mapping[str, Skill]) -> dict[str, Skill]:
        """The skills with the changes in them; what was merged is gone, and all its names lead to what it became."""
        changed = dict(skills) | {skill.id: skill for skill in self.added}
        for alias in self.aliases:
            owner = changed.get(alias.skill_id)
            if owner is not None:
                changed[owner.id] = _with_alias(owner, alias)
        for gone, kept in self.resolved_merges().items():
            if gone in changed and kept in changed:
                changed[kept] = _with_names_of(changed[kept], changed.pop(gone))
        return changed


def _end_of(first: str, direct: Mapping[str, str]) -> str:
    seen, here = {first}, direct[first]
    while here in direct and here not in seen:
        seen.add(here)
        here = direct[here]
    return here


def _with_alias(skill: Skill, alias: Alias) -> Skill:
    one = frozenset({alias.term})
    return replace(
        skill,
        aliases=(*skill.aliases, alias.term),
        exact_case=skill.exact_case | one if alias.exact_case else skill.exact_case,
        in_context=skill.in_context | one if alias.in_context else skill.in_context,
    )


def _with_names_of(kept: Skill, gone: Skill) -> Skill:
    return replace(
        kept,
        aliases=tuple(dict.fromkeys((*kept.aliases, *gone.terms))),
        exact_case=kept.exact_case | gone.exact_case,
        in_context=kept.in_context | gone.in_context,
        phrases=tuple(dict.fromkeys((*kept.phrases, *gone.phrases))),
    )
