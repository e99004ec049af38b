"""Impact ratios by group, worked out by hand, and what is said of them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from matching.fairness import impact, read_groups, read_run, suitable, wilson


def people(group: str, count: int) -> list[str]:
    return [f"{group}{number}" for number in range(count)]


def members(*groups: tuple[str, int]) -> dict[str, str]:
    return {name: group for group, count in groups for name in people(group, count)}


def test_rates_are_those_of_the_top_lines_and_ratios_those_to_the_best_group() -> None:
    groups = members(("a", 4), ("b", 4))
    best, other = impact(groups, {"q": ["a0", "a1", "b0", "a2", "b1"]}, top=3, pool={"q": groups})
    assert (best.group, best.selected, best.pool, best.ratio) == ("a", 2, 4, 1.0)
    assert (other.group, other.selected, other.rate, other.ratio) == ("b", 1, 0.25, 0.5)
    assert other.verdict == "under four fifths, too few to be sure"


def test_a_large_difference_between_many_is_named_and_a_small_one_is_not() -> None:
    groups = members(("a", 200), ("b", 200))
    run = {"q": [*people("a", 150), *people("b", 40)]}
    _, other = impact(groups, run, top=190, pool={"q": groups})
    assert other.verdict == "under four fifths"
    equal = impact(groups, {"q": [*people("a", 150), *people("b", 140)]}, top=290, pool={"q": groups})
    assert [one.verdict for one in equal] == ["", ""]


def test_among_those_who_suit_only_they_are_counted() -> None:
    groups = members(("a", 4), ("b", 4))
    labels = {"q": {"a0": 1, "b0": 1, "b1": 0}}
    found = impact(groups, {"q": ["a0", "a1", "a2", "b0"]}, top=4, pool=suitable(labels))
    assert [(one.group, one.selected, one.pool) for one in found] == [("a", 1, 1), ("b", 1, 1)]


def test_nobody_selected_gives_no_ratio() -> None:
    found = impact(members(("a", 1), ("b", 1)), {}, top=10, pool={"q": ["a0", "b0"]})
    assert [(one.rate, one.ratio, one.verdict) for one in found] == [(0.0, None, "")] * 2


def test_the_interval_is_the_one_of_the_textbooks() -> None:
    assert wilson(8, 10) == (pytest.approx(0.490, abs=0.001), pytest.approx(0.943, abs=0.001))
    assert wilson(0, 10)[0] == 0.0


def test_files_that_cannot_be_read_say_what_is_wrong() -> None:
    assert read_groups(["id,gender,age", "x,f,", "y,m,50+"]) == {"gender": {"x": "f", "y": "m"}, "age": {"y": "50+"}}
    with pytest.raises(ValueError, match="a column id"):
        read_groups(["name,gender", "x,f"])
    assert read_run(["q Q0 d2 2 0.5 t", "q Q0 d1 1 0.9 t"]) == {"q": ["d1", "d2"]}
    with pytest.raises(ValueError, match="line 1"):
        read_run(["q d1"])


def test_without_groups_the_command_says_why_there_is_nothing_to_audit() -> None:
    call_command("audit_fairness", stdout=(out := StringIO()))
    assert "kept nowhere" in out.getvalue()


def test_the_command_prints_a_table_for_each_run_attribute_and_pool(tmp_path: Path) -> None:
    run, groups, labels = tmp_path / "one.run", tmp_path / "groups.csv", tmp_path / "qrels.tsv"
    run.write_text("q Q0 a0 1 0.9 t\nq Q0 b0 2 0.8 t\n")
    groups.write_text("id,group\na0,first\nb0,second\n")
    labels.write_text("q 0 b0 1\n")
    call_command("audit_fairness", runs=[run], groups=groups, qrels=labels, top=1, stdout=(out := StringIO()))
    assert "one.run, group, top 1, of everybody" in out.getvalue()
    assert "one.run, group, top 1, of those who suit" in out.getvalue()
    groups.write_text("nothing\n")
    with pytest.raises(CommandError, match=r"groups\.csv: the first line"):
        call_command("audit_fairness", runs=[run], groups=groups)
