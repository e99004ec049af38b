"""The score: bounds, what raises it, what missing data does to it, and what it may not depend on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvmatch.core.places import Point
from jobs.requirements import JobRequirements
from jobs.requirements.values import DegreeAsked, LanguageAsked, RequiredSkill, YearsAsked
from jobs.skills import related
from jobs.titles import Level
from matching.scoring import Calibration, ScoringConfig, band_of, promising, score, total, whole_score_if
from matching.scoring.conditions import place, recency
from matching.scoring.readings import readings
from matching.values import (
    Addition,
    Candidate,
    CVProfile,
    JobProfile,
    LanguageShown,
    Part,
    Pay,
    Whereabouts,
    parts_from_json,
    parts_to_json,
)

related("python", "sql")  # the vocabulary is read once, outside the time of any one test
NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONFIG = ScoringConfig()
SKILLS = ["python", "sql", "docker", "kubernetes", "postgresql", "mysql", "terraform", "kafka"]
BERLIN, POTSDAM, MADRID = Point(52.52, 13.40), Point(52.40, 13.06), Point(40.42, -3.70)

unit = st.floats(0, 1)
maybe = st.none()
cosines = st.none() | st.floats(-1, 1)
levels = st.none() | st.sampled_from(list(Level))
pays = st.none() | st.builds(
    Pay,
    st.none() | st.decimals(1, 10**6, places=2),
    st.none() | st.decimals(1, 10**6, places=2),
    st.sampled_from(["EUR", "USD", ""]),
)
places = st.builds(
    Whereabouts,
    st.sampled_from(["", "Berlin", "berlin", "Madrid"]),
    st.sampled_from(["", "DE", "ES"]),
    st.sampled_from([None, BERLIN, POTSDAM, MADRID]),
)
skills = st.builds(RequiredSkill, st.sampled_from(SKILLS), st.just("x"), st.booleans())
requirements = st.builds(
    JobRequirements,
    skills=st.lists(skills, max_size=5).map(tuple),
    years=st.none() | st.builds(YearsAsked, st.integers(0, 30), st.just(0), st.just(1)),
    level=levels,
    languages=st.lists(
        st.builds(
            LanguageAsked, st.sampled_from(["german", "english"]), st.just("x"), st.booleans(), st.just(0), st.just(1)
        ),
        max_size=2,
    ).map(tuple),
    degree_asked=st.none()
    | st.builds(DegreeAsked, st.sampled_from(["school", "bachelor", "master"]), st.just(0), st.just(1)),
)
candidates = st.builds(Candidate, st.just(1), cosines, cosines, st.none() | unit, cosines, cosines, cosines, cosines)
cvs = st.builds(
    CVProfile,
    st.frozensets(st.sampled_from([*SKILLS, "german"])),
    levels,
    st.none() | st.floats(0, 60),
    places,
    pays,
    unit,
    st.integers(0, 5000),
    st.lists(
        st.builds(LanguageShown, st.just("german"), st.sampled_from([None, "A2", "C1", "native"])), max_size=1
    ).map(tuple),
    st.sampled_from([None, "school", "bachelor", "doctorate"]),
)
jobs = st.builds(
    JobProfile,
    requirements,
    levels,
    places,
    st.booleans(),
    pays,
    st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
    unit,
    st.integers(0, 5000),
)


def cv(**values: object) -> CVProfile:
    known = CVProfile(frozenset(["python"]), Level.MID, 5.0, Whereabouts("Berlin", "DE", BERLIN), None, 1.0, 400)
    return replace(known, **values)


def job(*asked: str, **values: object) -> JobProfile:
    wanted = JobRequirements(skills=tuple(RequiredSkill(skill, skill, must=True) for skill in asked))
    known = JobProfile(wanted, Level.MID, Whereabouts("Berlin", "DE", BERLIN), False, None, NOW, 1.0, 300)
    return replace(known, **values)


FOUND = Candidate(1, 0.6, 0.7, 0.4)


def scored(a: CVProfile, b: JobProfile, found: Candidate = FOUND) -> float:
    return score(found, a, b, config=CONFIG, now=NOW).score


@given(candidates, cvs, jobs)
def test_every_score_lies_in_its_interval_and_that_in_0_to_100(found, a, b) -> None:
    result = score(found, a, b, config=CONFIG, now=NOW)
    assert 0 <= result.low <= result.score <= result.high <= 100
    assert all(part.value is None or 0 <= part.value <= 1 for part in result.parts)
    assert result == score(found, a, b, config=CONFIG, now=NOW)


@given(candidates, cvs, jobs)
def test_the_parts_that_are_stored_give_the_same_score_again(found, a, b) -> None:
    result = score(found, a, b, config=CONFIG, now=NOW)
    again = total(parts_from_json(parts_to_json(result.parts)), config=CONFIG)
    assert replace(again, for_job=result.for_job, for_person=result.for_person) == result


@given(candidates, cvs, jobs, st.sampled_from([*SKILLS, "german"]))
def test_one_skill_more_never_lowers_the_score(found, a, b, skill) -> None:
    before = score(found, a, b, config=CONFIG, now=NOW)
    richer = replace(a, skills=a.skills | {skill})
    after = score(found, richer, b, config=CONFIG, now=NOW)
    assert after.mean >= before.mean
    assert after.for_job is None or after.for_job.value >= before.for_job.value


@given(candidates, cvs, jobs, st.sampled_from(SKILLS), st.integers(0, 30), st.sampled_from([None, *Level]))
def test_a_counterfactual_is_the_score_of_the_profile_with_the_addition_in_it(found, a, b, skill, years, level) -> None:
    addition = Addition(skill_id=skill, years=years, level=level)
    changed = replace(a, skills=a.skills | {skill}, years=years, level=level or a.level)
    assert whole_score_if(found, a, b, addition, config=CONFIG, now=NOW) == whole_of(found, changed, b)
    assert whole_score_if(found, a, b, Addition(), config=CONFIG, now=NOW) == whole_of(found, a, b)


def whole_of(found, a, b):
    return replace(score(found, a, b, config=CONFIG, now=NOW), for_job=None, for_person=None)


@given(candidates, cvs, jobs)
def test_both_directions_lie_in_their_intervals_and_name_a_band(found, a, b) -> None:
    result = score(found, a, b, config=CONFIG, now=NOW)
    for fit in (result.for_job, result.for_person):
        assert fit is None or (0 <= fit.low <= fit.value <= fit.high <= 100 and fit.band)


@given(candidates, cvs, jobs, st.data())
def test_removing_what_is_known_leaves_the_score_between_what_the_other_parts_say(found, a, b, data) -> None:
    gone = data.draw(
        st.sampled_from(
            [{"years": None}, {"place": Whereabouts()}, {"desired_pay": None}, {"degree": None}, {"level": None}]
        )
    )
    result = score(found, replace(a, **gone), b, config=CONFIG, now=NOW)
    known = [part.value for part in result.parts if part.value is not None and part.weight]
    if known:
        assert min(known) - 1e-6 <= result.mean <= max(known) + 1e-6


@given(candidates, cvs, jobs, st.integers(0, 3000))
def test_more_text_is_relied_on_at_least_as_much(found, a, b, more) -> None:
    longer = readings(found, replace(a, length=a.length + more), replace(b, length=b.length + more), CONFIG, NOW)
    for name, reading in readings(found, a, b, CONFIG, NOW).items():
        assert longer[name].value == reading.value
        assert longer[name].reliability >= reading.reliability


@given(candidates, cvs, jobs)
def test_reliable_weights_never_sum_to_more_than_the_whole(found, a, b) -> None:
    result = score(found, a, b, config=CONFIG, now=NOW)
    assert sum(part.weight for part in result.parts if part.value is not None) <= 1 + 1e-3


@given(candidates, cvs, jobs, st.data())
def test_a_part_without_data_widens_the_interval_and_counts_neither_for_nor_against(found, a, b, data) -> None:
    result = score(found, a, b, config=CONFIG, now=NOW)
    name = data.draw(st.sampled_from([part.name for part in result.parts]))
    parts = tuple(replace(part, value=None) if part.name == name else part for part in result.parts)
    without = total(parts, config=CONFIG)
    known = [part.value for part in result.parts if part.value is not None and part.name != name and part.weight]
    if known:
        assert min(known) - 1e-6 <= without.mean <= max(known) + 1e-6
        if result.low > 4.5 and result.high < 95.5 and without.low > 0 and without.high < 100:
            assert without.high - without.low >= result.high - result.low - 0.11


def skills_of(a: CVProfile, b: JobProfile) -> float | None:
    return next(part.value for part in score(FOUND, a, b, config=CONFIG, now=NOW).parts if part.name == "skills")


def test_weights_sum_to_one_and_a_change_of_them_is_another_version() -> None:
    for direction in ("whole", "for_job", "for_person"):
        assert abs(sum(getattr(weight, direction) for weight in CONFIG.weights.values()) - 1) < 1e-9
    assert CONFIG.version == ScoringConfig().version != ScoringConfig(whole=Calibration(1.0, 0.0)).version


def test_a_cv_that_does_not_say_where_it_is_from_is_not_punished() -> None:
    near, unknown, far = (
        scored(cv(place=place), job("python"))
        for place in (Whereabouts("Berlin", "DE", BERLIN), Whereabouts(), Whereabouts("Madrid", "ES", MADRID))
    )
    assert far < unknown <= near


def test_the_skill_that_is_asked_counts_more_than_a_related_one_and_that_more_than_none() -> None:
    assert 0 < related("mysql", "postgresql") < 1
    none, close, exact = (
        skills_of(cv(skills=frozenset(own)), job("postgresql")) for own in ([], ["mysql"], ["postgresql"])
    )
    assert none < close < exact


def test_a_must_have_counts_more_than_a_nice_to_have() -> None:
    asked = JobRequirements(skills=(RequiredSkill("python", "x", must=True), RequiredSkill("kafka", "x", must=False)))
    must, nice = (
        skills_of(cv(skills=frozenset([own])), replace(job(), requirements=asked)) for own in ("python", "kafka")
    )
    assert must > nice


def test_a_job_that_asks_for_nothing_says_nothing_about_skills() -> None:
    assert skills_of(cv(), job()) is None


def test_one_skill_asked_says_less_than_many() -> None:
    def weight(*asked: str) -> float:
        return next(
            part.weight
            for part in score(FOUND, cv(), job(*asked), config=CONFIG, now=NOW).parts
            if part.name == "skills"
        )

    assert 0 < weight("python") < weight("python", "sql", "docker") < CONFIG.weights["skills"].whole


@pytest.mark.parametrize(
    ("here", "there", "remote", "least", "most"),
    [
        (Whereabouts("Berlin", "DE", BERLIN), Whereabouts("Potsdam", "DE", POTSDAM), False, 1, 1),
        (Whereabouts("Berlin", "DE", BERLIN), Whereabouts("Madrid", "ES", MADRID), False, 0, 0.01),
        (Whereabouts("Berlin", "DE", BERLIN), Whereabouts("Madrid", "ES", MADRID), True, 1, 1),
        (Whereabouts("Kleindorf", "DE"), Whereabouts("kleindorf", "DE"), False, 1, 1),
        (Whereabouts("Kleindorf", "DE"), Whereabouts("Grossdorf", "DE"), False, 0.3, 0.5),
        (Whereabouts("", "DE"), Whereabouts("", "ES"), False, 0.1, 0.1),
    ],
)
def test_nearer_places_suit_better(here, there, remote, least, most) -> None:
    assert least <= place(cv(place=here), job(place=there, remote=remote)) <= most


def test_pay_counts_only_when_both_sides_say_it_in_one_currency() -> None:
    def pay_of(wanted: Pay | None, offered: Pay | None) -> float | None:
        result = score(FOUND, cv(desired_pay=wanted), job(pay=offered), config=CONFIG, now=NOW)
        return next(part.value for part in result.parts if part.name == "pay")

    euros = Pay(Decimal(60000), None, "EUR")
    assert pay_of(euros, Pay(Decimal(50000), Decimal(70000), "EUR")) == 1
    assert pay_of(euros, Pay(Decimal(50000), Decimal(54000), "EUR")) == pytest.approx(0.6667)
    assert pay_of(euros, Pay(Decimal(50000), Decimal(70000), "USD")) is None
    assert pay_of(None, Pay(Decimal(50000), None, "EUR")) is None


def test_years_and_level_both_tell_of_experience() -> None:
    asked = JobRequirements(years=YearsAsked(4, 0, 1))
    much, little = (scored(cv(years=years), replace(job(), requirements=asked)) for years in (4.0, 1.0))
    assert much > little
    assert scored(cv(level=Level.MID), job(level=Level.SENIOR)) > scored(cv(level=Level.MID), job(level=Level.HEAD))


def test_a_posting_loses_a_little_with_age_and_nothing_without_a_date() -> None:
    ages = [recency(job(posted_at=NOW - timedelta(days=days)), NOW) for days in (1, 30, 90)]
    assert ages[0] == 1
    assert 0 < ages[1] < 1
    assert ages[2] == 0
    assert recency(job(posted_at=None), NOW) is None


def test_the_words_decide_where_the_model_does_not_know_the_language() -> None:
    found = Candidate(1, 0.9, None, 0.05)
    english, german = scored(cv(), job(), found), scored(cv(english=0.0), job(english=0.0), found)
    assert german < english
    same_words = [scored(cv(english=0.0), job(english=0.0), replace(found, text_cosine=c)) for c in (0.1, 0.9)]
    assert same_words[0] == same_words[1]


def test_a_bare_title_is_judged_by_its_meaning_alone() -> None:
    bare_cv, bare_job = (
        cv(length=2, years=None, place=Whereabouts()),
        job("python", length=0, place=Whereabouts(), posted_at=None),
    )
    low, high = (
        score(FOUND, replace(bare_cv, level=own), bare_job, config=CONFIG, now=NOW).mean
        for own in (Level.INTERN, Level.MID)
    )
    assert low == high


def test_a_language_below_the_level_asked_counts_in_part() -> None:
    def share(level: str | None, *, asked: str = "B2") -> float | None:
        wanted = JobRequirements(languages=(LanguageAsked("german", "German", True, 0, 1, asked),))
        shown = cv(languages=(LanguageShown("german", level),))
        return readings(FOUND, shown, replace(job(), requirements=wanted), CONFIG, NOW)["languages"].value

    assert share("A2") < share("B1") < share("B2") == share("native") == 1
    assert share(None) == 1
    assert share(None, asked="C2") == 0.5


def test_a_degree_below_the_one_asked_counts_in_part_and_a_higher_one_is_enough() -> None:
    wanted = replace(job(), requirements=JobRequirements(degree_asked=DegreeAsked("master", 0, 1)))
    values = [
        readings(FOUND, cv(degree=d), wanted, CONFIG, NOW)["education"].value
        for d in ("school", "bachelor", "doctorate", None)
    ]
    assert values == [0.0, 0.5, 1.0, None]


def test_a_job_that_pays_and_lies_well_suits_the_person_more_and_the_job_no_better() -> None:
    near, far = (
        score(FOUND, cv(place=here), job("python"), config=CONFIG, now=NOW)
        for here in (Whereabouts("Berlin", "DE", BERLIN), Whereabouts("Madrid", "ES", MADRID))
    )
    assert near.for_person.value > far.for_person.value
    assert near.for_job == far.for_job


@pytest.mark.parametrize(
    ("points", "unknown", "band"),
    [
        (100, 0, "strong"),
        (80, 0, "strong"),
        (79.9, 0, "good"),
        (65, 0, "good"),
        (45, 0, "partial"),
        (0, 0, "weak"),
        (90, 0.51, "no data"),
    ],
)
def test_bands_name_the_score(points, unknown, band) -> None:
    assert band_of(points, unknown) == band


def test_a_score_from_nothing_is_no_score() -> None:
    result = total(tuple(Part(name, None, weight.whole) for name, weight in CONFIG.weights.items()), config=CONFIG)
    assert (result.band, result.low) == ("no data", 0)


def test_only_the_most_promising_are_compared_in_full_and_a_short_list_as_a_whole() -> None:
    near = Candidate(1, text_cosine=0.7, title_cosine=0.8, words=0.2, skills_cosine=0.6)
    far = Candidate(2, text_cosine=0.1, title_cosine=0.1, words=0.0, skills_cosine=0.1)
    silent = Candidate(3, None, None, None)
    assert promising([far, silent, near], english=1.0, keep=1, config=CONFIG) == (near,)
    assert promising([far, near], english=1.0, keep=2, config=CONFIG) == (far, near)


def test_what_the_model_does_not_read_is_promising_by_its_words() -> None:
    by_words = Candidate(1, text_cosine=0.2, title_cosine=0.2, words=0.3)
    by_model = Candidate(2, text_cosine=0.7, title_cosine=0.7, words=0.01)
    assert promising([by_words, by_model], english=1.0, keep=1, config=CONFIG) == (by_model,)
    assert promising([by_words, by_model], english=0.0, keep=1, config=CONFIG) == (by_words,)
