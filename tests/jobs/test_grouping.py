"""Postings of one vacancy are shown once: putting them together, taking over, keeping apart, running again and side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from jobs.grouping import forget_difference, group_jobs, heal, keep_apart, waiting_jobs
from jobs.models import DifferentJobs, Job, JobFingerprint, Listing, Sighting, Vacancy
from jobs.services import expire_due, upsert_jobs
from jobs.stages import group_jobs as stage
from jobs.stages import read_jobs
from jobs.values import JobPosting, Pay, Place
from tests.support import make_user

pytestmark = pytest.mark.django_db

TEXT = """Windrose Power looks after three hundred wind turbines on land and at sea, from the first survey to the last bolt.
You plan the inspections of the rotor blades, climb with the team where a drone cannot see enough, and write down what has to be
mended before the winter storms. You lead the yearly overhaul together with the crane crew and the people of the harbour.
We ask for training as a mechatronics technician or electrician, no fear of heights, a driving licence and two years on turbines.
We offer a day off for every night on the ship, a pension paid by us and thirty days of holiday."""
OTHER_TEXT = """Our bakery by the canal opens at six, and somebody has to have the rolls ready. You knead, shape and bake
with a team of five, keep the starter alive at weekends and teach our apprentices how dough should feel. A finished
apprenticeship as a baker is welcome but early rising matters more. There is free bread, and Mondays are always off."""
HAMBURG = Place("Hamburg", "", "DE")


def post(source: str, number: int = 1, **values: object) -> Job:
    """A posting that its source sent and that was read."""
    known = {
        "external_id": str(number),
        "title": "Wind Turbine Technician",
        "company": "Windrose Power",
        "description": TEXT,
        "place": HAMBURG,
        **values,
    }
    upsert_jobs(source=source, postings=[JobPosting(**known)])  # type: ignore[arg-type]
    read_jobs(limit=100)
    return Job.objects.get(source=source, external_id=str(number))


def keys() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM jobs_fingerprintkey")
        return {key for (key,) in cursor.fetchall()}


def listed() -> set[Job]:
    return set(Job.objects.listed())


def test_a_copy_on_another_board_is_not_listed_again() -> None:
    own = post("windrose", url="https://jobs.windrosepower.example/1")
    copy = post("board", title="Wind Turbine Technician (m/f/d) - Hamburg", company="Windrose Power GmbH")
    assert listed() == {own, copy}, "before they were compared, both are there"
    stage(limit=10)
    assert listed() == {own}
    assert Listing.objects.get(job=copy).vacancy == Listing.objects.get(job=own).vacancy


def test_an_extract_with_the_town_in_another_language_is_the_same_vacancy() -> None:
    own = post("windrose", place=Place("Cologne", "", "DE"))
    post("board", description=TEXT[:500] + "…", is_snippet=True, place=Place("Köln"), company="WINDROSE POWER")
    stage(limit=10)
    assert listed() == {own}


def test_another_town_another_level_and_another_work_are_other_vacancies() -> None:
    jobs = {
        post("windrose", 1),
        post("windrose", 2, place=Place("Rostock", "", "DE")),
        post("windrose", 3, title="Senior Wind Turbine Technician"),
        post("windrose", 4, title="Baker", description=OTHER_TEXT),
    }
    stage(limit=10)
    assert listed() == jobs
    assert not Vacancy.objects.exists()


def test_rows_of_one_posting_in_several_places_stay_apart_and_each_has_its_own_copies() -> None:
    places = [Place("Hamburg", "", "DE"), Place("Rostock", "", "DE")]
    here = [post("windrose", number, place=place, group_key="W1") for number, place in enumerate(places)]
    for number, place in enumerate(places):
        post("board", number, place=place)
    stage(limit=10)
    assert listed() == set(here)
    assert Vacancy.objects.count() == 2


def test_the_employers_own_full_posting_is_shown_whichever_came_first() -> None:
    post("board", url="https://board.example/jobs/1")
    post("extracts", description=TEXT[:500], is_snippet=True, url="https://extracts.example/2")
    own = post("windrose", url="https://boards.greenhouse.io/windrosepower/jobs/1")
    stage(limit=10)
    assert listed() == {own}


def test_when_the_shown_posting_ends_the_next_one_takes_over_at_once_and_gives_way_when_it_is_back() -> None:
    now = timezone.now()
    own = post("windrose", expires_at=now + timedelta(hours=1), url="https://windrosepower.example/1")
    copy = post("board")
    post("extracts", description=TEXT[:500], is_snippet=True)
    stage(limit=10)
    assert listed() == {own}
    expire_due(now=now + timedelta(hours=2), limit=10)
    assert listed() == {copy}
    post("windrose", expires_at=now + timedelta(days=3), url="https://windrosepower.example/1")
    assert listed() == {own}


def test_when_the_shown_posting_is_deleted_the_next_one_takes_over_at_once() -> None:
    own, copy = post("windrose", url="https://windrosepower.example/1"), post("board")
    stage(limit=10)
    own.delete()
    assert listed() == {copy}
    heal()
    assert Vacancy.objects.count() == 1


def test_a_posting_that_changes_leaves_its_vacancy() -> None:
    own, copy = post("windrose"), post("board")
    stage(limit=10)
    post("board", title="Baker", description=OTHER_TEXT)
    stage(limit=10)
    assert listed() == {own, copy}
    assert not Vacancy.objects.exists()


def test_running_again_does_nothing_and_compares_nothing() -> None:
    post("windrose")
    post("board")
    assert stage(limit=10).done == 2
    before = list(Listing.objects.order_by("pk").values())
    assert stage(limit=10).claimed == 0
    group_jobs([job.pk for job in Job.objects.all()])
    assert list(Listing.objects.order_by("pk").values()) == before


def test_what_came_later_joins_and_one_that_shows_two_to_be_one_joins_them() -> None:
    first = post("board", description=TEXT[:420], is_snippet=True, company="")
    post("other-board", description=TEXT[-420:], is_snippet=True, company="", title="Technician for Turbines")
    stage(limit=10)
    assert Vacancy.objects.count() == 0, "beginning and end of a text have nothing in common"
    whole = post("windrose", url="https://windrosepower.example/1")
    stage(limit=10)
    assert whole in listed()
    assert first not in listed()


def test_people_can_say_that_postings_are_different_and_it_holds() -> None:
    own, copy = post("windrose"), post("board")
    stage(limit=10)
    assert keep_apart(jobs=[copy.pk], made_by=make_user()) == 1
    assert listed() == {own, copy}
    Job.objects.filter(pk=copy.pk).update(changed_at=timezone.now())
    stage(limit=10)
    assert listed() == {own, copy}
    third = post("third")
    stage(limit=10)
    assert Listing.objects.get(job=third).vacancy.listings.count() == 2, "it joins one of them, and does not join both"


def test_what_people_said_can_be_taken_back() -> None:
    own, copy = post("windrose"), post("board")
    stage(limit=10)
    keep_apart(jobs=[own.pk, copy.pk], made_by=None)
    assert listed() == {own, copy}
    forget_difference(DifferentJobs.objects.get())
    assert listed() == {own}


def test_a_hundred_postings_of_the_same_are_one_vacancy() -> None:
    for number in range(100):
        upsert_jobs(
            source="agency",
            postings=[JobPosting(str(number), "Welder", OTHER_TEXT, company="Northgate Staffing", place=HAMBURG)],
        )
    read_jobs(limit=200)
    stage(limit=200)
    assert Job.objects.listed().count() == 1
    assert Listing.objects.count() == 100


def test_keys_of_an_earlier_text_and_of_a_deleted_posting_are_forgotten() -> None:
    job = post("windrose")
    stage(limit=10)
    before = keys()
    post("windrose", title="Baker", description=OTHER_TEXT)
    stage(limit=10)
    assert JobFingerprint.objects.count() == 1
    assert keys()
    assert not before & keys()
    job.delete()
    assert not keys()


def test_what_nobody_elected_is_healed() -> None:
    own, _ = post("windrose", url="https://windrosepower.example/1"), post("board")
    stage(limit=10)
    Listing.objects.update(is_shown=False)
    assert listed() == set()
    stage(limit=10)
    assert listed() == {own}


@pytest.mark.django_db(transaction=True)
def test_two_workers_side_by_side_put_two_new_copies_together() -> None:
    jobs = [post("windrose"), post("board")]
    start = Barrier(2)

    def work(job: Job) -> None:
        start.wait()
        group_jobs([job.pk])
        connection.close()

    with ThreadPoolExecutor(2) as workers:
        list(workers.map(work, jobs))
    assert Job.objects.listed().count() == 1
    assert waiting_jobs(limit=10) == []


def test_two_openings_beside_each_other_in_one_source_are_both_listed() -> None:
    here = {
        post("windrose", 1, title="Rotor Technician - Day shift"),
        post("windrose", 2, title="Rotor Technician - Nights"),
    }
    post("board", title="Rotor Technician - Nights")
    stage(limit=10)
    assert listed() == here


@pytest.mark.parametrize("is_missed", [False, True])
def test_under_another_pay_it_is_posted_again_only_where_a_run_has_missed_the_earlier_one(is_missed: bool) -> None:
    first = post("windrose", 1, pay=Pay(Decimal(40_000), Decimal(45_000), "EUR"))
    stage(limit=10)
    Sighting.objects.filter(job=first).update(missed_since=timezone.now() if is_missed else None)
    again = post("windrose", 2, pay=Pay(Decimal(47_000), Decimal(52_000), "EUR"))
    stage(limit=10)
    assert (Vacancy.objects.count(), Listing.objects.filter(job=again).count()) == (is_missed, is_missed)
