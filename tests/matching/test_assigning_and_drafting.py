"""Who is in which arm, and how two orders become one: pure functions with the properties that comparing them rests on."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvmatch.core.errors import InvalidInput
from matching.experiments.assigning import CONTROL, TREATMENT, arm_of
from matching.experiments.configuring import checked_weights, is_shipped
from matching.experiments.drafting import team_draft
from matching.experiments.statistics import sample_ratio_p
from matching.learning.choices import shipped_weights

USERS = range(1, 10_001)


def arms(salt: str = "salt", share: float = 1.0, of_treatment: float = 0.5) -> dict[int, str | None]:
    return {user: arm_of(user, salt=salt, share=share, share_of_treatment=of_treatment) for user in USERS}


@pytest.mark.parametrize("of_treatment", [0.5, 0.2])
def test_ten_thousand_users_are_split_as_they_are_to_be_and_always_alike(of_treatment: float) -> None:
    for salt in ("a", "b", "c"):
        found = list(arms(salt, of_treatment=of_treatment).values())
        assert sample_ratio_p(found.count(CONTROL), found.count(TREATMENT), of_treatment) > 0.01
        assert found == list(arms(salt, of_treatment=of_treatment).values())
    assert sample_ratio_p(5300, 4700, 0.5) < 0.001, "the test would see a split that is wrong"


def test_a_larger_share_lets_others_in_and_moves_nobody() -> None:
    few, more = arms(share=0.1), arms(share=0.4)
    inside = {user for user, arm in few.items() if arm}
    assert 900 < len(inside) < 1100
    assert {user: more[user] for user in inside} == {user: few[user] for user in inside}
    assert 3800 < sum(arm is not None for arm in more.values()) < 4200


def test_another_salt_draws_everybody_anew() -> None:
    one, other = arms("one"), arms("other")
    assert 0.47 < sum(one[user] == other[user] for user in USERS) / len(USERS) < 0.53


orders = st.integers(0, 40).flatmap(
    lambda size: st.tuples(st.permutations(range(size)), st.permutations(range(size)), st.text(max_size=8))
)


@given(orders)
@settings(max_examples=60, deadline=None)
def test_a_draft_has_each_line_once_and_the_teams_take_turns(drawn: tuple[list[int], list[int], str]) -> None:
    control, treatment, seed = drawn
    drafted = team_draft(control, treatment, seed=seed)
    assert drafted == team_draft(control, treatment, seed=seed)
    assert sorted(line for line, _ in drafted) == sorted(control)
    teams = [team for _, team in drafted]
    for first in range(0, len(teams) - 1, 2):
        assert {teams[first], teams[first + 1]} == {CONTROL, TREATMENT}
    taken: set[int] = set()
    for line, team in drafted:
        order = control if team == CONTROL else treatment
        assert line == next(each for each in order if each not in taken), (
            "each drafts the first that is still to be had"
        )
        taken.add(line)


def test_lines_at_the_same_place_in_both_orders_belong_to_whoever_drafted_them() -> None:
    same = list(range(20))
    drafted = team_draft(same, same, seed="x")
    assert [line for line, _ in drafted] == same
    assert [team for _, team in drafted].count(CONTROL) == 10


def test_the_coin_is_fair_and_thrown_anew_for_each_list() -> None:
    first = [team_draft([0, 1], [1, 0], seed=f"salt:7:{number}")[0][1] for number in range(2000)]
    assert 900 < first.count(CONTROL) < 1100


def test_weights_are_shares_of_parts_of_the_score_and_nothing_else() -> None:
    fine = checked_weights({"skills": 0.333, "title": 0.333, "words": 0.334})
    assert set(fine) == set(shipped_weights())
    assert sum(fine.values()) == pytest.approx(1, abs=1e-5)
    assert is_shipped(checked_weights(shipped_weights()))
    for wrong, said in (
        ({"gender": 1.0}, "“gender” is no part of the score"),
        ({"skills": 0.5, "title": 0.3}, "sum to 0.800. Add 0.200"),
        ({"skills": 0.9, "title": 0.3}, "sum to 1.200. Take away 0.200"),
        ({"skills": -0.5, "title": 1.5}, "The weight of skills is -0.5"),
        ({"skills": float("nan")}, "must lie between 0 and 1"),
        ({}, "sum to 0.000"),
    ):
        with pytest.raises(InvalidInput, match=said):
            checked_weights(wrong)


def test_weights_that_are_typed_in_any_order_are_the_same() -> None:
    names = list(shipped_weights())
    random.Random(3).shuffle(names)
    assert checked_weights({name: shipped_weights()[name] for name in names}) == checked_weights(shipped_weights())
