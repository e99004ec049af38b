"""What people choose becomes weights that may serve: recovered, judged, bounded, and never of who somebody is."""

from __future__ import annotations

import math
import random
from dataclasses import fields, replace

import pytest

from benchmarks.taste import START, TASTES, World, cosine, recovered, taste
from matching.learning.choices import Choice, Kind, features, lists_of, mean_with, shipped_weights
from matching.learning.examining import Examination, examination_of
from matching.learning.fitting import fit
from matching.learning.judging import judge
from matching.learning.ordering import FARTHEST, FIXED, PLACES, STEP, bounded, reordered
from matching.learning.training import train
from matching.scoring import total
from matching.values import Part

SHIPPED = shipped_weights()


def some_parts(seed: int) -> tuple[Part, ...]:
    coins = random.Random(seed)
    return tuple(
        Part(name, None if coins.random() < 0.2 else round(coins.random(), 4), round(share * coins.random(), 4))
        for name, share in SHIPPED.items()
    )


@pytest.mark.parametrize("name", [name for name in TASTES if name != "as shipped"])
def test_five_hundred_decisions_show_the_taste_of_a_recruiter(name: str) -> None:
    found = recovered(name, 500, seed=7)
    assert found.whole >= 0.95
    assert found.untouched < 0.9  # the shipped weights are not so near by themselves
    assert found.steepness == pytest.approx(0.7, abs=0.12)


def test_choices_without_rejections_show_it_too() -> None:
    true = taste("experience first")
    choices = [
        replace(choice, kind=Kind.SHOWN) if choice.kind == Kind.REJECTED else choice
        for choice in World(true, seed=1).choices(1000)
    ]
    lists = lists_of(choices)
    assert cosine(fit(lists, examination_of(lists, SHIPPED), SHIPPED), true) >= 0.93


def test_what_stands_where_fewer_people_look_counts_by_how_few_they_are() -> None:
    def strong_in(name: str) -> tuple[Part, ...]:
        return tuple(Part(part, 0.9 if part == name else 0.4, share) for part, share in SHIPPED.items())

    def shown(number: int, chosen: int) -> list[Choice]:
        return [
            Choice(
                "acme", 1, number, place, place, Kind.CHOSEN if place == chosen else Kind.SHOWN, START, strong_in(name)
            )
            for place, name in ((1, "title"), (2, "skills"))
        ]

    # Both are liked alike, and the second is looked at half as often.
    lists = lists_of(line for number in range(300) for line in shown(number, 1 if number % 3 else 2))
    fair, blind = (fit(lists, Examination(steepness), SHIPPED) for steepness in (1.0, 0.0))
    assert fair["title"] == pytest.approx(fair["skills"], abs=0.01)
    assert blind["title"] - blind["skills"] > 0.05


def test_learned_weights_that_later_lists_bear_out_may_serve_and_others_may_not() -> None:
    learned = train(World(taste("experience first"), seed=1).choices(2000))
    assert learned.obstacle == ""
    assert learned.judgement.low > 0
    for seed in (1, 2):
        same_taste = train(World(SHIPPED, seed=seed).choices(400))
        assert "not surely better" in same_taste.obstacle
    assert "are needed" in train(World(taste("experience first"), seed=1).choices(60)).obstacle


def test_nobody_choosing_anything_leaves_the_weights_as_shipped() -> None:
    silent = [replace(choice, kind=Kind.SHOWN) for choice in World(SHIPPED).choices(50)]
    assert train(silent).weights == pytest.approx(SHIPPED)
    assert train([]).weights == pytest.approx(SHIPPED)
    assert judge(lists_of(silent), SHIPPED, Examination(), SHIPPED).lists == 0


def test_weights_drift_no_further_than_the_caps_however_often_they_are_trained() -> None:
    wanted = {name: float(name == "experience") for name in SHIPPED}
    serving = dict(SHIPPED)
    for _ in range(6):
        moved = bounded(wanted, serving=serving, shipped=SHIPPED)
        assert math.fsum(moved.values()) == pytest.approx(1, abs=1e-4)
        assert all(abs(moved[name] - serving[name]) <= STEP + 1e-5 for name in SHIPPED)
        serving = moved
    assert serving["experience"] == pytest.approx(SHIPPED["experience"] + FARTHEST, abs=1e-5)
    assert all(abs(serving[name] - SHIPPED[name]) <= FARTHEST + 1e-5 for name in SHIPPED)
    assert {name: serving[name] for name in FIXED} == {name: SHIPPED[name] for name in FIXED}


def test_no_line_moves_further_than_the_bound_and_none_is_lost() -> None:
    wanted = bounded({name: float(name == "words") for name in SHIPPED}, serving=SHIPPED, shipped=SHIPPED)
    for seed in range(20):
        lines = sorted((some_parts(100 * seed + n) for n in range(30)), key=lambda p: -mean_with(p, SHIPPED, SHIPPED))
        order = reordered(lines, wanted)
        assert sorted(order) == list(range(30))
        assert max(abs(place - line) for place, line in enumerate(order)) <= PLACES
        assert reordered(lines, SHIPPED) == tuple(range(30))
    assert order != tuple(range(30))


def test_with_the_shipped_weights_the_mean_is_that_of_the_score_and_the_sum_of_its_features() -> None:
    for seed in range(20):
        parts = some_parts(seed)
        mean = mean_with(parts, SHIPPED, SHIPPED)
        assert mean == pytest.approx(total(parts).mean, abs=1e-6)
        shares = zip(SHIPPED.values(), features(parts, SHIPPED), strict=True)
        assert math.fsum(share * value for share, value in shares) == pytest.approx(mean)


def test_learning_knows_of_a_candidate_nothing_but_the_parts_of_the_score() -> None:
    told = {field.name for field in fields(Choice)}
    assert told == {"organisation", "person", "list_id", "line", "position", "kind", "at", "parts"}
    # Who the line is about changes nothing: the lines of each list under other numbers teach the same.
    choices = World(taste("skills first")).choices(150)
    renamed = [replace(choice, line=1000 - choice.line) for choice in choices]
    assert train(renamed) == train(choices)
    strange = [replace(c, parts=(*c.parts, Part("gender", float(c.kind == Kind.CHOSEN), 0.5))) for c in choices]
    assert train(strange).weights == train(choices).weights
