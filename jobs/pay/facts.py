"""What of a job its pay is estimated from; the employer is no part of it, since those who say no pay are others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from cvmatch.core.places import fold
from jobs.titles import read_title

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PayFacts:
    """What a posting says besides its pay; empty or None where it does not. ``skills`` are ids of the vocabulary."""

    title: str
    country: str = ""
    city: str = ""
    level: str = ""
    employment_type: str = ""
    remote: bool = False
    degree: str = ""
    years: int | None = None
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PaidJob:
    """A job that says its pay: the middle of its range for a year."""

    facts: PayFacts
    currency: str
    amount: float


def title_words(title: str) -> frozenset[str]:
    """The words of the occupation, by which titles are alike."""
    return frozenset(_words(read_title(title).core))


def features_of(facts: PayFacts) -> frozenset[str]:
    """Names of all that holds of the job; what its pay does not hang on gets no weight."""
    return frozenset(_features(facts))


def _features(facts: PayFacts) -> Iterator[str]:
    words = _words(facts.title)
    yield from (f"word {word}" for word in words)
    yield from (f"words {first} {second}" for first, second in pairwise(words))
    for name in ("country", "city", "level", "employment_type", "degree"):
        if value := getattr(facts, name):
            yield f"{name} {fold(value)}"
    if facts.remote:
        yield "remote"
    if facts.years is not None:
        # As steps, so that each year asked for adds its own part.
        yield from (f"years {step}" for step in (1, 2, 3, 5, 7, 10) if facts.years >= step)
    yield from (f"skill {skill}" for skill in facts.skills)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
