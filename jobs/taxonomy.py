"""What people change about the vocabulary of skills: the only writers of it, and how processes come to work with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Model

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from cvmatch.core.queue import announce
from jobs.models import CustomSkill, SkillAlias, SkillChange, SkillMerge
from jobs.skills.folding import fold_term, without_accents
from jobs.skills.overlay import Alias, Overlay
from jobs.skills.skill import Skill
from jobs.skills.vocabulary import Vocabulary, use_overlay, vocabulary

KINDS = ("skill", "technology", "tool", "certificate", "subject")


_UNSURE = -1


class _Known:
    """The edition of the vocabulary that this process works with: the id of the newest change, None before the first."""

    edition: int | None = None


def refresh() -> None:
    """Work with the changes made so far, by whatever process; one small query when there are none to load."""
    newest = SkillChange.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest != _Known.edition:
        use_overlay(_overlay())
        _Known.edition = newest


def add_skill(*, name: str, kind: str, group: str = "", made_by: User | None) -> CustomSkill:
    """A skill that the vocabulary lacks. Raises InvalidInput where it has one of that name."""
    name = " ".join(name.split())
    with transaction.atomic():
        refresh()
        check_name(name)
        if kind not in KINDS:
            raise InvalidInput(f"A kind of skill is one of: {', '.join(KINDS)}.")
        row = CustomSkill.objects.create(skill_id=_free_id(name), name=name, kind=kind, group=group, made_by=made_by)
        _changed(f"added {row.skill_id}", [name], made_by)
    return row


def add_alias(*, skill: str, term: str, reading: str = SkillAlias.Reading.PLAIN, made_by: User | None) -> SkillAlias:
    """Another name of a skill, given by id or name. Raises InvalidInput where the name is taken or the skill unknown."""
    term = " ".join(term.split())
    with transaction.atomic():
        refresh()
        owner = find_skill(skill)
        check_name(term)
        row = SkillAlias.objects.create(skill_id=owner.id, term=term, reading=reading, made_by=made_by)
        _changed(f"named {owner.id}", [term], made_by)
    return row


def merge_skills(*, skill: str, into: str, made_by: User | None) -> SkillMerge:
    """Make two skills, given by id or name, one: the first is counted as the second from now on, in what is stored too.

    Raises InvalidInput for unknown skills, a skill and itself, and a language with what is none. A circle cannot come about:
    a skill that was merged is not found any more, and its name leads to what it became.
    """
    with transaction.atomic():
        refresh()
        gone, kept = check_merge(skill, into)
        row = SkillMerge.objects.create(skill_id=gone.id, into_id=kept.id, made_by=made_by)
        _changed(f"merged {gone.id} into {kept.id}", gone.names, made_by)
    return row


def undo(row: CustomSkill | SkillAlias | SkillMerge, *, made_by: User | None) -> None:
    """Take one change back; with an added skill go the names it was given and the merges that it is part of."""
    with transaction.atomic():
        refresh()
        terms = {name for skill_id in _touched(row) for name in _names(vocabulary(), skill_id)}
        if isinstance(row, CustomSkill):
            SkillAlias.objects.filter(skill_id=row.skill_id).delete()
            SkillMerge.objects.filter(into_id=row.skill_id).delete()
            SkillMerge.objects.filter(skill_id=row.skill_id).delete()
        if isinstance(row, SkillAlias):
            terms = {row.term}
        row.delete()
        _changed(f"took back: {row}"[:40], terms, made_by)


def find_skill(wanted: str) -> Skill:
    """The skill of that id or any of its names. Raises InvalidInput."""
    words, folded = vocabulary(), fold_term(wanted)
    wanted_id = words.merged.get(wanted.strip(), wanted.strip())
    found = words.skills.get(wanted_id) or _owner(words, folded)
    if found is None:
        raise InvalidInput(f"There is no skill “{wanted}” in the vocabulary.")
    return found


def check_name(name: str) -> None:
    """Raises InvalidInput for a name that says nothing or that another skill has."""
    if not any(char.isalnum() for char in name):
        raise InvalidInput("A name needs a letter or a digit.")
    owner = _owner(vocabulary(), fold_term(name))
    if owner is not None:
        raise InvalidInput(f"“{name}” is a name of {owner.name} ({owner.id}) already.")


def check_merge(skill: str, into: str) -> tuple[Skill, Skill]:
    """Both skills, where they can become one; raises InvalidInput otherwise."""
    gone, kept = find_skill(skill), find_skill(into)
    if gone.id == kept.id:
        raise InvalidInput("These are one skill already.")
    if gone.is_language != kept.is_language:
        raise InvalidInput("A language cannot be merged with a skill.")
    return gone, kept


def _overlay() -> Overlay:
    reading = SkillAlias.Reading
    return Overlay(
        added=tuple(
            Skill(row.skill_id, row.name, row.kind, row.group) for row in CustomSkill.objects.order_by("skill_id")
        ),
        aliases=tuple(
            Alias(row.skill_id, row.term, row.reading == reading.EXACT_CASE, row.reading == reading.IN_CONTEXT)
            for row in SkillAlias.objects.order_by("term")
        ),
        merges=tuple(SkillMerge.objects.order_by("skill_id").values_list("skill_id", "into_id")),
    )


def _changed(action: str, terms: Iterable[str], made_by: User | None) -> None:
    """Write the change down, work with it from now on, and have the texts with these terms read again."""
    SkillChange.objects.create(action=action[:40], terms=sorted(set(terms)), made_by=made_by)
    use_overlay(_overlay())
    # Not the new edition: if the transaction fails after this, the next look finds the difference and loads anew.
    _Known.edition = _UNSURE
    announce("skills.changed")


def _touched(row: Model) -> tuple[str, ...]:
    if isinstance(row, SkillMerge):
        return (row.skill_id, row.into_id)
    return (row.skill_id,) if isinstance(row, (CustomSkill, SkillAlias)) else ()


def _names(words: Vocabulary, skill_id: str) -> tuple[str, ...]:
    skill = words.skills.get(words.merged.get(skill_id, skill_id))
    return skill.names if skill else ()


def _owner(words: Vocabulary, folded: str) -> Skill | None:
    owned = (skill for skill in words.skills.values() if folded in {fold_term(name) for name in skill.names})
    return next(owned, None)


def _free_id(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", without_accents(fold_term(name))).strip("-")[:50] or "skill"
    taken = vocabulary().skills
    return next(one for one in (slug, *(f"{slug}-{number}" for number in range(2, 1000))) if one not in taken)
