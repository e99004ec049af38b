"""The addresses of values: ``work[0].startDate`` as in the resume, or with an entry's key in place of its number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from cvmatch.core.errors import InvalidInput, NotFound
from ingestion.changes import Anchor
from ingestion.corrections.schema import BASICS, FIELDS, LIST
from ingestion.corrections.sheet import Entry, Sheet, Value

RowT = TypeVar("RowT", Entry, Value)

_PATH = re.compile(
    r"(?P<section>basics\.profiles|\w+)(?:\[(?P<entry>[\w-]{1,30})\])?(?:\.(?P<field>\w+(?:\.\w+)?)(?:\[(?P<item>[\w-]{1,30})\])?)?"
)
GONE = "This is not there any more: it was changed or read anew meanwhile. Look at it again."


@dataclass(frozen=True)
class Target:
    """What an address leads to; ``entry`` is None for a section as a whole, ``item`` is one text of a list."""

    section: str
    field: str = ""
    entry: Entry | None = None
    item: Value | None = None

    @property
    def kind(self) -> str:
        """The kind of the field, empty for a section or an entry as a whole."""
        return FIELDS[self.section][self.field] if self.field else ""

    @property
    def text(self) -> str:
        """What stands there now."""
        if self.item is not None:
            return self.item.text
        return self.entry.text(self.field) if self.entry and self.field else ""

    @property
    def anchor(self) -> Anchor:
        entry, item = self.entry, self.item
        if entry is None or self.section == BASICS:
            return Anchor()
        return Anchor(entry.key, entry.read, item.key if item else "", item.was if item else "")

    @property
    def path(self) -> str:
        """The address by keys, which stays true while other entries come and go."""
        place = f"{self.section}[{self.entry.key}]" if self.entry and self.section != BASICS else self.section
        place += f".{self.field}" if self.field else ""
        return f"{place}[{self.item.key}]" if self.item else place


def resolve(sheet: Sheet, path: str) -> Target:
    """Raises InvalidInput for an address that cannot be one, NotFound for one of something that is not there."""
    match = _PATH.fullmatch(path)
    section = match["section"] if match else ""
    if match is None or section not in FIELDS:
        raise InvalidInput(
            f"There is nothing to correct at {path[:60]!r}. An address is like basics.name or work[0].position."
        )
    name, entry_key, item_key = match["field"] or "", match["entry"], match["item"]
    if name and name not in FIELDS[section]:
        raise InvalidInput(f"{section} has no field {name!r}; it has {', '.join(FIELDS[section])}.")
    if section == BASICS:
        return Target(section, name, sheet[BASICS][0])
    if entry_key is None:
        if name:
            raise InvalidInput(f"Say which entry of {section}, as in {section}[0].{name}.")
        return Target(section)
    entry = _chosen(sheet[section], entry_key)
    if item_key is None:
        return Target(section, name, entry)
    if FIELDS[section][name] != LIST:
        raise InvalidInput(f"{name} is one value, not a list.")
    return Target(section, name, entry, _chosen(entry.lists[name], item_key))


def _chosen(rows: list[RowT], key: str) -> RowT:
    if key.isdecimal() and int(key) < len(rows):
        return rows[int(key)]
    row = next((row for row in rows if row.key == key), None)
    if row is None:
        raise NotFound(GONE)
    return row
