"""Estimates the pay of a job from weights that were fitted elsewhere; one set of them for each currency."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from math import exp, floor, log10
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from jobs.pay.facts import PayFacts, features_of, title_words

# Titles are alike that have half of their words in common.
ALIKE = 0.5
# With fewer jobs of a like title that say their pay there is no estimate.
LEAST_ALIKE = 10
_SHOWN_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Estimate:
    """Pay a year, which of ten such jobs about eight have between ``low`` and ``high``.

    ``based_on`` is the number of jobs of a like title that say their pay.
    """

    low: float
    middle: float
    high: float
    currency: str
    based_on: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What estimates were worth on jobs that say their pay and that the model had not seen.

    ``coverage`` is the share whose pay was within; ``median_error`` that of the middle, as a share of the pay; ``median_width``
    that of the range, as a share of the middle. ``given`` are those of ``asked`` that got an estimate at all.
    """

    asked: int
    given: int
    coverage: float
    median_error: float
    median_width: float


class Titles:
    """The titles that a model was fitted on, as sets of words, to count those that are like another."""

    def __init__(self, titles: Mapping[frozenset[str], int]) -> None:
        self.counts = np.array(list(titles.values()), dtype=np.int64)
        self.sizes = np.array([len(words) for words in titles], dtype=np.int64)
        places: dict[str, list[int]] = {}
        for place, words in enumerate(titles):
            for word in sorted(words):
                places.setdefault(word, []).append(place)
        self._places = {word: np.array(found) for word, found in places.items()}

    def count_alike(self, words: frozenset[str]) -> int:
        """How many jobs had a title with half of the words in common; an empty one is like none."""
        shared = np.zeros(len(self.sizes), dtype=np.int64)
        for word in words:
            if word in self._places:
                shared[self._places[word]] += 1
        alike = (shared > 0) & (shared >= ALIKE * (self.sizes + len(words) - shared))
        return int(self.counts[alike].sum())


@dataclass(frozen=True)
class CurrencyModel:
    """The weights of one currency.

    ``centre`` gives the logarithm of the pay and ``spread`` that of how far off that is, by ``names`` with the constant last;
    ``low``, ``middle`` and ``high`` are the conformal quantiles of what the centre was off, in units of the spread.
    """

    names: tuple[str, ...]
    centre: NDArray[np.float64]
    spread: NDArray[np.float64]
    low: float
    middle: float
    high: float
    titles: Mapping[frozenset[str], int]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {name: column for column, name in enumerate(self.names)}

    @cached_property
    def _alike(self) -> Titles:
        return Titles(self.titles)

    def estimate(self, facts: PayFacts, currency: str) -> Estimate | None:
        based_on = self._alike.count_alike(title_words(facts.title))
        if based_on < LEAST_ALIKE:
            return None
        # In order, so that the sum is the same to the last bit in each process.
        columns = sorted(self._columns[name] for name in features_of(facts) if name in self._columns)
        centre = float(self.centre[columns].sum() + self.centre[-1])
        spread = exp(float(self.spread[columns].sum() + self.spread[-1]))
        low, middle, high = (_shown(exp(centre + spread * each)) for each in (self.low, self.middle, self.high))
        return Estimate(low, middle, high, currency, based_on)


@dataclass(frozen=True)
class PayModels:
    """The models of all currencies that have enough jobs, which currency each country pays in, and what they were worth."""

    by_currency: Mapping[str, CurrencyModel]
    currency_of: Mapping[str, str]
    measured: Mapping[str, Measured]

    def estimate(self, facts: PayFacts) -> Estimate | None:
        """The pay of a job; None where its country, its currency or its title is not known well enough."""
        currency = self.currency_of.get(facts.country, "")
        model = self.by_currency.get(currency)
        return model.estimate(facts, currency) if model else None

    def to_bytes(self) -> bytes:
        """As numpy stores arrays, without pickles: reading it can run nothing."""
        head: dict[str, Any] = {"currency_of": dict(self.currency_of), "models": {}}
        head["measured"] = {currency: asdict(each) for currency, each in self.measured.items()}
        arrays = {}
        for currency, model in self.by_currency.items():
            arrays[f"{currency} centre"], arrays[f"{currency} spread"] = model.centre, model.spread
            titles = [[sorted(words), count] for words, count in model.titles.items()]
            head["models"][currency] = {
                "names": model.names,
                "quantiles": [model.low, model.middle, model.high],
                "titles": titles,
            }
        text = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, head=text, **arrays)  # type: ignore[arg-type]
        return file.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """The inverse of ``to_bytes``."""
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            models = {
                currency: CurrencyModel(
                    tuple(each["names"]),
                    arrays[f"{currency} centre"],
                    arrays[f"{currency} spread"],
                    low=each["quantiles"][0],
                    middle=each["quantiles"][1],
                    high=each["quantiles"][2],
                    titles={frozenset(words): count for words, count in each["titles"]},
                )
                for currency, each in head["models"].items()
            }
        return cls(models, head["currency_of"], {name: Measured(**each) for name, each in head["measured"].items()})


def _shown(amount: float) -> float:
    """Rounded to the digits that mean anything."""
    return round(amount, _SHOWN_DIGITS - 1 - floor(log10(amount)))


def measure(models: PayModels, jobs: Sequence[tuple[PayFacts, float]]) -> Measured:
    """What the estimates are worth on these jobs and their true pay."""
    found = [(estimate, amount) for facts, amount in jobs if (estimate := models.estimate(facts))]
    if not found:
        return Measured(len(jobs), 0, 0.0, 0.0, 0.0)
    return Measured(
        len(jobs),
        len(found),
        float(np.mean([estimate.low <= amount <= estimate.high for estimate, amount in found])),
        float(np.median([abs(estimate.middle - amount) / amount for estimate, amount in found])),
        float(np.median([(estimate.high - estimate.low) / estimate.middle for estimate, _ in found])),
    )
