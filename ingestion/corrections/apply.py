"""What was read with what people corrected in it: the reading that is shown, matched and exported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingestion.changes import ADD, CHANGE, REMOVE, Anchor, Change
from ingestion.corrections.anchors import find_entries, find_items, likeness, same
from ingestion.corrections.schema import BASICS, FIELDS, LIST, MENTIONED, NAMES
from ingestion.corrections.sheet import Entry, Sheet, Value, entry_of, parsed_of, sheet_of
from ingestion.parse.contact import as_e164
from ingestion.values import ParsedCV

Found = Mapping[tuple[str, str], Entry]


@dataclass(frozen=True)
class Corrected:
    """A reading with corrections: ``sheet`` knows which correction each value comes from."""

    sheet: Sheet
    parsed: ParsedCV


def corrected(read: ParsedCV, changes: Sequence[Change]) -> Corrected:
    """Applies the changes in their order; the same reading and changes always give the same."""
    sheet = sheet_of(read)
    if not changes:
        return Corrected(sheet, read)
    entries = _Entries(sheet, changes)
    for change in changes:
        _APPLY[change.kind](entries, change)
    for section in sheet:
        if section != BASICS:
            sheet[section] = [entry for entry in sheet[section] if any(value.text for value in entry.values)]
    parsed = parsed_of(sheet, read)
    return Corrected(sheet, replace(parsed, phone_e164=_phone(parsed, read)))


class _Entries:
    """The entries of a sheet by the anchors of the changes; an anchor that is lost brings its entry back when asked to."""

    def __init__(self, sheet: Sheet, changes: Sequence[Change]) -> None:
        self.sheet = sheet
        wanted: dict[str, dict[str, Mapping[str, Any]]] = defaultdict(dict)
        items: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for change in changes:
            anchor = change.anchor
            if anchor.entry:
                wanted[change.section][anchor.entry] = anchor.entry_read
            if anchor.item:
                items[change.section, anchor.entry, change.field][anchor.item] = anchor.item_read
        self._found = {
            (section, key): entry
            for section, keys in wanted.items()
            for key, entry in find_entries(section, keys, sheet[section]).items()
        }
        self._items: dict[tuple[str, str, str, str], Value] = {}
        for (section, key, name), texts in items.items():
            entry = self._found.get((section, key))
            for item_key, item in find_items(texts, entry.lists[name] if entry else []).items():
                self._items[section, key, name, item_key] = item

    def find(self, change: Change) -> Entry | None:
        if change.section == BASICS:
            return self.sheet[BASICS][0]
        return self._found.get((change.section, change.anchor.entry))

    def find_or_restore(self, change: Change) -> Entry | None:
        """An entry that is not read any more is kept as it was; one that a person added and took back is not."""
        entry = self.find(change)
        if entry is None and change.anchor.entry_read and change.section != MENTIONED:
            entry = entry_of(change.section, change.anchor.entry, change.anchor.entry_read)
            entry.by = change.number
            for value in entry.values:
                value.by = change.number
            self.sheet[change.section].append(entry)
            self.learn(change.section, entry, change.anchor)
        return entry

    def find_item(self, entry: Entry, change: Change) -> Value | None:
        """A restored entry has its texts under the keys they had."""
        item = self._items.get((change.section, change.anchor.entry, change.field, change.anchor.item))
        own = (own for own in entry.lists[change.field] if own.key == change.anchor.item)
        return item or next(own, None)

    def learn(self, section: str, entry: Entry, anchor: Anchor) -> None:
        self._found[section, anchor.entry] = entry

    def learn_item(self, change: Change, item: Value, key: str) -> None:
        self._items[change.section, change.anchor.entry, change.field, key] = item


def _change(entries: _Entries, change: Change) -> None:
    entry = entries.find_or_restore(change)
    text = change.value if isinstance(change.value, str) else ""
    if entry is None:
        return
    if change.anchor.item:
        item = entries.find_item(entry, change)
        if item is None and change.anchor.item_read:  # not read any more: what the person wrote stays
            item = Value("", was=change.anchor.item_read, key=change.anchor.item)
            entry.lists[change.field].append(item)
            entries.learn_item(change, item, item.key)
        if item is not None:
            item.text, item.by = text, change.number
    else:
        value = entry.fields.setdefault(change.field, Value(""))
        value.text, value.by = text, change.number


def _remove(entries: _Entries, change: Change) -> None:
    """What is not read any more need not be removed."""
    entry = entries.find(change)
    if entry is None:
        return
    if change.anchor.item:
        item = entries.find_item(entry, change)
        entry.lists[change.field] = [other for other in entry.lists[change.field] if other is not item]
    elif change.field and FIELDS[change.section][change.field] == LIST:
        entry.lists[change.field] = []
    elif change.field:
        value = entry.fields.setdefault(change.field, Value(""))
        value.text, value.by = "", change.number
    else:
        entries.sheet[change.section] = [other for other in entries.sheet[change.section] if other is not entry]


def _add(entries: _Entries, change: Change) -> None:
    if isinstance(change.value, str):
        _add_item(entries, change, change.value)
        return
    entry = find_same(entries.sheet, change.section, change.value)
    if entry is None:
        entry = Entry(f"a{change.number}", {}, lists={n: [] for n, k in FIELDS[change.section].items() if k == LIST})
        entry.by = change.number
        entries.sheet[change.section].append(entry)
    for name, text in change.value.items():
        if text:
            value = entry.fields.setdefault(name, Value(""))
            value.text, value.by = text, change.number
    entries.learn(change.section, entry, Anchor(f"a{change.number}"))


def _add_item(entries: _Entries, change: Change, text: str) -> None:
    entry = entries.find_or_restore(change)
    if entry is None:
        return
    item = next((item for item in entry.lists[change.field] if same(item.text, text)), None)
    if item is None:
        item = Value(text, by=change.number, key=f"a{change.number}")
        entry.lists[change.field].append(item)
    entries.learn_item(change, item, f"a{change.number}")


_APPLY = {CHANGE: _change, REMOVE: _remove, ADD: _add}


def find_same(sheet: Sheet, section: str, added: Mapping[str, str]) -> Entry | None:
    """The entry that already says what somebody adds, for instance because a later parser has found it itself."""
    entries = [entry for entry in sheet[section] if not entry.by]
    if section == "skills":
        name = added.get("name", "")
        grouped = (entry for entry in entries if any(same(item.text, name) for item in entry.lists["keywords"]))
        if (entry := next(grouped, None)) is not None:
            return entry
    shown = {name: text for name, text in added.items() if text}
    alike = [(likeness(section, shown, entry.read), entry) for entry in entries]
    best = max(alike, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if best[0] > 0 else None


def is_there(sheet: Sheet, section: str, added: Mapping[str, str]) -> bool:
    """Whether an entry says this already: one of that name, or where entries have none, one with all these values."""
    name = NAMES.get(section)
    for entry in sheet[section]:
        if name and same(entry.text(name), added.get(name, "")):
            return True
        if section == "skills" and any(same(item.text, added.get("name", "")) for item in entry.lists["keywords"]):
            return True
        if not name and all(same(entry.text(field), text) for field, text in added.items()):
            return True
    return False


def removed_names(changes: Iterable[Change]) -> Iterator[str]:
    """The skills and languages that people took away or replaced, wherever else the text may name them."""
    for change in changes:
        if change.kind == ADD or change.section not in {"skills", "languages", MENTIONED}:
            continue
        if change.anchor.item:
            yield change.anchor.item_read
        elif not change.field or change.field == NAMES[change.section]:
            read = change.anchor.entry_read
            yield from read.get("keywords", ()) if change.kind == REMOVE and not change.field else ()
            yield read.get(NAMES[change.section], "")


def _phone(parsed: ParsedCV, read: ParsedCV) -> str:
    """The international form of a corrected number, by the country that was read or that the address says."""
    basics = parsed.resume.basics
    if basics.phone == read.resume.basics.phone:
        return read.phone_e164
    return as_e164(basics.phone, basics.location.country_code) if basics.phone else ""
