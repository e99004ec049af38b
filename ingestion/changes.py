"""What a person says is otherwise than it was read, as values: which entry it is about, and what holds instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

CHANGE, REMOVE, ADD = "change", "remove", "add"


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a correction holds on to, so that it finds its entry again in another reading of the same file.

    ``entry`` and ``item`` are the keys of an entry and of one text of a list in it, empty where there is none;
    ``entry_read`` and ``item_read`` are what was read there, empty for what a person has added.
    """

    entry: str = ""
    entry_read: Mapping[str, Any] = field(default_factory=dict)
    item: str = ""
    item_read: str = ""

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Change:
    """One correction; ``number`` is its id and its order, ``value`` a text, or for an added entry a text per field."""

    number: int
    kind: str
    section: str
    field: str
    anchor: Anchor
    value: str | Mapping[str, str] = ""
