"""What a ranking configuration may be: a share of the whole for each part of the score, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping

from cvmatch.core.errors import InvalidInput
from matching.learning.choices import shipped_weights

# Shares are typed in by people: 0.333 three times is meant to be a whole.
NEAR_ONE = 0.001


def checked_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """By each part of the score, 0 where none is given, summing to 1.

    Nothing of a person can be weighed besides, since lines are compared by the parts of their scores alone. Raises
    InvalidInput, with the part or the sum that is wrong.
    """
    parts = list(shipped_weights())
    if unknown := sorted(set(weights) - set(parts)):
        raise _wrong(f"“{unknown[0]}” is no part of the score. The parts are {', '.join(parts)}.", unknown[0])
    for name, weight in weights.items():
        if not (math.isfinite(weight) and 0 <= weight <= 1):
            raise _wrong(f"The weight of {name} is {weight:g}. It must lie between 0 and 1.", name)
    whole = math.fsum(weights.values())
    if abs(whole - 1) > NEAR_ONE:
        change = f"{'Take away' if whole > 1 else 'Add'} {abs(whole - 1):.3f} in all"
        raise _wrong(f"The weights sum to {whole:.3f}. {change}, so that they sum to 1.", "weights")
    return {name: round(weights.get(name, 0.0) / whole, 6) for name in parts}


def is_shipped(weights: Mapping[str, float]) -> bool:
    """Whether they are those of the score itself, by which lists are stored."""
    return all(math.isclose(weights.get(name, 0.0), weight, abs_tol=1e-5) for name, weight in shipped_weights().items())


def _wrong(message: str, field: str) -> InvalidInput:
    return InvalidInput(message, details={"field": field})
