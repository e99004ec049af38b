"""Puts the lines of a stored list into the order in which one person is shown them, and says which arm of an experiment did.

Only the order that somebody sees is touched, when they look: scores, reasons and what is stored are the same for everybody.
An order can be made of nothing but the parts of scores, as one that was learned (``matching.learning.ordering``), and no line
moves further than there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from django.db.models import QuerySet

from cvmatch.core.models import Purpose, User
from matching.experiments.assigning import CONTROL, TREATMENT, arm_of
from matching.experiments.drafting import team_draft
from matching.experiments.running import Trial, in_effect
from matching.learning.choices import Weights
from matching.learning.ordering import reordered
from matching.models import Match, Prediction
from matching.values import Part, parts_from_json


class Shown(Protocol):
    """A line of a list as it is shown."""

    @property
    def match(self) -> Match: ...

    def shown_by(self, variant: str) -> Self: ...


LineT = TypeVar("LineT", bound=Shown)


@dataclass(frozen=True, slots=True)
class Placed:
    """Which line of the stored list, from 0, comes next, and the arm that put it there; empty outside of an experiment."""

    line: int
    variant: str = ""


@dataclass(frozen=True)
class Ordering:
    """How one user is shown the lists of one side; ``stamp`` tells apart all that differ."""

    user_id: int
    stamp: str
    weights: Weights | None = None
    variant: str = ""
    draft: Trial | None = None

    def places(self, list_id: int, parts: Sequence[tuple[Part, ...]]) -> tuple[Placed, ...]:
        """The lines of the list, whose parts come in the stored order, in the order to show."""
        if self.draft is not None:
            orders = (_order(weights, parts) for weights in (self.draft.control, self.draft.treatment))
            seed = f"{self.draft.salt}:{self.user_id}:{list_id}"
            drafted = team_draft(*orders, seed=seed)
            return tuple(Placed(line, f"{self.draft.experiment}:{team}") for line, team in drafted)
        return tuple(Placed(line, self.variant) for line in _order(self.weights, parts))


def ordering_for(user: User, side: str) -> Ordering | None:
    """None where this user is shown lists as they are stored, and by no experiment; costs no statement.

    Who refuses statistics is in no experiment and is shown what is released.
    """
    now = in_effect(side)
    trial = now.trial
    arm = None
    if trial is not None and not user.refuses(Purpose.STATISTICS):
        arm = arm_of(user.pk, salt=trial.salt, share=trial.share, share_of_treatment=trial.share_of_treatment)
    if trial is None or arm is None:
        return Ordering(user.pk, f"{side}:{now.config}", now.released) if now.released is not None else None
    if trial.is_interleaved:
        return Ordering(user.pk, f"{trial.experiment}:{user.pk}", draft=trial)
    variant = f"{trial.experiment}:{arm}"
    return Ordering(user.pk, variant, getattr(trial, arm), variant)


def can_have_shown(user: User, side: str, variant: str) -> bool:
    """Whether this user can have been shown a line by this arm: nobody else's tag may count for an experiment."""
    ordering = ordering_for(user, side)
    if ordering is None or not variant:
        return False
    if ordering.draft is not None:
        return variant in {f"{ordering.draft.experiment}:{arm}" for arm in (CONTROL, TREATMENT)}
    return variant == ordering.variant


def stamp_of(user: User) -> tuple[str, ...]:
    """All that the order of lists depends on beside their rows, for this user; empty as long as nothing orders them."""
    orderings = (ordering_for(user, side) for side in Prediction.Side.values)
    return tuple(ordering.stamp for ordering in orderings if ordering is not None)


def places_for(user: User, side: str, matches: Sequence[Match]) -> tuple[Placed, ...] | None:
    """Where the lines of one stored list, all of them and in its order, are shown; None where nothing changes that."""
    ordering = ordering_for(user, side) if matches else None
    if ordering is None:
        return None
    return ordering.places(matches[0].prediction_id, [parts_from_json(match.parts_json) for match in matches])


def arrange(user: User, side: str, lines: Sequence[LineT]) -> tuple[LineT, ...]:
    """The lines of one stored list, all of them and in its order, as this user is shown them, each with its ``variant``."""
    places = places_for(user, side, [line.match for line in lines])
    if places is None:
        return tuple(lines)
    return tuple(lines[placed.line].shown_by(placed.variant) for placed in places)


def in_order(user: User, side: str, rows: QuerySet[Match]) -> list[tuple[Match, str]]:
    """The lines of one stored list as this user is shown them, each with its variant; of each line only what that takes.

    ``rows`` are all lines of the list. One statement.
    """
    parts = ("parts_json",) if ordering_for(user, side) else ()
    matches = list(rows.order_by("rank").only("prediction_id", *parts))
    places = places_for(user, side, matches)
    if places is None:
        return [(match, "") for match in matches]
    return [(matches[placed.line], placed.variant) for placed in places]


def _order(weights: Weights | None, parts: Sequence[tuple[Part, ...]]) -> Sequence[int]:
    return range(len(parts)) if weights is None else reordered(parts, weights)
