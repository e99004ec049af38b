"""Mixes two orders of one list so that each line says which of them it is to the credit of: team-draft interleaving."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from matching.experiments.assigning import CONTROL, TREATMENT


def team_draft(control: Sequence[int], treatment: Sequence[int], *, seed: str) -> tuple[tuple[int, str], ...]:
    """Each line once, with the team that drafted it; both orders are of the same lines.

    In each round a coin says which team begins, and each drafts the first line of its order that is still to be had
    (Radlinski, Kurup and Joachims, How does clickthrough data reflect retrieval quality?, CIKM 2008). A line that both orders
    have at the same place belongs to the team that drafted it too: else the teams were not equally many at each place. Coins
    are thrown by the seed, so that a page that is loaded again is the same.
    """
    coins = random.Random(seed)  # noqa: S311 - nothing to guess, and it must come out the same each time
    waiting = {CONTROL: iter(control), TREATMENT: iter(treatment)}
    drafted: dict[int, str] = {}
    while len(drafted) < len(control):
        for team in (CONTROL, TREATMENT) if coins.random() < 0.5 else (TREATMENT, CONTROL):
            line = _first_left(waiting[team], drafted)
            if line is not None:
                drafted[line] = team
    return tuple(drafted.items())


def _first_left(order: Iterator[int], drafted: dict[int, str]) -> int | None:
    return next((line for line in order if line not in drafted), None)
