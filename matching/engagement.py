"""How often lists lead to something: CTR and conversion by day, position, variant and source, with what position alone does
taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
from django.utils import timezone

from jobs.insights.intervals import share_between
from matching.learning.examining import STEEPEST, Examination
from matching.selectors.engagement import SCORE_STEP, By, Cell, Side, count_impressions

DIGITS = 4
# From fewer impressions that led to something no steepness is told: it would be noise, and the figures stay as counted.
LEAST_OPENED = 50
# Holds what the score does near nothing as long as there is little to tell it by.
RIDGE, TINY = 1.0, 1e-9
ROUNDS = 30


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of the impressions with its Wilson interval (95 %); all None where nothing was shown."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of the impressions of one day, position, variant or source (``of``; None for all of them).

    ``ctr`` is the share that was opened; ``conversion`` the share that was applied to, by candidates, or shortlisted, by
    recruiters. ``ctr_corrected`` is the CTR that these lines would have if each were looked at like the first of a list.
    """

    of: date | str | int | None
    impressions: int
    opens: int
    conversions: int
    ctr: Rate
    conversion: Rate
    ctr_corrected: float | None


@dataclass(frozen=True)
class Engagement:
    """The figures of one side: by day and position in their order, by variant and source those with most impressions first."""

    side: Side
    steepness: float
    total: Figures
    by_day: tuple[Figures, ...]
    by_position: tuple[Figures, ...]
    by_variant: tuple[Figures, ...]
    by_source: tuple[Figures, ...]


def engagement(days: int) -> tuple[Engagement, ...]:
    """Of each side, over the last so many days (UTC), of which today is the last; one statement."""
    today = timezone.now().astimezone(UTC).date()
    past = [today - timedelta(days=back) for back in reversed(range(days))]
    cells = count_impressions(since=datetime.combine(past[0], time.min, UTC))
    return tuple(engagement_of(side, [cell for cell in cells if cell.side == side], past) for side in Side)


def engagement_of(side: Side, cells: Sequence[Cell], days: Iterable[date]) -> Engagement:
    """The figures of one side from its counts; a day without impressions is there too."""
    scored = [cell for cell in cells if cell.by == By.SCORE]
    examination = examination_from(scored)

    def told(groups: Mapping[Any, Sequence[Cell]]) -> tuple[Figures, ...]:
        return tuple(_figures(of, group, examination) for of, group in groups.items())

    positions = _grouped((cell.position, cell) for cell in scored if cell.position)
    by = {one: _grouped((cell.value, cell) for cell in cells if cell.by == one) for one in By}
    return Engagement(
        side=side,
        steepness=examination.steepness,
        total=_figures(None, scored, examination),
        by_day=told({day: by[By.DAY].get(day, []) for day in days}),
        by_position=told(dict(sorted(positions.items()))),
        by_variant=told(_largest_first(by[By.VARIANT])),
        by_source=told(_largest_first(by[By.SOURCE])),
    )


def examination_from(cells: Iterable[Cell]) -> Examination:
    """How steeply lines are looked at less further down, of lines of the same score.

    Opens are fitted as a Poisson count of the rate exp(level + slope · score + bend · score²) · position^-steepness, by
    Newton's method. The score is in it because good lines stand at the top: without it they would pass for a habit of looking
    there; bent, because of the best hardly more are opened than of the good, which a straight line would put down to position.
    """
    known = [cell for cell in cells if cell.position]
    if sum(cell.opened for cell in known) < LEAST_OPENED or len({cell.position for cell in known}) < 2:
        return Examination()
    shown, opened = (np.array([getattr(cell, name) for cell in known], float) for name in ("shown", "opened"))
    score = np.array([cell.value if isinstance(cell.value, int) else np.nan for cell in known], float) * SCORE_STEP / 10
    mean = np.nanmean(score) if not np.isnan(score).all() else 0.0
    better = np.nan_to_num(score - mean)
    lines = np.column_stack([np.ones(len(known)), -np.log([cell.position for cell in known]), better, better**2])
    ridge = np.diag([0.0, 0.0, RIDGE, RIDGE])
    found = np.array([np.log(opened.sum() / shown.sum()), 0.0, 0.0, 0.0])
    for _ in range(ROUNDS):
        expected = shown * np.exp(np.clip(lines @ found, -30, 3))
        slope = lines.T @ (opened - expected) - ridge @ found
        found = found + np.linalg.solve((lines.T * expected) @ lines + ridge + TINY * np.eye(4), slope)
    return Examination(round(float(np.clip(found[1], 0, STEEPEST)), 3))


def _figures(of: date | str | int | None, cells: Sequence[Cell], examination: Examination) -> Figures:
    shown, opened, converted = (sum(getattr(cell, name) for cell in cells) for name in ("shown", "opened", "converted"))
    if not shown:
        return Figures(of, 0, 0, 0, Rate(), Rate(), None)
    worth = sum(cell.opened / examination.propensity(cell.position or 1) for cell in cells)
    corrected = round(min(worth / shown, 1.0), DIGITS)
    return Figures(of, shown, opened, converted, _rate(opened, shown), _rate(converted, shown), corrected)


def _rate(part: int, whole: int) -> Rate:
    found = share_between(part, whole)
    return Rate(*(round(bound, DIGITS) for bound in (found.value, found.low or 0.0, found.high or 0.0)))


def _grouped(pairs: Iterable[tuple[Any, Cell]]) -> dict[Any, list[Cell]]:
    groups: dict[Any, list[Cell]] = defaultdict(list)
    for value, cell in pairs:
        groups[value].append(cell)
    return groups


def _largest_first(groups: Mapping[Any, Sequence[Cell]]) -> dict[Any, Sequence[Cell]]:
    return dict(sorted(groups.items(), key=lambda group: (-sum(cell.shown for cell in group[1]), str(group[0]))))
