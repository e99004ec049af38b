"""Search by Google Cloud Talent Solution: what it finds is ours, open and ranked by our scorer, or pgvector goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from cvmatch.core.http.figures import list_breakers
from cvmatch.core.places import Point
from ingestion.models import CV
from jobs.models import Job
from jobs.values import JobFilter, Pay, Place
from matching.models import JobVector, TalentPosting
from matching.ranking import rank
from matching.search import Side, get_search
from matching.search.google_talent import BREAKER, PAGES, GoogleTalentSearch
from matching.search.pgvector import PgvectorSearch
from matching.stages import sync_talent
from tests.support import CV_TEXT, JOB_TEXT, make_cv, make_job, work_until_idle
from tests.talent_server import TalentServer

# The service is never asked inside a transaction.
pytestmark = pytest.mark.django_db(transaction=True)

MODEL = "hashing-1"
BERLIN = Point(52.52, 13.405)


class StoppedClock:
    """Stands still until a test moves it on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def search(talent, settings, clock) -> Iterator[GoogleTalentSearch]:
    return GoogleTalentSearch(**settings.TALENT, clock=clock)


def stock(server: TalentServer) -> CV:
    """A CV of a data engineer, its jobs and others, all embedded and sent."""
    make_job("exact", "Data Engineer", JOB_TEXT)
    make_job("near", "Python Developer", "Python and SQL for a shop.", place=Place(city="Potsdam", country="DE"))
    make_job("far", "Data Engineer", "Python in the mountains.", place=Place(city="Bern", country="CH"))
    make_job("anywhere", "Data Analyst", "SQL from home.", place=Place(country="FR"), remote=True)
    make_job("other", "Pastry Chef", "Cakes.")
    cv = make_cv()
    work_until_idle()
    sync_talent(limit=1000)
    server.calls.clear()
    return cv


def found(search, cv: CV, limit: int = 100, only: JobFilter | None = None) -> set[str]:
    candidates = search.find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=limit, only=only).get(cv.pk, [])
    ids = [candidate.target_id for candidate in candidates]
    assert len(ids) == len(set(ids)) <= limit
    return set(Job.objects.filter(pk__in=ids).values_list("external_id", flat=True))


def test_the_setting_alone_leads_matching_there_and_our_scorer_ranks(talent, settings) -> None:
    cv = stock(talent)
    assert isinstance(get_search(), GoogleTalentSearch)
    ranked = rank(Side.JOBS_FOR_CV, [cv.pk], now=timezone.now(), top=10)[cv.pk]
    assert len(talent.asked("SearchJobs")) == 1
    found_there = [line.job_id for line in ranked.lines]
    assert set(found_there) == set(Job.objects.exclude(external_id="other").values_list("pk", flat=True))
    settings.SEARCH_BACKEND = "pgvector"
    get_search.cache_clear()
    here = rank(Side.JOBS_FOR_CV, [cv.pk], now=ranked.as_of, top=10)[cv.pk]
    assert ranked.lines == tuple(line for line in here.lines if line.job_id in found_there)


def test_what_it_finds_is_compared_as_pgvector_compares_it(search, talent) -> None:
    cv = stock(talent)
    there = search.find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=100)[cv.pk]
    here = {c.target_id: c for c in PgvectorSearch().find(Side.JOBS_FOR_CV, [cv.pk], model=MODEL, limit=100)[cv.pk]}
    assert there
    assert all(candidate == here[candidate.target_id] for candidate in there)


def test_only_title_and_skills_of_a_cv_are_sent_and_nobody_who_asks_is_told(search, talent) -> None:
    found(search, stock(talent))
    (asked,) = talent.asked("SearchJobs")
    sent = str(asked).lower()
    assert "data engineer" in sent
    for private in ("mara", "lindqvist", "example.com", "nordlicht", "uppsala", "berlin", "2019", "pipelines"):
        assert private in CV_TEXT.lower()
        assert private not in sent
    assert not asked.request_metadata.user_id
    assert not asked.request_metadata.session_id


def test_what_has_closed_here_meanwhile_is_dropped(search, talent) -> None:
    cv = stock(talent)
    Job.objects.filter(external_id="near").update(status="expired")
    assert len(talent.open_jobs) == 5
    assert found(search, cv) == {"exact", "far", "anywhere"}


def test_what_is_there_and_not_ours_is_dropped(search, talent) -> None:
    cv = stock(talent)
    TalentPosting.objects.filter(requisition_id="test:near").delete()
    assert found(search, cv) == {"exact", "far", "anywhere"}


def test_what_has_no_vectors_yet_is_dropped(search, talent) -> None:
    cv = stock(talent)
    JobVector.objects.filter(job__external_id="near").delete()
    assert found(search, cv) == {"exact", "far", "anywhere"}


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (JobFilter(countries=("DE",)), {"exact", "near"}),
        (JobFilter(countries=("DE", "CH")), {"exact", "near", "far"}),
        (JobFilter(cities=("Bern",)), {"far"}),
        (JobFilter(near=BERLIN, within_km=50), {"exact", "near", "anywhere"}),
        (JobFilter(near=BERLIN, within_km=5), {"exact", "anywhere"}),
        (JobFilter(remote=True), {"anywhere"}),
        (JobFilter(remote=False), {"exact", "near", "far"}),
        (JobFilter(sources=("elsewhere",)), set()),
    ],
)
def test_a_filter_keeps_there_what_it_keeps_here(search, talent, only, expected) -> None:
    assert found(search, stock(talent), only=only) == expected
    assert talent.asked("SearchJobs")


