"""Accounts of matches: what was found where, what would raise the score, and the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self


class State(StrEnum):
    """How firmly the CV shows something that is asked; ``missing`` is "not found in the CV" and says no more than that."""

    STATED = "stated"
    IMPLIED = "implied"
    MISSING = "missing"


class Asks(StrEnum):
    """The kinds of things that a job asks for; a sentence is one that names nothing that we know by name."""

    SKILL = "skill"
    LANGUAGE = "language"
    YEARS = "years"
    DEGREE = "degree"
    LEVEL = "level"
    SENTENCE = "sentence"


# The name of a state in accounts that were stored before it was called otherwise.
_FORMER_STATES = {"related": State.IMPLIED}


@dataclass(frozen=True)
class Place:
    """Characters of a text, end exclusive, with what stands there."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Finding:
    """One thing the job asks for, and what the CV shows of it.

    ``evidence`` are all places of the CV that carry it, in reading order, and ``part`` names the part of the score that
    they hold up ("" when no part counts it). ``via`` says in words what is shown where that is not the thing itself;
    ``similarity`` is the cosine of a sentence and its answer. ``added`` says that it stands nowhere in the file: somebody
    added it by hand.
    """

    subject: str
    name: str
    state: State
    must: bool
    kind: Asks = Asks.SKILL
    part: str = ""
    in_job: Place | None = None
    evidence: tuple[Place, ...] = ()
    via: str = ""
    similarity: float | None = None
    added: bool = False

    @property
    def in_cv(self) -> Place | None:
        """The first of the places in the CV."""
        return self.evidence[0] if self.evidence else None

    def to_json(self) -> dict[str, Any]:
        """Plain values; by hand, since ``asdict`` copies every one of them and took a fifth of a live match."""
        return vars(self) | {
            "in_job": _place(self.in_job),
            "evidence": [_place(place) for place in self.evidence],
            "in_cv": _place(self.in_cv),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in row.items() if name in known}
        places = row.get("evidence") or [place for place in [row.get("in_cv")] if place]
        return cls(
            **values
            | {
                "state": State(_FORMER_STATES.get(row["state"], row["state"])),
                "kind": Asks(row.get("kind", Asks.SKILL)),
                "in_job": Place(**row["in_job"]) if row.get("in_job") else None,
                "evidence": tuple(Place(**place) for place in places),
            }
        )


@dataclass(frozen=True)
class Reason:
    """A part of the score with what it rests on, in a few words; ``value`` and ``points`` are None without data."""

    part: str
    value: float | None
    weight: float
    points: float | None
    words: str


@dataclass(frozen=True)
class Raise:
    """What the score would be if the CV showed one thing more, computed by the scorer itself.

    ``before`` is the score as it is. ``rank`` and ``new_rank`` are places among the lines of the same list, the others as
    they stand; None where there is no list.
    """

    name: str
    score: float
    subject: str = ""
    kind: Asks = Asks.SKILL
    before: float | None = None
    rank: int | None = None
    new_rank: int | None = None


@dataclass(frozen=True)
class Written:
    """A sentence that a language model wrote and that held against the findings it cites, by their numbers."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True)
class Account:
    """Why a match scored as it did: what was found where, what would raise it, and the same in words.

    ``sentences`` speak to the candidate, ``points`` are what a recruiter may talk about; ``written`` are a language
    model's sentences, where one is set up and told the truth.
    """

    findings: tuple[Finding, ...]
    raises: tuple[Raise, ...]
    sentences: tuple[str, ...]
    points: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    written: tuple[Written, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "findings": [finding.to_json() for finding in self.findings],
            "raises": [dict(vars(option)) for option in self.raises],
            "sentences": list(self.sentences),
            "points": list(self.points),
            "reasons": [dict(vars(reason)) for reason in self.reasons],
            "written": [dict(vars(sentence)) for sentence in self.written],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of ``to_json``; reads accounts of earlier versions too."""
        return cls(
            findings=tuple(Finding.from_json(row) for row in data.get("findings", ())),
            raises=tuple(Raise(**row | {"kind": Asks(row.get("kind", Asks.SKILL))}) for row in data.get("raises", ())),
            sentences=tuple(data.get("sentences", ())),
            points=tuple(data.get("points", ())),
            reasons=tuple(Reason(**row) for row in data.get("reasons", ())),
            written=tuple(Written(row["text"], tuple(row["cites"])) for row in data.get("written", ())),
        )


def _place(place: Place | None) -> dict[str, Any] | None:
    return dict(vars(place)) if place else None
