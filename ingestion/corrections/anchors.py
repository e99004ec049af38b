"""Finds the entries that corrections hold on to, in the reading they were made on and in any later one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ingestion.corrections.schema import BY_NAME_ONLY, NAMES
from ingestion.corrections.sheet import Entry, Value

# Two entries are one when half of their words are the same; of fewer words than this, all have to be.
ALIKE, FEW_WORDS = 0.5, 4

WantT = TypeVar("WantT")
RowT = TypeVar("RowT")


def find_entries(section: str, wanted: Mapping[str, Mapping[str, Any]], entries: Sequence[Entry]) -> dict[str, Entry]:
    """For each key the entry of the same key, else the one most like what was read then; no entry serves two keys."""
    found = {entry.key: entry for entry in entries if entry.key in wanted}
    lost = {key: read for key, read in wanted.items() if key not in found and read}
    free = [entry for entry in entries if entry.key not in found]
    return found | _pair(lost, free, lambda read, entry: likeness(section, read, entry.read))


def find_items(wanted: Mapping[str, str], items: Sequence[Value]) -> dict[str, Value]:
    """The same for the texts of a list."""
    found = {item.key: item for item in items if item.key in wanted}
    lost = {key: read for key, read in wanted.items() if key not in found and read}
    free = [item for item in items if item.key not in found]
    return found | _pair(lost, free, lambda read, item: _alike(_words(read), _words(item.was)))


def likeness(section: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How sure it is that two readings of entries are of the same entry; 0 when they are not."""
    alike = _alike(_words(one), _words(other))
    name = NAMES.get(section)
    if name and same(one.get(name, ""), other.get(name, "")):
        return 1 + alike
    return 0.0 if section in BY_NAME_ONLY else alike


def same(one: str, other: str) -> bool:
    """Whether two texts are the same apart from capitals and spaces; nothing is the same as nothing else."""
    return bool(one) and " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _pair(
    wanted: Mapping[str, WantT], rows: Sequence[RowT], sureness: Callable[[WantT, RowT], float]
) -> dict[str, RowT]:
    """The surest pairs first; of equals those that come first, so that the outcome is always the same."""
    keys = list(wanted)
    scored = [
        (-sure, abs(left - right), left, right)
        for left, key in enumerate(keys)
        for right, row in enumerate(rows)
        if (sure := sureness(wanted[key], row)) > 0
    ]
    pairs: dict[str, RowT] = {}
    taken: set[int] = set()
    for _, _, left, right in sorted(scored):
        if keys[left] not in pairs and right not in taken:
            pairs[keys[left]] = rows[right]
            taken.add(right)
    return pairs


def _alike(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    share = 2 * (one & other).total() / total if total else 0.0
    return share if share >= (ALIKE if one.total() >= FEW_WORDS else 1.0) else 0.0


def _words(read: Mapping[str, Any] | str) -> Counter[str]:
    return Counter(word for text in _texts(read) for word in re.findall(r"\w+", text.casefold()))


def _texts(read: Any) -> Iterator[str]:
    if isinstance(read, str):
        yield read
    elif isinstance(read, Iterable):
        for value in read.values() if isinstance(read, Mapping) else read:
            yield from _texts(value)
