"""Accounts of matches: what was found where, what would raise the score, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True)
class Place:
    """Characters of a text, end exclusive, with what stands there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """One thing the job asks for, and what the CV shows of it.

    ``state`` is stated, related (something close is stated: ``via``) or missing (not found in the CV). ``added`` says that
    it stands nowhere in the file: somebody added it by hand.
    """

    subject: str
    name: str
    state: str
    must: bool
    in_job: Place | None = None
    in_cv: Place | None = None
    via: str = ""
    added: bool = False


@dataclass(frozen=True)
class Raise:
    """What the score would be if the CV showed one thing more, computed by the scorer itself."""

    name: str
    score: float


@dataclass(frozen=True)
class Account:
    """Why a match scored as it did: what was found where, what would raise it, and the same in words."""

    findings: tuple[Finding, ...]
    raises: tuple[Raise, ...]
    sentences: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            findings=tuple(_finding(row) for row in data.get("findings", ())),
            raises=tuple(Raise(row["name"], row["score"]) for row in data.get("raises", ())),
            sentences=tuple(data.get("sentences", ())),
        )


def _finding(row: Mapping[str, Any]) -> Finding:
    known = {field.name for field in fields(Finding)}
    values = {name: value for name, value in row.items() if name in known}
    for name in ("in_job", "in_cv"):
        values[name] = Place(**row[name]) if row.get(name) else None
    return Finding(**values)
