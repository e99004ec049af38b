"""What can be said of an experiment by now, from what users did with the lines of each arm: plain values in, one value out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

import numpy as np

from matching.experiments.assigning import CONTROL, TREATMENT
from matching.experiments.statistics import (
    Arm,
    Contrast,
    Estimate,
    Numbers,
    contrast,
    credit,
    interval,
    p_value,
    sample_ratio_p,
)

# The chance at most that of two equal arms one is ever said to be better, that a guard rail ever stops a variant that is within
# its limit (for both of them together), and that users who were drawn rightly are ever said not to be.
ALPHA, GUARD_ALPHA, RATIO_ALPHA = 0.05, 0.025, 0.001
# With fewer in an arm a variance is a guess.
LEAST_USERS = 20
# Differences that are likely: a fifth of a rate; a tenth of the credit of interleaving. Harm that matters is larger.
LIKELY_RISE, LIKELY_CREDIT, LIKELY_HARM = 0.2, 0.1, 0.5
# The first places of each band of places; 0 is for lines whose place is not known.
BANDS = (0, 1, 2, 3, 4, 6, 11, 21)
_ARMS, _DONE = (CONTROL, TREATMENT), ("shown", "chosen", "opened", "refused")


class Verdict(StrEnum):
    RUNNING = "running"
    TREATMENT_WINS = "treatment_wins"
    CONTROL_WINS = "control_wins"
    SAMPLE_RATIO = "sample_ratio"
    GUARD_RAIL = "guard_rail"

    @property
    def stops(self) -> bool:
        """Whether the experiment must not go on: it cannot be believed, or it does harm."""
        return self in (Verdict.SAMPLE_RATIO, Verdict.GUARD_RAIL)


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines that one user was shown by one arm in one band of places, and on how many of them they did something.

    ``chosen`` is opened, kept, shortlisted or gone to apply; ``refused`` is hidden or rejected.
    """

    user: int
    arm: str
    band: int
    shown: int
    chosen: int
    opened: int
    refused: int


@dataclass(frozen=True)
class Terms:
    """By which an experiment is judged."""

    interleaved: bool = False
    share_of_treatment: float = 0.5
    max_hide_rate_rise: float = 0.25
    max_open_rate_fall: float = 0.10


@dataclass(frozen=True)
class Guard:
    """One guard rail: rates of both arms per line shown, for the same places, and how sure it is that the limit is passed.

    ``limit`` is a share of the control's rate: 0.25 is a quarter more, −0.1 a tenth less.
    """

    name: str
    control: float
    treatment: float
    limit: float
    p_value: float

    @property
    def is_broken(self) -> bool:
        return self.p_value <= GUARD_ALPHA


@dataclass(frozen=True)
class Judgement:
    """``users`` by arm that were shown something; ``rates`` by arm, lines chosen of lines shown, for the same places.

    ``effect`` is what treatment has more: of the rate in an A/B experiment, of the credit (−1 to 1) in an interleaved one. It
    lies between ``low`` and ``high`` with a probability of 95 % over all days together, and ``p_value`` is valid on each of
    them. All of these are None while there is nothing to tell them by. ``reason`` is a sentence for people.
    """

    verdict: Verdict
    reason: str
    users: Mapping[str, int]
    rates: Mapping[str, float | None]
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float = 1.0
    sample_ratio_p: float = 1.0
    guards: tuple[Guard, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"verdict": self.verdict.value, "guards": [asdict(guard) for guard in self.guards]}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """The inverse of ``to_json``."""
        told = {"verdict": Verdict(body["verdict"]), "guards": tuple(Guard(**guard) for guard in body["guards"])}
        return cls(**{**body, **told})


def judged(tallies: Sequence[Tally], terms: Terms) -> Judgement:
    """What was counted, weighed: first whether it can be believed, then whether it does harm, then which arm is better."""
    figures = _Figures.of(tallies)
    users, shown = figures.users, figures.contrast("chosen")
    rates = {CONTROL: shown.control if shown else None, TREATMENT: shown.treatment if shown else None}
    ratio = figures.ratio_p(terms)
    if ratio <= RATIO_ALPHA:
        reason = _unequal(users, terms)
        return Judgement(Verdict.SAMPLE_RATIO, reason, users, rates, sample_ratio_p=ratio)
    if shown is None or min(users.values()) < LEAST_USERS:
        return Judgement(Verdict.RUNNING, _too_few(users), users, rates, sample_ratio_p=ratio)
    effect, spread = figures.effect(shown, terms)
    bounds = interval(effect, spread, ALPHA) if effect else None
    p = p_value(effect, spread) if effect else 1.0
    guards = tuple(figures.guards(terms))
    verdict = _verdict(effect, p, guards)
    return Judgement(
        verdict=verdict,
        reason=_reason(verdict, shown, p, guards),
        users=users,
        rates=rates,
        effect=effect.value if effect else None,
        low=bounds[0] if bounds else None,
        high=bounds[1] if bounds else None,
        p_value=p,
        sample_ratio_p=ratio,
        guards=guards,
    )


