"""What differs between two versions of a CV: which facts came, went or changed, section by section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingestion.corrections.anchors import find_entries, same
from ingestion.corrections.schema import BASICS, FIELDS, LINE, MENTIONED
from ingestion.corrections.sheet import Entry, Value, sheet_of
from ingestion.reading import name_of, title_of
from ingestion.values import ParsedCV

# So much of an entry says which one it is.
NAMED_BY = 2


@dataclass(frozen=True)
class Difference:
    """One fact; ``was`` is empty where it came, ``now`` where it went. ``entry`` says what it belongs to."""

    entry: str
    name: str
    was: str
    now: str

    @property
    def kind(self) -> str:
        return "added" if not self.was else "removed" if not self.now else "changed"


@dataclass(frozen=True)
class SectionDifference:
    title: str
    facts: tuple[Difference, ...]


def differences(old: ParsedCV, new: ParsedCV) -> tuple[SectionDifference, ...]:
    """The sections in which something differs; entries are the same as corrections would find them (``anchors``)."""
    before, after = sheet_of(old), sheet_of(new)
    found = (
        SectionDifference(title_of(section.partition(".")[0] if section != MENTIONED else section), facts)
        for section in before
        if (facts := tuple(_of_section(section, before[section], after[section])))
    )
    return tuple(found)


def _of_section(section: str, before: list[Entry], after: list[Entry]) -> Iterator[Difference]:
    if section == BASICS:
        yield from _of_entry(section, before[0], after[0])
        return
    pairs = find_entries(section, {entry.key: entry.read for entry in before}, after)
    taken = {id(entry) for entry in pairs.values()}
    nothing = Entry("", {})
    for entry in before:
        yield from _of_entry(section, entry, pairs.get(entry.key, nothing))
    for entry in after:
        if id(entry) not in taken:
            yield from _of_entry(section, nothing, entry)


def _of_entry(section: str, before: Entry, after: Entry) -> Iterator[Difference]:
    title = _title(section, after if after.fields or after.lists else before)
    for name in FIELDS[section]:
        was, now = before.text(name), after.text(name)
        if was != now and not same(was, now):
            yield Difference(title, name_of(section, name), was, now)
        for left, right in _of_lists(before.lists.get(name, []), after.lists.get(name, [])):
            yield Difference(title, name_of(section, name), left, right)


def _of_lists(before: list[Value], after: list[Value]) -> Iterator[tuple[str, str]]:
    """Texts that went and came; the order of a list says nothing."""
    old, new = ({" ".join(item.text.casefold().split()): item.text for item in items} for items in (before, after))
    yield from ((text, "") for key, text in old.items() if key not in new)
    yield from (("", text) for key, text in new.items() if key not in old)


def _title(section: str, entry: Entry) -> str:
    """The first lines of an entry, which say which one it is; an entry of one line is its own title."""
    lines = [entry.text(name) for name, kind in FIELDS[section].items() if kind == LINE and entry.text(name)]
    return "" if section == BASICS or len(lines) < NAMED_BY else ", ".join(lines[:NAMED_BY])
