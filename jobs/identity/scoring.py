"""How likely two postings advertise the same vacancy: a logistic regression on a few features, and what rules it out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from jobs.identity.fingerprint import Fingerprint
from jobs.identity.names import compare_companies, compare_titles, have_other_numbers
from jobs.identity.openings import is_another_opening
from jobs.identity.towns import Distance, compare_spots
from jobs.identity.words import overlap

SAME_FROM = 0.5
WEIGHTS = Path(__file__).with_name("weights.json")
_TEXT_STEPS = (0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.985)
_TITLE_STEPS = (0.3, 0.5, 0.7, 0.85, 0.97)
# Of the shorter text; what two lines have in common says little.
_SIZES = (8, 40, 100)
_CROSSED = (0.3, 0.6, 0.85, 0.96)


def compare(a: Fingerprint, b: Fingerprint, *, at_once: bool = True) -> float | None:
    """The probability that both are the same vacancy; None where something rules it out.

    ``at_once`` says that both were to be seen at the same time: neither is the other one posted again.
    """
    if is_ruled_out(a, b, at_once=at_once):
        return None
    weights = weights_by_feature()
    total = sum(weights.get(name, 0.0) * value for name, value in features(a, b).items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def is_ruled_out(a: Fingerprint, b: Fingerprint, *, at_once: bool = True) -> bool:
    """Another town, another number in the title, another place of the same posting, or two openings of one source."""
    if a.places and a.source == b.source and a.places == b.places:
        return True
    if have_other_numbers(a.title, b.title) or compare_spots(a.spot, b.spot) is Distance.FAR:
        return True
    return at_once and is_another_opening(a, b)


def features(a: Fingerprint, b: Fingerprint) -> dict[str, float]:
    """Facts about the pair by name, each 1, the same whichever posting comes first.

    What a fact says depends on how much of the text is the same: a copy may carry any title, and the same title is next
    to nothing where the texts differ. So each fact stands by itself and together with the share of words in common.
    """
    runs, words = overlap(a.runs, b.runs), overlap(a.words, b.words)
    title = compare_titles(a.title, b.title)
    size = _step(runs.least, _SIZES)
    text = {
        f"runs shared from {_step(runs.contained, _TEXT_STEPS)}",
        f"words shared from {_step(words.contained, _TEXT_STEPS)}",
        f"whole text shared from {_step(runs.alike, _TEXT_STEPS)}",
        f"runs from {size}",
        # Two extracts may have nothing in common; two whole texts that have not are two vacancies.
        f"runs shared from {_step(runs.contained, _CROSSED)}, runs from {size}",
    }
    facts = {f"title from {_step(title, _TITLE_STEPS)}", *_facts(a, b)}
    if a.source == b.source:
        # A board may write anything, but a source calls one thing by one name.
        facts |= {"one source"} if a.title == b.title else {"one source", "other title in one source"}
    shared = f"words from {_step(words.contained, _CROSSED)}"
    return dict.fromkeys(["bias", *text, *facts, *(f"{fact}, {shared}" for fact in facts)], 1.0)


def _step(value: float, steps: Sequence[float]) -> float:
    """The highest of the steps that the value reaches; 0 below the first."""
    return max((step for step in steps if value >= step), default=0)


def _facts(a: Fingerprint, b: Fingerprint) -> Iterator[str]:
    yield f"company {compare_companies(a.company, b.company)}"
    yield f"place {compare_spots(a.spot, b.spot)}"
    if a.title.numbers != b.title.numbers:
        yield "number in one title"
    if set(a.title.aside) - set(b.title.aside) and set(b.title.aside) - set(a.title.aside):
        yield "other words in brackets"
    if a.title.level != b.title.level:
        yield "level in one title" if None in (a.title.level, b.title.level) else "other level"
    if a.employment and b.employment and a.employment != b.employment:
        yield "other employment"
    if a.pay and b.pay and a.currency == b.currency:
        yield "same pay" if is_same_pay(a.pay, b.pay) else "other pay"


def is_same_pay(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """To the hundredth, as boards round it."""
    return all(abs(a - b) <= 0.01 * max(a, b) for a, b in zip(one, other, strict=True))


@cache
def weights_by_feature() -> dict[str, float]:
    """Fitted on generated duplicates by ``benchmarks.duplicates --fit``, never on advertisements of others."""
    known: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return known
