"""A resume laid out for correcting: sections of entries of values, each of which knows where it was read.

Entries and texts of lists have keys made of what was read there, so that a key means the same thing however the others move.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ingestion.corrections.schema import BASICS, FIELDS, LIST, MENTIONED, PROFILES
from ingestion.values import Evidence, ParsedCV


@dataclass
class Value:
    """A text with the path it was read at; ``by`` is the number of the correction that it comes from, else 0."""

    text: str
    origin: str = ""
    was: str = ""
    by: int = 0
    key: str = ""


@dataclass
class Entry:
    """One entry of a section; ``read`` is its JSON as it was read, ``by`` the correction that added it, else 0."""

    key: str
    read: Mapping[str, Any]
    fields: dict[str, Value] = field(default_factory=dict)
    lists: dict[str, list[Value]] = field(default_factory=dict)
    by: int = 0

    def text(self, name: str) -> str:
        return self.fields[name].text if name in self.fields else ""

    @property
    def values(self) -> Iterator[Value]:
        yield from self.fields.values()
        for items in self.lists.values():
            yield from items


Sheet = dict[str, list[Entry]]


def sheet_of(parsed: ParsedCV) -> Sheet:
    """The sheet of a reading; a section of which nothing was read is there and empty, basics has its one entry."""
    data = parsed.to_json()
    basics = _flat(data.get(BASICS, {}))
    rows: dict[str, list[Any]] = {name: data.get(name, []) for name in FIELDS}
    rows[PROFILES] = data.get(BASICS, {}).get("profiles", [])
    rows[MENTIONED] = [{"name": mention.name} for mention in parsed.mentioned_skills]
    sheet = {section: _entries(section, entries) for section, entries in rows.items() if section != BASICS}
    return {BASICS: [entry_of(BASICS, "", basics, BASICS)], **sheet}


def entry_of(section: str, key: str, read: Mapping[str, Any], origin: str = "") -> Entry:
    """An entry with the values that were read; ``origin`` is its path there, empty when its places are gone."""
    entry = Entry(key, read)
    for name, kind in FIELDS[section].items():
        value, path = read.get(name), f"{origin}.{name}" if origin else ""
        if kind == LIST:
            texts = [text for text in value or [] if isinstance(text, str)]
            keys = _keys(texts)
            entry.lists[name] = [
                Value(text, f"{path}[{i}]" if path else "", text, key=keys[i]) for i, text in enumerate(texts)
            ]
        elif value:
            entry.fields[name] = Value(value, path, value)
    return entry


def parsed_of(sheet: Sheet, read: ParsedCV) -> ParsedCV:
    """The sheet as a reading again: evidence where a value stands as it was read, ``corrected`` where it does not."""
    data: dict[str, Any] = {}
    evidence: dict[str, Evidence] = {}
    corrected: dict[str, str] = {}
    for path, value in leaves(sheet):
        if value.by:
            corrected[path] = value.was
        elif value.origin in read.evidence:
            evidence[path] = read.evidence[value.origin]
    for section, entries in sheet.items():
        rows = [json_of(entry) for entry in entries]
        if section == BASICS:
            data[BASICS] = _nested(rows[0])
        elif section == PROFILES:
            data[BASICS]["profiles"] = rows
        elif section != MENTIONED:
            data[section] = rows
    parsed = replace(read, resume=ParsedCV.from_json(data).resume, evidence=evidence, corrected=corrected)
    listed = {name.casefold() for name in parsed.skill_names}
    kept = {entry.text("name") for entry in sheet[MENTIONED] if entry.text("name").casefold() not in listed}
    return replace(parsed, mentioned_skills=tuple(own for own in read.mentioned_skills if own.name in kept))


def leaves(sheet: Sheet) -> Iterator[tuple[str, Value]]:
    """Every value with its path as in ``work[0].startDate``; a field that was emptied is among them."""
    for section, entry, prefix in placed(sheet):
        if section == MENTIONED:
            continue
        for name, value in entry.fields.items():
            yield f"{prefix}.{name}", value
        for name, items in entry.lists.items():
            yield from ((f"{prefix}.{name}[{index}]", item) for index, item in enumerate(items))


def placed(sheet: Sheet) -> Iterator[tuple[str, Entry, str]]:
    """Section, entry, and the entry's path as in ``work[0]``."""
    for section, entries in sheet.items():
        for index, entry in enumerate(entries):
            yield section, entry, section if section == BASICS else f"{section}[{index}]"


def json_of(entry: Entry) -> dict[str, Any]:
    """The entry as JSON, without what is empty."""
    fields = {name: value.text for name, value in entry.fields.items() if value.text}
    texts = {name: [item.text for item in items if item.text] for name, items in entry.lists.items()}
    return fields | {name: items for name, items in texts.items() if items}


def _entries(section: str, rows: list[Any]) -> list[Entry]:
    keys = _keys([json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows])
    return [entry_of(section, keys[i], row, f"{section}[{i}]") for i, row in enumerate(rows)]


def _keys(texts: list[str]) -> list[str]:
    """A short name for each text that depends on nothing else; repeats are numbered."""
    seen: Counter[str] = Counter()
    keys = []
    for text in texts:
        digest = hashlib.sha256(text.encode()).hexdigest()[:10]
        keys.append(f"e{digest}-{seen[digest]}" if seen[digest] else f"e{digest}")
        seen[digest] += 1
    return keys


def _flat(basics: Mapping[str, Any]) -> dict[str, Any]:
    place = basics.get("location", {})
    plain = {name: value for name, value in basics.items() if isinstance(value, str)}
    return plain | {f"location.{name}": value for name, value in place.items()}


def _nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in flat.items() if "." not in name}
    place = {name.removeprefix("location."): value for name, value in flat.items() if "." in name}
    return plain | ({"location": place} if place else {})
