"""Filters of jobs: what each lets through, read from an address, and the facets that count what is left."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from cvmatch.core.errors import InvalidInput
from cvmatch.core.places import Point, distance_km, fold, locate
from jobs.facets import OFFERED, PAY_BANDS, POSTED_DAYS, count_facets
from jobs.filter_input import filter_from
from jobs.models import Job, Listing, Vacancy
from jobs.services import upsert_jobs
from jobs.stages import read_jobs
from jobs.titles import Level
from jobs.values import EMPLOYMENT_TYPES, JobFilter, JobPosting, Pay, Place
from tests.support import make_job

pytestmark = pytest.mark.django_db

TOWNS = (
    ("Berlin", "DE"), ("Potsdam", "DE"), ("Hamburg", "DE"), ("Zürich", "CH"), ("Paris", "FR"), ("Suva", "FJ"), ("", "DE"),
)  # fmt: skip
NOW = timezone.now()


def fill(count: int = 300) -> list[Job]:
    """Jobs that differ in everything that can be filtered by, some of it not given."""
    chance = random.Random(5)
    titles = ("Engineer", "Senior Engineer", "Junior Engineer", "Engineering Intern", "Head of Engineering")
    for source in ("one", "two"):
        upsert_jobs(
            source=source,
            postings=[posting(str(number), chance.choice(titles), chance) for number in range(count // 2)],
        )
    read_jobs(limit=count)
    Job.objects.filter(pk__in=list(Job.objects.values_list("pk", flat=True)[::10])).update(status="expired")
    return list(Job.objects.active())


def posting(external_id: str, title: str, chance: random.Random) -> JobPosting:
    city, country = chance.choice(TOWNS)
    low = Decimal(chance.randrange(15, 160) * 1000)
    pay = Pay(low, low + 5000 if chance.random() < 0.7 else None, chance.choice(["EUR", "EUR", "CHF"]))
    return JobPosting(
        external_id,
        title,
        f"Text {chance.choice(['apple', 'pear'])}",
        place=Place(city, country=country),
        remote=chance.random() < 0.2,
        employment_type=chance.choice(["FULL_TIME", "part-time", "Internship", "", "Contractor"]),
        pay=pay if chance.random() < 0.6 else None,
        posted_at=NOW - timedelta(hours=chance.randrange(1, 1500)) if chance.random() < 0.9 else None,
    )


def lets_through(job: Job, only: JobFilter, now: datetime) -> bool:
    """The meaning of the filter, once more in plain Python."""
    pays = job.salary_year_max if job.salary_year_max is not None else job.salary_year_min
    internship = job.level == "intern" or job.employment_type == "internship"
    here = None if job.latitude is None or job.longitude is None else Point(job.latitude, job.longitude)
    checks = (
        not only.countries or job.country in only.countries,
        not only.cities or fold(job.city) in map(fold, only.cities),
        not only.near or job.remote or (here is not None and distance_km(here, only.near) <= (only.within_km or 0)),
        not only.employment_types or job.employment_type in only.employment_types,
        not only.levels or job.level in only.levels,
        only.internship is None or internship == only.internship,
        only.remote is None or job.remote == only.remote,
        only.pay_from is None or (pays is not None and pays >= only.pay_from and job.salary_currency == only.currency),
        only.posted_within_days is None
        or (job.posted_at is not None and job.posted_at >= now - timedelta(days=only.posted_within_days)),
        not only.sources or job.source in only.sources,
    )
    return all(checks)


FILTERS = {
    "country": JobFilter(countries=("DE", "CH")),
    "city": JobFilter(cities=("zurich", "PARIS")),
    "radius": JobFilter(near=locate("Berlin", "DE"), within_km=50),
    "radius over the date line": JobFilter(near=Point(-17.0, -179.9), within_km=300),
    "radius at the pole": JobFilter(near=Point(89.9, 0), within_km=100),
    "type": JobFilter(employment_types=("part_time", "contract")),
    "level": JobFilter(levels=("senior", "head")),
    "internship": JobFilter(internship=True),
    "no internship": JobFilter(internship=False),
    "remote": JobFilter(remote=True),
    "not remote": JobFilter(remote=False),
    "pay": JobFilter(pay_from=Decimal(60000), currency="EUR"),
    "posted": JobFilter(posted_within_days=7),
    "source": JobFilter(sources=("one",)),
    "several": JobFilter(countries=("DE",), employment_types=("full_time",), remote=False, posted_within_days=60),
    "nothing": JobFilter(),
}


def test_each_filter_lets_through_what_it_says_and_nothing_else() -> None:
    jobs = fill()
    for name, only in FILTERS.items():
        expected = {job.pk for job in jobs if lets_through(job, only, timezone.now())}
        assert set(Job.objects.active().filtered(only).values_list("pk", flat=True)) == expected, name
        assert expected or name == "radius at the pole", name


def test_a_radius_finds_jobs_that_give_only_their_town() -> None:
    make_job("1", place=Place(city="Potsdam", country="DE"))
    make_job("2", place=Place(city="Hamburg", country="DE"))
    make_job("3", place=Place(country="DE"))
    make_job("4", place=Place(city="Hamburg", country="DE", latitude=52.5, longitude=13.4))  # its own place counts
    around = Job.objects.filtered(JobFilter(near=locate("Berlin", "DE"), within_km=40))
    assert set(around.values_list("external_id", flat=True)) == {"1", "4"}


@pytest.mark.parametrize(
    ("query", "only"),
    [
        ("", JobFilter()),
        ("country=de&country=France,UK", JobFilter(countries=("DE", "FR", "GB"))),
        ("city=Zürich&city=", JobFilter(cities=("Zürich",))),
        ("near=52.5,13.4&within_km=20", JobFilter(near=Point(52.5, 13.4), within_km=20.0)),
        ("near=Paris, US", JobFilter(near=locate("Paris", "US"), within_km=50.0)),
        ("near=&within_km=", JobFilter()),
        ("employment_type=FULL_TIME&level=Senior", JobFilter(employment_types=("full_time",), levels=("senior",))),
        ("remote=1&internship=false", JobFilter(remote=True, internship=False)),
        ("pay_from=60000&currency=eur", JobFilter(pay_from=Decimal(60000), currency="EUR")),
        ("pay_from=&currency=EUR", JobFilter()),
        ("posted_within_days=7&source=acme&unknown=x", JobFilter(posted_within_days=7, sources=("acme",))),
    ],
)
def test_a_filter_is_read_from_an_address(query: str, only: JobFilter) -> None:
    assert filter_from(QueryDict(query)) == only


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("country=Atlantis", "country"),
        ("within_km=20", "within_km"),
        ("near=Nowhereville", "near"),
        ("near=95,200", "near"),
        ("near=Berlin&within_km=far", "within_km"),
        ("near=Berlin&within_km=0", "within_km"),
        ("near=Berlin&within_km=nan", "within_km"),
        ("pay_from=60000", "pay_from"),
        ("pay_from=lots&currency=EUR", "pay_from"),
        ("pay_from=1&currency=euro", "currency"),
        ("posted_within_days=0", "posted_within_days"),
        ("posted_within_days=1.5", "posted_within_days"),
        ("remote=perhaps", "remote"),
        ("level=boss", "level"),
        ("employment_type=fun", "employment_type"),
    ],
)
def test_a_wrong_parameter_is_named_with_what_would_be_right(query: str, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        filter_from(QueryDict(query))
    assert caught.value.details["field"] == field
    assert caught.value.message.startswith(f"{field}: ")


FACETS: dict[str, Callable[[JobFilter, str], JobFilter]] = {
    "country": lambda only, value: replace(only, countries=(value,)),
    "city": lambda only, value: replace(only, cities=(value,)),
    "level": lambda only, value: replace(only, levels=(value,)),
    "employment_type": lambda only, value: replace(only, employment_types=(value,)),
    "internship": lambda only, value: replace(only, internship=value == "true"),
    "remote": lambda only, value: replace(only, remote=value == "true"),
    "source": lambda only, value: replace(only, sources=(value,)),
    "posted": lambda only, value: replace(only, posted_within_days=int(value)),
    "pay": lambda only, value: replace(only, pay_from=Decimal(value), currency="EUR"),
}


def test_each_count_of_a_facet_is_what_choosing_it_leaves() -> None:
    jobs = fill()
    for name, only in FILTERS.items():
        facets = count_facets(Job.objects.active(), only, currency="EUR")
        for facet, choose in FACETS.items():
            for choice in facets.by_name[facet]:
                chosen = choose(only, choice.value)
                expected = sum(lets_through(job, chosen, timezone.now()) for job in jobs)
                assert choice.count == expected, (name, facet, choice)
        assert len(facets.by_name["posted"]) == len(POSTED_DAYS)
        assert len(facets.by_name["pay"]) == len(PAY_BANDS)


def test_facets_offer_what_there_is_in_the_order_people_look_for_it() -> None:
    fill()
    facets = count_facets(Job.objects.active(), JobFilter())
    counts = [choice.count for choice in facets.by_name["country"]]
    assert counts == sorted(counts, reverse=True)
    assert {choice.label for choice in facets.by_name["country"]} == {"Germany", "Switzerland", "France", "Fiji"}
    assert "Zürich" in {choice.label for choice in facets.by_name["city"]}
    assert [choice.value for choice in facets.by_name["level"]] == ["intern", "junior", "senior", "head"]
    assert (facets.currency, facets.currencies) == ("EUR", ("EUR", "CHF"))
    assert count_facets(Job.objects.active(), JobFilter(), currency="chf").currency == "CHF"


def test_what_was_chosen_is_offered_though_nothing_is_left_of_it() -> None:
    for number in range(OFFERED + 3):
        make_job(str(number), place=Place(city=f"Town {number:02}", country="DE"))
    only = JobFilter(cities=("Town 14", "Atlantis"), levels=("head",), remote=True)
    facets = count_facets(Job.objects.active(), only)
    chosen = {(choice.value, choice.count) for choice in facets.by_name["city"] if choice.chosen}
    assert chosen == {("town 14", 0), ("atlantis", 0)}
    assert [(choice.value, choice.count, choice.chosen) for choice in facets.by_name["level"]] == [("head", 0, True)]
    assert len(facets.by_name["city"]) <= OFFERED + 2


def test_facets_count_only_among_the_jobs_that_were_searched_for() -> None:
    jobs = fill()
    facets = count_facets(Job.objects.active().matching_words("apple"), JobFilter(countries=("DE",)))
    expected = sum("apple" in job.description and job.country == "FR" for job in jobs)
    assert {choice.value: choice.count for choice in facets.by_name["country"]}["FR"] == expected


def stand_together(*jobs: Job) -> None:
    """The first is the one that is shown."""
    vacancy = Vacancy.objects.create()
    for job in jobs:
        Listing.objects.create(job=job, vacancy=vacancy, is_shown=job is jobs[0])


def test_a_vacancy_is_found_and_counted_by_each_source_that_still_lists_it() -> None:
    for source, names in {"one": "a", "two": "ab", "three": "ac", "four": "a"}.items():
        postings = [
            JobPosting(name, "Cook", "Text", place=Place(country="FR" if name == "b" else "DE")) for name in names
        ]
        upsert_jobs(source=source, postings=postings)
    Job.objects.filter(source="four").update(status="expired")
    shown, copy, alone, twice, again, ended = Job.objects.order_by("pk")
    stand_together(shown, copy, twice, again, ended)
    listed = Job.objects.listed()
    found = {
        source: set(listed.filtered(JobFilter(sources=(source,)))) for source in ("one", "two", "three", "four", "five")
    }
    assert found == {"one": {shown}, "two": {shown, alone}, "three": {shown}, "four": set(), "five": set()}
    assert set(listed.filtered(JobFilter(sources=("two", "three"), countries=("DE",)))) == {shown}
    for only in (JobFilter(), JobFilter(sources=("one",)), JobFilter(countries=("DE",))):
        counts = {choice.value: choice.count for choice in count_facets(listed, only).by_name["source"]}
        assert counts == {"one": 1, "two": 1 if only.countries else 2, "three": 1}
    countries = count_facets(listed, JobFilter(sources=("three",))).by_name["country"]
    assert [(choice.value, choice.count) for choice in countries] == [("DE", 1)]


def test_facets_are_one_statement(django_assert_num_queries) -> None:
    fill(20)
    with django_assert_num_queries(
        1 + 3
    ):  # the setting of its plan, between the marks of a transaction in a transaction
        count_facets(Job.objects.active(), FILTERS["several"])


def test_every_spelling_of_a_type_or_level_is_offered_by_one_name() -> None:
    assert set(EMPLOYMENT_TYPES) >= {"full_time", "part_time", "contract", "internship"}
    fill()
    assert set(Job.objects.values_list("employment_type", flat=True)) <= {*EMPLOYMENT_TYPES, ""}
    assert set(Job.objects.values_list("level", flat=True)) <= {*Level, ""}
