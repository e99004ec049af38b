"""From choices to weights that may serve: learned on what was shown first, judged on what was shown after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matching.learning.choices import Choice, Weights, lists_of, shipped_weights
from matching.learning.examining import Examination, examination_of
from matching.learning.fitting import fit
from matching.learning.judging import Judgement, judge
from matching.learning.ordering import bounded

# Fewer decisions than this teach nothing; of lists with a choice so many have to be left to judge by.
DECISIONS_LEAST, HELD_OUT_LEAST = 100, 20
# The last part of the lists, in time, is kept for judging.
HELD_OUT_SHARE = 0.3


@dataclass(frozen=True)
class Trained:
    """``wanted`` are the weights people seem to go by, ``weights`` as much of the way there as one training may go.

    ``obstacle`` says in words why they may not serve; empty where they may.
    """

    weights: Mapping[str, float]
    wanted: Mapping[str, float]
    examination: Examination
    decisions: int
    lists: int
    people: int
    judgement: Judgement
    obstacle: str


def decisions_in(choices: Iterable[Choice]) -> int:
    return sum(choice.kind.decides for choice in choices)


def train(choices: Iterable[Choice], *, serving: Weights | None = None) -> Trained:
    """What the choices of one organisation teach, from the weights that ``serving`` are now (None: the shipped ones)."""
    shipped = shipped_weights()
    lists = lists_of(choices)
    first_held = len(lists) - round(HELD_OUT_SHARE * len(lists))
    learned_from, held_out = lists[:first_held], lists[first_held:]
    examination = examination_of(learned_from, shipped)
    wanted = fit(learned_from, examination, shipped)
    weights = bounded(wanted, serving=serving or shipped, shipped=shipped)
    judgement = judge(held_out, weights, examination, shipped)
    decisions = sum(decisions_in(shown) for shown in lists)
    return Trained(
        weights=weights,
        wanted={name: round(weight, 6) for name, weight in wanted.items()},
        examination=examination,
        decisions=decisions,
        lists=len(lists),
        people=len({shown[0].person for shown in lists}),
        judgement=judgement,
        obstacle=_obstacle(decisions, judgement),
    )


def _obstacle(decisions: int, judgement: Judgement) -> str:
    if decisions < DECISIONS_LEAST:
        return f"Learned from {decisions} decisions; {DECISIONS_LEAST} are needed."
    if judgement.lists < HELD_OUT_LEAST:
        return f"Judged on {judgement.lists} later lists with a choice; {HELD_OUT_LEAST} are needed."
    if judgement.low <= 0:
        return (
            f"On {judgement.lists} later lists it is not surely better than what was shown: nDCG "
            f"{judgement.gain:+.3f}, between {judgement.low:+.3f} and {judgement.high:+.3f}."
        )
    return ""