@dataclass(frozen=True)
class _Figures:
    """All tallies as one array: what was done × arm × users × bands."""

    counts: Numbers

    @classmethod
    def of(cls, tallies: Sequence[Tally]) -> Self:
        users = {user: row for row, user in enumerate(dict.fromkeys(tally.user for tally in tallies))}
        counts = np.zeros((len(_DONE), len(_ARMS), len(users), len(BANDS)))
        places = [(_ARMS.index(tally.arm), users[tally.user], tally.band) for tally in tallies]
        told = [(tally.shown, tally.chosen, tally.opened, tally.refused) for tally in tallies]
        for table, figures in zip(counts, zip(*told, strict=True), strict=False):
            np.add.at(table, tuple(zip(*places, strict=True)), figures)
        return cls(counts)

    @property
    def users(self) -> dict[str, int]:
        return dict(zip(_ARMS, np.count_nonzero(self.counts[0].sum(axis=2), axis=1).tolist(), strict=True))

    def contrast(self, done: str, *, factor: float = 1.0) -> Contrast | None:
        control, treatment = (Arm(*pair) for pair in zip(self.counts[0], self._of(done), strict=True))
        return contrast(control, treatment, factor=factor)

    def ratio_p(self, terms: Terms) -> float:
        """Of users in an A/B experiment; of lines by user where each user is shown both arms, which draft in turn."""
        if not terms.interleaved:
            return sample_ratio_p(self.users[CONTROL], self.users[TREATMENT], terms.share_of_treatment)
        lines = credit(*self._by_user("shown"))
        return p_value(lines, LIKELY_CREDIT) if lines and min(self.users.values()) >= LEAST_USERS else 1.0

    def effect(self, shown: Contrast, terms: Terms) -> tuple[Estimate | None, float]:
        """What treatment has more, and the size of differences that are likely."""
        if terms.interleaved:
            return credit(*self._by_user("chosen")), LIKELY_CREDIT
        return shown.estimate, LIKELY_RISE * self._rate("chosen")

    def guards(self, terms: Terms) -> list[Guard]:
        rails = (("refused", terms.max_hide_rate_rise, 1), ("opened", -terms.max_open_rate_fall, -1))
        return [guard for done, limit, harm in rails if (guard := self._guard(done, limit, harm)) is not None]

    def _guard(self, done: str, limit: float, harm: int) -> Guard | None:
        """``harm`` is 1 where more is worse, −1 where less is."""
        found = self.contrast(done, factor=1 + limit)
        if found is None:
            return None
        worse = Estimate(harm * found.estimate.value, found.estimate.variance)
        p = p_value(worse, LIKELY_HARM * self._rate(done), upwards=True)
        return Guard(done, found.control, found.treatment, limit, p)

    def _of(self, done: str) -> Numbers:
        table: Numbers = self.counts[_DONE.index(done)]
        return table

    def _by_user(self, done: str) -> tuple[Numbers, Numbers]:
        control, treatment = self._of(done).sum(axis=2)
        return control, treatment

    def _rate(self, done: str) -> float:
        """Of both arms together, which says nothing of their difference."""
        return float(self._of(done).sum() / self.counts[0].sum())


def _verdict(effect: Estimate | None, p: float, guards: Sequence[Guard]) -> Verdict:
    if any(guard.is_broken for guard in guards):
        return Verdict.GUARD_RAIL
    if effect is None or p > ALPHA:
        return Verdict.RUNNING
    return Verdict.TREATMENT_WINS if effect.value > 0 else Verdict.CONTROL_WINS


def _reason(verdict: Verdict, shown: Contrast, p: float, guards: Sequence[Guard]) -> str:
    if verdict is Verdict.GUARD_RAIL:
        return _broken(next(guard for guard in guards if guard.is_broken))
    rates = f"{shown.treatment:.1%} of the treatment's lines were chosen and {shown.control:.1%} of the control's"
    sure = f"p {p:.3f}, valid however often it is looked at" if p >= 0.001 else "p below 0.001"
    if verdict is Verdict.RUNNING:
        return f"No arm is surely better yet: {rates} ({sure})."
    return f"{'Treatment' if verdict is Verdict.TREATMENT_WINS else 'Control'} is better: {rates} ({sure})."


def _broken(guard: Guard) -> str:
    rates = f"{guard.treatment:.1%} of the treatment's lines were {{}}, of the control's {guard.control:.1%}"
    if guard.name == "refused":
        return (
            f"{rates.format('hidden or rejected')}; at most {guard.limit:.0%} more are allowed, and it is surely more."
        )
    return f"{rates.format('opened')}; at most {-guard.limit:.0%} fewer are allowed, and it is surely fewer."


def _too_few(users: Mapping[str, int]) -> str:
    return (
        f"Too few users yet: {users[CONTROL]} in control and {users[TREATMENT]} in treatment; "
        f"nothing is said below {LEAST_USERS} in each."
    )


def _unequal(users: Mapping[str, int], terms: Terms) -> str:
    if terms.interleaved:
        return (
            "The two orders were not given equally many lines, which drafting in turn makes sure of. Something shows or "
            "counts them wrongly: no figure of this experiment can be believed."
        )
    return (
        f"{users[CONTROL]} users in control and {users[TREATMENT]} in treatment do not fit "
        f"{terms.share_of_treatment:.0%} in treatment. Something assigns, shows or counts wrongly: no figure of this "
        "experiment can be believed."
    )
