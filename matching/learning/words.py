"""What learned weights changed, in words that people can hold against the list."""

from __future__ import annotations

from matching.learning.choices import Weights, shipped_weights
from matching.learning.ordering import PLACES

NAMES = {"semantic": "meaning", "recency": "date of posting", "place": "distance"}
# Smaller differences of a share are not worth a word.
WORTH_SAYING, MOST = 0.01, 3


def order_in_words(rank: int, rank_by_score: int, weights: Weights) -> str:
    """Why a line stands where it does, for the recruiter."""
    where = (
        f"place {rank} here, {rank_by_score} by score alone" if rank != rank_by_score else f"place {rank} either way"
    )
    return (
        f"Re-ordered by what your team chose: {where}. The score is not changed and no line moves more than {PLACES} "
        f"places; {weights_in_words(weights)}."
    )


def weights_in_words(weights: Weights) -> str:
    """Which parts count more than as shipped, and which less."""
    changes = {name: weights[name] - shipped for name, shipped in shipped_weights().items()}
    more = sorted((name for name in changes if changes[name] >= WORTH_SAYING), key=lambda name: -changes[name])
    less = sorted((name for name in changes if changes[name] <= -WORTH_SAYING), key=lambda name: changes[name])
    said = [f"{_listed(names)} counted {how} for the order" for names, how in ((more, "more"), (less, "less")) if names]
    return ", ".join(said) or "all parts counted for the order as they do for the score"


def _listed(names: list[str]) -> str:
    return ", ".join(NAMES.get(name, name) for name in names[:MOST])
