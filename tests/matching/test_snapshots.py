"""What the scorer saw is stored as JSON that reads back as the very same value, under a hash of its content."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvmatch.core.places import Point
from jobs.requirements import DegreeAsked, JobRequirements, LanguageAsked, RequiredSkill, YearsAsked
from jobs.titles import Level
from matching.scoring import ScoringConfig
from matching.snapshots import Recipe
from matching.values import CVProfile, JobProfile, Pay, Whereabouts
from matching.values.snapshots import CVSeen, JobSeen, digest, from_json, to_json

words = st.text(max_size=12)
floats = st.floats(allow_nan=False, allow_infinity=False)
places = st.builds(Whereabouts, words, words, st.none() | st.builds(Point, floats, floats))
amounts = st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=2)
pays = st.none() | st.builds(Pay, amounts, amounts, words)
levels = st.none() | st.sampled_from(Level)
cvs = st.builds(
    CVProfile,
    skills=st.frozensets(words),
    level=levels,
    years=st.none() | floats,
    place=places,
    desired_pay=pays,
    english=floats,
    length=st.integers(0, 10**6),
)
offsets = st.integers(0, 10**5)
requirements = st.builds(
    JobRequirements,
    skills=st.lists(
        st.builds(RequiredSkill, words, words, st.booleans(), st.none() | offsets, st.none() | offsets)
    ).map(tuple),
    years=st.none() | st.builds(YearsAsked, st.integers(0, 40), offsets, offsets),
    level=levels,
    degree_asked=st.none() | st.builds(DegreeAsked, words, offsets, offsets),
    languages=st.lists(st.builds(LanguageAsked, words, words, st.booleans(), offsets, offsets, st.none() | words)).map(
        tuple
    ),
)
moments = st.none() | st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
jobs = st.builds(
    JobProfile,
    requirements=requirements,
    level=levels,
    place=places,
    remote=st.booleans(),
    pay=pays,
    posted_at=moments,
    english=floats,
    length=offsets,
)


@given(st.builds(CVSeen, words, cvs))
def test_what_was_seen_of_a_cv_survives_json(seen: CVSeen) -> None:
    assert from_json(CVSeen, json.loads(json.dumps(to_json(seen)))) == seen


@given(st.builds(JobSeen, words, jobs))
def test_what_was_seen_of_a_job_survives_json(seen: JobSeen) -> None:
    back = from_json(JobSeen, json.loads(json.dumps(to_json(seen))))
    assert back == seen
    assert digest(back) == digest(seen)


def test_a_recipe_survives_json_with_the_order_of_its_weights() -> None:
    weights = ScoringConfig().weights
    recipe = Recipe(3, ScoringConfig(weights={name: weights[name] for name in reversed(weights)}), "v", "p", "m")
    back = from_json(Recipe, json.loads(json.dumps(to_json(recipe), sort_keys=True)))
    assert back == recipe
    assert list(back.config.weights) == list(recipe.config.weights)


def test_a_recipe_names_every_weight_also_those_of_today_by_default() -> None:
    config = ScoringConfig()
    written = to_json(Recipe(3, config, "v", "p", "m"))["config"]
    assert {name for name, _ in written["weights"]} == set(config.weights)
    assert set(written) == {field.name for field in fields(config)}


def cv(**values: object) -> CVProfile:
    facts = {"skills": frozenset({"sql", "python"}), "level": None, "years": 4.5, "place": Whereabouts("Leeds", "GB")}
    facts |= {"desired_pay": Pay(Decimal("50000.00"), None, "GBP"), "english": 1.0, "length": 300}
    return CVProfile(**{**facts, **values})  # type: ignore[arg-type]


def test_the_hash_follows_the_content_and_nothing_else() -> None:
    assert digest(CVSeen("h", cv())) == digest(CVSeen("h", cv(skills=frozenset({"python", "sql"}))))
    others = [CVSeen("h", cv(years=4.6)), CVSeen("i", cv()), CVSeen("h", cv(skills=frozenset({"python"})))]
    assert len({digest(seen) for seen in [CVSeen("h", cv()), *others]}) == 4


def test_the_hash_is_the_same_in_every_process_and_for_good() -> None:
    assert digest(CVSeen("h", cv())) == "295235c9e1c3e6fb2cce44eb2d0aea56719c333a0e6a843cdf95284425a2fc96"


@pytest.mark.parametrize("body", [{}, {"content_hash": "h", "profile": {"gone": 1}}, {"content_hash": "h"}])
def test_what_was_written_for_another_form_is_refused(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not the form that a CVSeen has now"):
        from_json(CVSeen, body)
