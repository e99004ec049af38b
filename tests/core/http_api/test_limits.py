"""A sliding window in two counts: what is left, and when the next call is let in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvmatch.core.errors import InvalidInput
from cvmatch.core.http_api.limits import DEFAULTS, Limit, Usage, limits_of

LIMIT = Limit("default", 100, 60)


def fits(usage: Usage, at_s: float) -> bool:
    """Whether one more is let in ``at_s`` after the window began: the rule that the counters apply, said once more."""
    limit = usage.limit
    passed = int(at_s // limit.seconds)
    before, hits = {0: (usage.hits_before, usage.hits), 1: (usage.hits, 0)}.get(passed, (0, 0))
    return before * (1 - (at_s / limit.seconds - passed)) + hits + 1 <= limit.amount + 1e-6


@pytest.mark.parametrize(
    ("hits", "before", "elapsed_s", "left", "wait_s"),
    [
        (0, 0, 0.0, 100, 1),
        (40, 0, 10.0, 60, 1),
        (100, 0, 10.0, 0, 51),  # the window ends after 50 s, and one of the hundred is forgotten 0.6 s later
        (0, 100, 0.0, 0, 1),
        (0, 100, 30.0, 50, 1),
        (40, 100, 30.0, 10, 1),
        (50, 100, 30.0, 0, 1),  # room for the next one comes after 0.6 s
        (60, 100, 30.0, 0, 7),
    ],
)
def test_the_window_before_counts_as_far_as_it_reaches_into_the_last_minute(
    hits: int, before: int, elapsed_s: float, left: int, wait_s: int
) -> None:
    usage = Usage(LIMIT, hits, before, elapsed_s, is_let_in=True)
    assert (usage.left, usage.wait_s) == (left, wait_s)


@given(data=st.data(), amount=st.integers(1, 1000), seconds=st.sampled_from([1, 60, 3600, 86_400]))
def test_who_waits_as_long_as_told_is_let_in_and_not_much_earlier(
    data: st.DataObject, amount: int, seconds: int
) -> None:
    hits, before = data.draw(st.integers(0, amount)), data.draw(st.integers(0, amount))
    elapsed_s = data.draw(st.floats(0, seconds, exclude_max=True))
    usage = Usage(Limit("x", amount, seconds), hits, before, elapsed_s, is_let_in=False)
    assert fits(usage, elapsed_s + usage.wait_s)
    if usage.wait_s > 2:
        assert not fits(usage, elapsed_s + usage.wait_s - 2)
    assert 0 <= usage.left <= amount
    assert 1 <= usage.reset_s <= seconds


def test_single_limits_are_changed_and_switched_off() -> None:
    limits = limits_of({"bulk": "5/s", "address": "off"})
    assert limits["bulk"] == Limit("bulk", 5, 1)
    assert limits["address"] is None
    assert limits["default"] == Limit("default", 100, 60)
    assert set(limits) == set(DEFAULTS)


@pytest.mark.parametrize("given_", [{"defualt": "1/s"}, {"default": "1"}, {"default": "0/min"}, {"default": "5/week"}])
def test_what_is_no_limit_is_said(given_: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        limits_of(given_)
