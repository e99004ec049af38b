"""Measures of ranked lists against figures worked out by hand, and chance against what must come out of it."""

from __future__ import annotations

import pytest

from matching.measuring import by_query, chance, means, read_labels

LABELS = {"a": {"x": 1, "y": 1}, "b": {"z": 1}}


def test_measures_are_those_worked_out_by_hand() -> None:
    measured = by_query(LABELS, {"a": ["x", "n", "y"], "b": ["n", "z"]})
    assert measured["AP"] == {"a": pytest.approx((1 + 2 / 3) / 2, abs=1e-5), "b": 0.5}
    assert measured["RR"] == {"a": 1.0, "b": 0.5}
    assert measured["P@10"] == {"a": 0.2, "b": 0.1}
    assert measured["R@100"] == {"a": 1.0, "b": 1.0}
    assert means(measured)["RR"] == 0.75


def test_a_query_without_a_list_counts_nothing_and_is_counted() -> None:
    measured = by_query(LABELS, {"a": ["x", "y"]})
    assert measured["AP"] == {"a": 1.0, "b": 0.0}
    assert means(measured)["AP"] == 0.5


def test_the_order_of_the_list_counts_and_not_the_names_in_it() -> None:
    names = [f"n{number}" for number in range(9)]
    assert by_query({"a": {"zz": 1}}, {"a": ["zz", *names]})["RR"]["a"] == 1.0
    assert by_query({"a": {"aa": 1}}, {"a": [*names, "aa"]})["RR"]["a"] == 0.1


def test_no_difference_is_all_chance_and_a_steady_one_is_hardly_any() -> None:
    ours = {str(number): 0.5 + number / 100 for number in range(20)}
    worse = {query: value - 0.1 for query, value in ours.items()}
    same, steady = chance(ours, [ours, worse])
    assert same == 1.0
    assert steady < 0.001


def test_few_queries_cannot_show_much() -> None:
    (by_chance,) = chance({"a": 0.9, "b": 0.9, "c": 0.9}, [{"a": 0.1, "b": 0.1, "c": 0.1}])
    assert by_chance == pytest.approx(0.25, abs=0.02)  # two of the eight ways that three coins fall


def test_more_comparisons_ask_for_more_and_the_same_call_gives_the_same() -> None:
    ours = {str(number): float(number % 3) for number in range(12)}
    other = {query: value - (0.2 if int(query) % 4 else -0.1) for query, value in ours.items()}
    (alone,) = chance(ours, [other])
    among = chance(ours, [other, other, other])
    assert among[0] == pytest.approx(min(1.0, 3 * alone), abs=1e-5)
    assert chance(ours, [other, other, other]) == among


def test_labels_that_cannot_be_read_name_their_line() -> None:
    assert read_labels(["q 0 d 2", "", "q 0 e 0"]) == {"q": {"d": 2, "e": 0}}
    with pytest.raises(ValueError, match="line 2"):
        read_labels(["q 0 d 1", "q 0 d"])
