"""Simulated traffic: planted click rates, winners, harm and faults, and what feedback and experiments make of them.

    .venv/bin/python -m benchmarks.traffic [--users 200] [--days 30] [--seeds 20] [--json]

Readers look at the line at position k with probability k to the power of -0.7 and like best what their own weights of the
parts say, some of them daily and some hardly ever. They are shown stored lists in the order of their arm, what they do is
written through the functions that pages call, and each night the experiment is judged as the stage does: "rows" below. The
same without a database, over more seeds, is "values". Bars: the planted rate within 5 %, with position taken out within 10 %;
the planted winner, harm and fault found; of as many experiments as there are seeds in which both arms are the same at most a
tenth with a verdict.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.database import database, machine
from benchmarks.taste import taste

if TYPE_CHECKING:
    from benchmarks.readers import Ended, World
    from benchmarks.stored_readers import Site
    from matching.learning.choices import Weights

TASTE = "experience first"
# Weights of nothing that these readers care for.
BESIDE_THE_POINT = {"recency": 0.4, "pay": 0.3, "place": 0.2, "languages": 0.1}
# A fault in assignment needs more users than an effect: 60 of 100 in treatment are chance still, 480 of 800 are none.
FAULT_USERS, FAULT_DAYS = 4, 5
RATE_WITHIN, CORRECTED_WITHIN, FALSE_AT_MOST = 0.05, 0.1, 0.1


@dataclass(frozen=True)
class Rate:
    """A planted rate and what was made of what was counted, which should be off by a share of ``within`` at most."""

    name: str
    planted: float
    recovered: float
    within: float = 1.0

    @property
    def is_near(self) -> bool:
        return abs(self.recovered - self.planted) <= self.within * self.planted


@dataclass(frozen=True)
class Case:
    """One experiment: what should come of it, what did and on which day, and how long it took to simulate."""

    name: str
    way: str
    expected: str
    verdict: str
    day: int
    seconds: float
    reason: str

    @property
    def is_as_expected(self) -> bool:
        return self.verdict == self.expected


@dataclass
class Report:
    machine: str
    users: int
    days: int
    rates: list[Rate] = field(default_factory=list)
    positions: list[Rate] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    seeds: int = 0
    false_winners: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def bars(self) -> dict[str, bool]:
        return {
            "planted rates": all(rate.is_near for rate in self.rates),
            "verdicts": all(case.is_as_expected for case in self.cases),
            "false winners": all(found <= FALSE_AT_MOST * self.seeds for found in self.false_winners.values()),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seeds", type=int, default=20, help="experiments of the same order against itself")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    with database():
        report = measure(options.users, options.days, options.seeds)
    if options.json:
        print(json.dumps(asdict(report) | {"bars": report.bars}, indent=1))
    else:
        show(report)


def measure(users: int, days: int, seeds: int) -> Report:
    """All of it; Django must be set up, on a database of its own."""
    from benchmarks.readers import World

    began = time.perf_counter()
    report = Report(machine(), users, days, seeds=seeds)
    world = World(users, days, taste(TASTE))
    by_rows(world, report)
    by_values(world, report)
    for interleaved, name in ((False, "A/B"), (True, "interleaved")):
        report.false_winners[name] = sum(is_false(users, days, seed, interleaved) for seed in range(1, seeds + 1))
    report.seconds = round(time.perf_counter() - began, 1)
    return report


def by_rows(world: World, report: Report) -> None:
    """The whole way through the database.

    The rates are those of readers who choose by the score: where it says nothing of what people like, nothing can tell a
    habit of looking at the top from good lines standing there.
    """
    from benchmarks.readers import World, outcome
    from benchmarks.stored_readers import config, run, store
    from matching.experiments.keeping import Plan
    from matching.learning.choices import shipped_weights

    usual = World(world.people, world.days, shipped_weights())
    theirs, beside, shipped = (
        config(name, weights).pk
        for name, weights in (("theirs", world.taste), ("beside", BESIDE_THE_POINT), ("shipped", shipped_weights()))
    )
    cases = (
        ("the same order twice", usual, None, shipped, "running"),
        ("to their taste", world, beside, theirs, "treatment_wins"),
        ("beside the point", world, theirs, beside, "guard_rail"),
    )
    for number, (name, readers, control, treatment, expected) in enumerate(cases):
        began = time.perf_counter()
        site = store(readers, f"reader-{number}")
        found = outcome(run(site, Plan(name=name, side="jobs", control=control, treatment=treatment)))
        report.cases.append(_case(name, "rows", expected, found, began))
        if not number:
            report.rates, report.positions = rates(site)


def rates(site: Site) -> tuple[list[Rate], list[Rate]]:
    """Lines opened of lines shown, as the page and the API tell it: over all, with position taken out, and by position."""
    from benchmarks.stored_readers import START
    from matching.engagement import engagement_of
    from matching.selectors.engagement import Side, count_impressions

    cells = [cell for cell in count_impressions(since=START) if cell.side == Side.CANDIDATE]
    found = engagement_of(Side.CANDIDATE, cells, ())
    planted = site.planted
    shown, opened, deserved = (
        sum(getattr(each, name) for each in planted.values()) for name in ("shown", "opened", "deserved")
    )
    by_position = [
        Rate(f"at position {each.of}", planted[each.of].opened / planted[each.of].shown, each.ctr.value or 0.0)
        for each in found.by_position
        if isinstance(each.of, int)
    ]
    whole = Rate("of all lines shown", opened / shown, found.total.ctr.value or 0.0, RATE_WITHIN)
    corrected = Rate("had all been looked at", deserved / shown, found.total.ctr_corrected or 0.0, CORRECTED_WITHIN)
    return [whole, corrected], by_position


def by_values(world: World, report: Report) -> None:
    from benchmarks.readers import World

    many = World(world.people * FAULT_USERS, FAULT_DAYS, world.taste)
    drafted = partial(tried, world, interleaved=True)
    cases: Sequence[tuple[str, str, Callable[[], Ended]]] = (
        ("to their taste, interleaved", "treatment_wins", lambda: drafted(None, world.taste)),
        ("beside the point, interleaved", "guard_rail", lambda: drafted(world.taste, BESIDE_THE_POINT)),
        (f"60 % of {many.people} assigned for 50 %", "sample_ratio", lambda: tried(many, None, None, assigned=0.6)),
    )
    for name, expected, run in cases:
        began = time.perf_counter()
        report.cases.append(_case(name, "values", expected, run(), began))


def tried(
    world: World,
    control: Weights | None,
    treatment: Weights | None,
    *,
    interleaved: bool = False,
    assigned: float = 0.5,
) -> Ended:
    """One experiment without a database; None is the order as stored."""
    from benchmarks.readers import outcome, simulate
    from matching.experiments.running import Trial
    from matching.experiments.verdicts import Terms

    arms = (_whole(weights) if weights is not None else None for weights in (control, treatment))
    trial = Trial(1, interleaved, *arms, 1.0, assigned, f"salt {world.seed}")
    return outcome(simulate(world, trial, Terms(interleaved=interleaved)))


def _whole(weights: Weights) -> dict[str, float]:
    """By each part of the score."""
    from matching.learning.choices import shipped_weights

    return {name: weights.get(name, 0.0) for name in shipped_weights()}


def is_false(users: int, days: int, seed: int, interleaved: bool) -> bool:
    """Whether the same order against itself is ever said to differ, in whatever way."""
    from benchmarks.readers import World

    return tried(World(users, days, taste(TASTE), seed), None, None, interleaved=interleaved).verdict != "running"


def _case(name: str, way: str, expected: str, found: Ended, began: float) -> Case:
    seconds = round(time.perf_counter() - began, 1)
    reason = found.judgements[found.day - 1].reason
    return Case(name, way, expected, str(found.verdict), found.day, seconds, reason)


def show(report: Report) -> None:
    print(f"{report.machine}\n{report.users} users, {report.days} days\n")
    print(f"{'opened':<34}{'planted':>9}{'found':>9}{'off by':>9}")
    for rate in (*report.rates, *report.positions):
        off = rate.recovered / rate.planted - 1
        print(f"{rate.name:<34}{rate.planted:>9.4f}{rate.recovered:>9.4f}{off:>+9.1%}")
    print(f"\n{'experiment':<34}{'way':<8}{'verdict':<16}{'day':>4}{'s':>7}")
    for case in report.cases:
        day = "–" if case.verdict == "running" else str(case.day)
        print(f"{case.name:<34}{case.way:<8}{case.verdict:<16}{day:>4}{case.seconds:>7.1f}  {case.reason}")
    for name, found in report.false_winners.items():
        print(f"\nthe same order twice, {name}: {found} of {report.seeds} seeds with a verdict", end="")
    print(
        f"\n\n{report.seconds:.0f} s; "
        + ", ".join(f"{name} {'met' if met else 'MISSED'}" for name, met in report.bars.items())
    )


if __name__ == "__main__":
    main()
