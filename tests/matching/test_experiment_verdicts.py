"""What an experiment is said to have shown: not too soon, harm before merit, and nothing at all where it cannot be believed."""

from __future__ import annotations

import json
import random
from functools import cache

import pytest

from benchmarks.readers import World
from benchmarks.taste import taste
from benchmarks.traffic import BESIDE_THE_POINT, is_false, tried
from matching.experiments.assigning import CONTROL, TREATMENT
from matching.experiments.verdicts import Judgement, Tally, Terms, Verdict, judged


def tallies(
    users: int,
    *,
    opened: tuple[float, float] = (0.2, 0.2),
    refused: tuple[float, float] = (0.02, 0.02),
    share: float = 0.5,
    both: bool = False,
) -> list[Tally]:
    """A month of users with lines at three places; rates are of control and treatment."""
    coins = random.Random(9)
    made = []
    for user in range(users):
        mine = (0, 1) if both else (int(user < users * share),)
        for arm in mine:
            for band in (1, 2, 3):
                opens, refuses = (
                    sum(coins.random() < rate[arm] / band for _ in range(60)) for rate in (opened, refused)
                )
                made.append(Tally(user, (CONTROL, TREATMENT)[arm], band, 60, opens, opens, refuses))
    return made


def test_equal_arms_go_on() -> None:
    found = judged(tallies(200), Terms())
    assert found.verdict is Verdict.RUNNING
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    assert found.users == {CONTROL: 100, TREATMENT: 100}
    assert "No arm is surely better yet" in found.reason


@pytest.mark.parametrize("nobody", [[], tallies(1)])
def test_nothing_is_said_of_nobody(nobody: list[Tally]) -> None:
    found = judged(nobody, Terms())
    assert found.verdict is Verdict.RUNNING
    assert found.effect is None


def test_nothing_is_said_of_few_users_however_much_they_differ() -> None:
    few = judged(tallies(30, opened=(0.1, 0.9)), Terms())
    assert (few.verdict, few.p_value) == (Verdict.RUNNING, 1.0)
    assert "15 in control and 15 in treatment" in few.reason
    assert judged(tallies(60, opened=(0.1, 0.9)), Terms()).verdict is Verdict.TREATMENT_WINS


def test_the_better_arm_wins_whichever_it_is() -> None:
    better = judged(tallies(200, opened=(0.2, 0.3)), Terms())
    assert better.verdict is Verdict.TREATMENT_WINS
    assert better.effect is not None
    assert better.low is not None
    assert better.effect > better.low > 0
    worse = judged(tallies(200, opened=(0.3, 0.2)), Terms(max_open_rate_fall=0.5))
    assert worse.verdict is Verdict.CONTROL_WINS
    assert "Control is better" in worse.reason


def test_a_rise_of_what_is_hidden_stops_it_though_more_is_opened() -> None:
    found = judged(tallies(200, opened=(0.2, 0.3), refused=(0.02, 0.06)), Terms())
    assert found.verdict is Verdict.GUARD_RAIL
    assert "hidden or rejected" in found.reason
    assert "25%" in found.reason


def test_a_fall_of_what_is_opened_stops_it() -> None:
    found = judged(tallies(200, opened=(0.3, 0.2)), Terms())
    assert found.verdict is Verdict.GUARD_RAIL
    assert "10% fewer" in found.reason


def test_harm_within_the_limit_stops_nothing() -> None:
    found = judged(tallies(200, refused=(0.05, 0.055)), Terms())
    assert found.verdict is Verdict.RUNNING
    assert [guard.is_broken for guard in found.guards] == [False, False]


def test_numbers_of_users_that_cannot_be_come_before_all_else() -> None:
    found = judged(tallies(800, opened=(0.2, 0.3), refused=(0.02, 0.09), share=0.6), Terms())
    assert found.verdict is Verdict.SAMPLE_RATIO
    assert "320 users in control and 480 in treatment" in found.reason
    assert found.effect is None
    assert judged(tallies(800, share=0.6), Terms(share_of_treatment=0.6)).verdict is Verdict.RUNNING


def test_orders_that_draft_in_turn_are_compared_within_each_user() -> None:
    terms = Terms(interleaved=True)
    assert judged(tallies(40, opened=(0.2, 0.3), both=True), terms).verdict is Verdict.TREATMENT_WINS
    assert judged(tallies(40, both=True), terms).verdict is Verdict.RUNNING
    missing = [tally for tally in tallies(100, both=True) if tally.arm == CONTROL or tally.user % 3]
    assert judged(missing, terms).verdict is Verdict.SAMPLE_RATIO


@pytest.mark.parametrize("refused", [(0.02, 0.02), (0.02, 0.09)])
def test_a_judgement_is_the_same_after_it_was_stored(refused: tuple[float, float]) -> None:
    found = judged(tallies(200, refused=refused), Terms())
    assert Judgement.from_json(json.loads(json.dumps(found.to_json()))) == found


# Of simulated readers


@cache
def readers(people: int, days: int, seed: int = 1) -> World:
    return World(people, days, taste("experience first"), seed)


def test_readers_get_the_order_to_their_taste() -> None:
    world = readers(60, 10)
    assert tried(world, BESIDE_THE_POINT, world.taste, interleaved=True).verdict is Verdict.TREATMENT_WINS


def test_an_order_beside_the_point_is_stopped() -> None:
    world = readers(60, 10)
    assert tried(world, world.taste, BESIDE_THE_POINT, interleaved=True).verdict is Verdict.GUARD_RAIL


@pytest.mark.parametrize("interleaved", [False, True])
def test_the_same_order_twice_gets_no_verdict(interleaved: bool) -> None:
    assert [seed for seed in range(2) if is_false(40, 5, seed, interleaved)] == []


def test_what_is_simulated_comes_out_the_same_again() -> None:
    again = World(40, 5, taste("experience first"))
    assert tried(again, None, None) == tried(readers(40, 5), None, None)
