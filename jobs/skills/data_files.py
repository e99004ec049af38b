"""Reads the files that the vocabulary is made of: our own list, ESCO, names of technology, and who is near whom."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from jobs.skills.folding import fold_term
from jobs.skills.skill import Skill

DATA = Path(__file__).parent / "data"
HOUSE, ESCO, TECHNOLOGY = DATA / "skills.csv", DATA / "esco.csv.gz", DATA / "technology.csv.gz"
KINSHIP, DESCRIPTIONS = DATA / "kinship.csv.gz", DATA / "esco_descriptions.csv.gz"
# A group of products as wide as "medical software" says nothing about what somebody can do instead.
WIDEST_GROUP = 60

Credits = dict[str, dict[str, float]]


def read_house(path: Path = HOUSE) -> dict[str, Skill]:
    """Our own skills by id."""
    with path.open(encoding="utf-8", newline="") as lines:
        return {row["id"]: _house_skill(row) for row in csv.DictReader(lines)}


def with_esco(skills: Mapping[str, Skill], path: Path = ESCO) -> dict[str, Skill]:
    """The same with the concepts of ESCO: names of those that we have too join ours, the others are skills of their own."""
    joined = dict(skills)
    for row in _rows(path):
        own, phrases = joined.get(row["id"]), _split(row["phrases"])
        joined[row["id"]] = (
            replace(own, phrases=phrases, uuid=row["uuid"])
            if own
            else Skill(row["id"], row["name"], row["kind"], phrases=phrases, uuid=row["uuid"], only_phrases=True)
        )
    return joined


def read_esco_names(path: Path = ESCO) -> dict[str, tuple[str, ...]]:
    """Every name that ESCO gives a skill, by its id with us; the preferred one first."""
    return {row["id"]: (row["name"], *_split(row["phrases"]), *_split(row["others"])) for row in _rows(path)}


def with_technology(skills: Mapping[str, Skill], path: Path = TECHNOLOGY) -> dict[str, Skill]:
    """The same with names of products and kinds of software, none of which another skill has already."""
    joined, rows = dict(skills), list(_rows(path))
    taken = {fold_term(term) for skill in skills.values() for term in skill.terms}
    sizes = Counter(row["group"] for row in rows)
    for row in rows:
        owner = joined.get(row["id"])
        own = (owner.name,) if owner and owner.only_phrases else ()
        names = tuple(n for n in (*own, row["name"], *_split(row["aliases"])) if fold_term(n) not in taken)
        names = tuple({fold_term(name): name for name in reversed(names)}.values())[::-1]
        taken.update(fold_term(name) for name in names)
        if names:
            group = row["group"] if sizes[row["group"]] <= WIDEST_GROUP else ""
            joined[row["id"]] = _with_names(owner, row["id"], names, group)
    return joined


def read_kinship(path: Path = KINSHIP) -> Credits:
    """How far one skill stands in for another, 0 to 1, by both ids; pairs that are not in it are no kin."""
    credit: Credits = {}
    for row in _rows(path):
        share = int(row["percent"]) / 100
        credit.setdefault(row["first"], {})[row["second"]] = share
        credit.setdefault(row["second"], {})[row["first"]] = share
    return credit


def read_descriptions(path: Path = DESCRIPTIONS) -> dict[str, str]:
    """What ESCO says a skill is, by its number there."""
    return {row["uuid"]: row["description"] for row in _rows(path)}


def _with_names(skill: Skill | None, skill_id: str, names: tuple[str, ...], group: str) -> Skill:
    exact = frozenset(name for name in names if not _is_plain(name))
    in_context = frozenset(name for name in exact if _is_everyday(name))
    if skill is None:
        return Skill(skill_id, names[0], "technology", group, names[1:], exact, in_context, is_of_field=True)
    if skill.only_phrases:
        skill = replace(skill, only_phrases=skill.name not in names, group=group, is_of_field=True)
    aliases = tuple(dict.fromkeys((*skill.aliases, *(name for name in names if name != skill.name))))
    return replace(
        skill, aliases=aliases, exact_case=skill.exact_case | exact, in_context=skill.in_context | in_context
    )


def _is_plain(name: str) -> bool:
    """True for "Web browser software": a kind of thing in words, which may be written in any case."""
    words = name.split()
    return len(words) > 1 and sum(word.islower() for word in words) >= len(words) - 1


def _is_everyday(name: str) -> bool:
    """True for one word with no sign of a made name, no capital or digit inside: Maestro, Slack, but not AutoCAD."""
    inner = name[1:]
    return " " not in name and (len(name) <= 3 or inner.islower() or not inner.isalnum())


def _house_skill(row: Mapping[str, str]) -> Skill:
    return Skill(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        group=row["group"],
        aliases=_split(row["aliases"]),
        exact_case=frozenset(_split(row["exact_case"])),
        in_context=frozenset(_split(row["in_context"])),
    )


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path) as packed:
        yield from csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline=""))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