def test_types_of_employment_and_ages_are_filtered_there(search, talent) -> None:
    now = timezone.now()
    make_job("new", "Data Engineer", "Python", employment_type="Part-time", posted_at=now - timedelta(days=1))
    make_job("old", "Data Engineer", "Python", employment_type="Part-time", posted_at=now - timedelta(days=9))
    make_job("undated", "Data Engineer", "Python", employment_type="Part-time")
    cv = stock(talent)
    assert found(search, cv, only=JobFilter(employment_types=("part_time",))) == {"new", "old", "undated"}
    assert found(search, cv, only=JobFilter(posted_within_days=3)) == {"new"}


def stock_with_pay(server: TalentServer) -> CV:
    """25 jobs alike, of which the last three in the order of the service pay something."""
    for number in range(25):
        pay = Pay(Decimal(50_000), None, "EUR") if number >= 22 else None
        make_job(f"{number:02}", "Data Engineer", "Python and SQL.", pay=pay)
    cv = make_cv()
    work_until_idle()
    sync_talent(limit=1000)
    server.jobs = dict(sorted(server.jobs.items(), key=lambda named: named[1].requisition_id))
    server.calls.clear()
    return cv


PAYING = JobFilter(pay_from=Decimal(40_000), currency="EUR")


def test_pages_are_read_until_enough_is_kept(search, talent, monkeypatch) -> None:
    monkeypatch.setattr("matching.search.google_talent.client.FOUND_AT_ONCE", 10)
    cv = stock_with_pay(talent)
    assert len(found(search, cv, limit=15)) == 15
    assert len(talent.asked("SearchJobs")) == 2
    assert len(found(search, cv, only=PAYING)) == 3
    assert len(talent.asked("SearchJobs")) == 2 + 3


def test_not_every_page_of_a_long_answer_is_read(search, talent, monkeypatch) -> None:
    monkeypatch.setattr("matching.search.google_talent.client.FOUND_AT_ONCE", 2)
    cv = stock_with_pay(talent)
    assert len(found(search, cv, only=PAYING)) == 3  # by pgvector: the pages that were read had none
    assert len(talent.asked("SearchJobs")) == PAGES


# Where the service cannot help


def test_while_it_is_down_pgvector_answers_and_after_two_failures_it_is_left_alone(search, talent, clock) -> None:
    cv = stock(talent)
    expected = found(PgvectorSearch(), cv)
    talent.failures["SearchJobs"] = ["UNAVAILABLE", "PERMISSION_DENIED"]
    for asked in (1, 2, 2, 2):
        assert found(search, cv) == expected
        assert len(talent.asked("SearchJobs")) == asked
    (state,) = list_breakers(clock)
    assert (state.source, state.state, state.failures) == (BREAKER, "open", 2)
    assert "PermissionDenied" in state.reason
    clock.sleep(61)
    assert found(search, cv) == {"exact", "near", "far", "anywhere"} != expected
    assert list_breakers(clock)[0].state == "closed"


def test_a_server_that_is_gone_costs_nobody_their_list(search, talent) -> None:
    cv = stock(talent)
    talent.close()
    assert found(search, cv) == found(PgvectorSearch(), cv)


def test_a_question_that_it_refuses_is_answered_by_pgvector_and_is_no_failure(search, talent, clock) -> None:
    cv = stock(talent)
    talent.failures["SearchJobs"] = ["INVALID_ARGUMENT"] * 5
    for _ in range(5):
        assert found(search, cv) == found(PgvectorSearch(), cv)
    assert all(state.state == "closed" for state in list_breakers(clock))


def test_candidates_for_a_job_are_found_here(search, talent) -> None:
    cv, job = stock(talent), Job.objects.get(external_id="exact")
    (candidate,) = search.find(Side.CVS_FOR_JOB, [job.pk], model=MODEL, limit=5)[job.pk]
    assert candidate.target_id == cv.pk
    assert talent.asked("SearchJobs") == []


def test_a_cv_without_title_and_skills_is_searched_here_and_the_others_there(search, talent) -> None:
    cv, mute = stock(talent), make_cv("Nothing of note.\n")
    work_until_idle()
    both = search.find(Side.JOBS_FOR_CV, [cv.pk, mute.pk], model=MODEL, limit=100)
    assert len(talent.asked("SearchJobs")) == 1
    assert both[cv.pk]
    assert both[mute.pk]


def test_an_empty_catalogue_is_no_reason_for_an_empty_list(search, talent) -> None:
    make_job()
    cv = make_cv()
    work_until_idle()
    assert talent.jobs == {}
    assert found(search, cv) == {"1"}


def test_in_a_transaction_nothing_is_asked(search, talent) -> None:
    cv = stock(talent)
    with transaction.atomic():
        assert found(search, cv) == found(PgvectorSearch(), cv)
    assert talent.asked("SearchJobs") == []


# What every backend promises


def test_a_subject_without_vectors_or_targets_is_found_nothing_and_hurts_nobody(search, talent) -> None:
    cv = stock(talent)
    both = search.find(Side.JOBS_FOR_CV, [cv.pk, 10**9], model=MODEL, limit=5)
    assert both[cv.pk]
    assert not both.get(10**9)
    assert not search.find(Side.JOBS_FOR_CV, [cv.pk], model="another model", limit=5).get(cv.pk)
    assert not search.find(Side.JOBS_FOR_CV, [], model=MODEL, limit=5)


def test_a_filter_of_jobs_cannot_choose_among_cvs(search) -> None:
    with pytest.raises(ValueError, match="cannot choose"):
        search.find(Side.CVS_FOR_JOB, [1], model=MODEL, limit=5, only=JobFilter(countries=("DE",)))
