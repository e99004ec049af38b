"""Which of the found targets are worth comparing in full, by what the search alone measured of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from matching.scoring.config import ScoringConfig
from matching.scoring.parts import HALF_OF_WORDS, curved
from matching.values import Candidate


def promising(found: Sequence[Candidate], *, english: float, keep: int, config: ScoringConfig) -> tuple[Candidate, ...]:
    """The ``keep`` that come first by meaning, title, words and skills, weighed as the score weighs them.

    ``english`` is how English the subject reads: what the model does not read goes by its words, as in the score.
    """
    if len(found) <= keep:
        return tuple(found)
    return tuple(sorted(found, key=lambda one: (-_promise(one, english, config), one.target_id))[:keep])


def _promise(found: Candidate, english: float, config: ScoringConfig) -> float:
    known = [(weight, value) for weight, value in _signals(found, english, config) if value is not None]
    weight = math.fsum(weight for weight, _ in known)
    return math.fsum(weight * value for weight, value in known) / weight if weight else 0.0


def _signals(found: Candidate, english: float, config: ScoringConfig) -> Iterator[tuple[float, float | None]]:
    """Weight and value of each; the cosine of the skills stands in for the share of them that is met."""
    meaning, title = config.weights["semantic"].whole, config.weights["title"].whole
    yield english * meaning, curved(found.text_cosine, config.curves["text"])
    yield english * title, curved(found.title_cosine, config.curves["title"])
    shared = None if found.words is None else found.words / (found.words + HALF_OF_WORDS)
    yield config.weights["words"].whole + (1 - english) * (meaning + title), shared
    yield config.weights["skills"].whole, found.skills_cosine
