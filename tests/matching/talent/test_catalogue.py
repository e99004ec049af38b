"""The catalogue at Google Cloud Talent Solution follows our open jobs, through batches, refusals, quotas and outages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cvmatch.core import pace
from cvmatch.core.models import Status
from cvmatch.core.stages import retry_failed
from jobs.models import Job
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Pay, Place
from matching import catalogue
from matching.models import TalentCompany, TalentPosting
from matching.search.google_talent.placing import Held
from matching.stages import sync_talent
from tests.support import make_job

pytestmark = pytest.mark.django_db


def make_jobs(count: int, **values: object) -> None:
    values.setdefault("company", "Crust & Crumb")
    upsert_jobs(
        source="test",
        postings=[
            JobPosting(external_id=f"{number:03}", title="Baker", description=f"Bread, oven {number}.", **values)  # type: ignore[arg-type]
            for number in range(count)
        ],
    )


def sync() -> str:
    """One run of the stage; returns what its ledger line says."""
    return sync_talent(limit=10_000).error


def let_time_pass() -> None:
    """Whatever waits for a moment need not wait any longer."""
    past = timezone.now() - timedelta(seconds=1)
    TalentPosting.objects.filter(queued_until__isnull=False).update(queued_until=past)
    TalentPosting.objects.filter(retry_at__isnull=False).update(retry_at=past)
    retry_failed(limit=1000)


def states() -> dict[str, str]:
    return dict(TalentPosting.objects.values_list("requisition_id", "status"))


def test_nothing_is_sent_and_nothing_is_noted_where_search_is_by_pgvector(talent, settings) -> None:
    settings.SEARCH_BACKEND = "pgvector"
    make_jobs(3)
    sync()
    assert talent.calls == []
    assert not TalentPosting.objects.exists()


def test_an_open_job_stands_there_as_anyone_may_read_it(talent) -> None:
    job = make_job(
        "7",
        "Bread Baker",
        "Rolls <and> loaves.",
        company="Crust & Crumb",
        place=Place(city="Berlin", region="BE", country="DE"),
        remote=True,
        employment_type="Part-time",
        url="https://crumb.example/7",
        posted_at=datetime(2026, 3, 1, tzinfo=UTC),
        expires_at=timezone.now() + timedelta(days=9),
    )
    sync()
    (there,) = talent.jobs.values()
    assert (there.requisition_id, there.title, there.description) == ("test:7", "Bread Baker", "Rolls <and> loaves.")
    assert list(there.addresses) == ["Berlin, BE, Germany"]
    assert there.posting_region.name == "TELECOMMUTE"
    assert [kind.name for kind in there.employment_types] == ["PART_TIME"]
    assert list(there.application_info.uris) == ["https://crumb.example/7"]
    assert there.posting_publish_time == job.posted_at
    assert there.posting_expire_time == job.expires_at
    company = talent.companies[there.company]
    assert (company.external_id, company.display_name) == ("crust & crumb", "Crust & Crumb")
    row = TalentPosting.objects.get()
    assert (row.name, row.job, row.status, row.company_id) == (there.name, job, Status.COMPLETED, "crust & crumb")


def test_jobs_are_sent_and_taken_away_in_batches_of_a_hundred(talent, monkeypatch) -> None:
    monkeypatch.setattr(pace, "CHUNK_S", 3600.0)  # however slow the machine is
    make_jobs(230)
    sync()
    assert [len(request.jobs) for request in talent.asked("BatchCreateJobs")] == [100, 100, 30]
    assert len(talent.asked("CreateCompany")) == 1
    Job.objects.update(status="expired")
    sync()
    assert [len(request.names) for request in talent.asked("BatchDeleteJobs")] == [100, 100, 30]
    assert talent.jobs == {}
    assert not TalentPosting.objects.exists()


def test_a_second_run_sends_nothing_again(talent) -> None:
    make_jobs(3)
    sync()
    before = len(talent.calls)
    sync()
    assert len(talent.calls) == before


def test_a_changed_job_is_updated_where_it_stands(talent) -> None:
    make_jobs(3)
    sync()
    names = {job.requisition_id: name for name, job in talent.jobs.items()}
    upsert_jobs(
        source="test",
        postings=[JobPosting(external_id="001", title="Head Baker", description="Bread.", company="Crust & Crumb")],
    )
    sync()
    (request,) = talent.asked("BatchUpdateJobs")
    assert [job.name for job in request.jobs] == [names["test:001"]]
    assert talent.open_jobs["test:001"].title == "Head Baker"
    assert len(talent.jobs) == 3


def test_what_is_read_from_the_text_later_is_sent_too(talent) -> None:
    make_jobs(1)
    sync()
    Job.objects.update(employment_type="part_time", remote=True)
    sync()
    there = talent.open_jobs["test:000"]
    assert [kind.name for kind in there.employment_types] == ["PART_TIME"]
    assert there.posting_region.name == "TELECOMMUTE"


def test_a_closed_job_and_one_that_is_gone_are_taken_away(talent) -> None:
    make_jobs(3)
    sync()
    Job.objects.filter(external_id="000").update(status="expired")
    Job.objects.filter(external_id="001").delete()
    sync()
    assert set(talent.open_jobs) == {"test:002"} == set(states())


def test_a_job_that_opens_again_before_it_was_taken_away_stays(talent) -> None:
    make_jobs(1)
    sync()
    Job.objects.update(status="expired")
    catalogue.plan()
    Job.objects.update(status="active")
    sync()
    assert set(talent.open_jobs) == {"test:000"}
    assert talent.asked("BatchDeleteJobs") == []


def test_what_is_there_already_is_updated_instead_of_created_twice(talent) -> None:
    make_jobs(7)
    sync()
    names = set(talent.jobs)
    TalentPosting.objects.all().delete()  # as after a new start with another database
    TalentCompany.objects.all().delete()
    for there in (*talent.jobs.values(), *talent.companies.values()):
        setattr(there, "title" if there.name in names else "display_name", "As it was called before")
    sync()
    assert set(talent.jobs) == names
    assert {job.title for job in talent.jobs.values()} == {"Baker"}
    assert [company.display_name for company in talent.companies.values()] == ["Crust & Crumb"]
    assert set(TalentPosting.objects.values_list("name", flat=True)) == names
    assert set(states().values()) == {Status.COMPLETED}


def test_what_is_not_there_any_more_is_created_instead_of_updated(talent) -> None:
    make_jobs(3)
    sync()
    talent.jobs.clear()
    make_jobs(3, place=Place(city="Bern", country="CH"))
    sync()
    assert len(talent.open_jobs) == 3
    assert set(TalentPosting.objects.values_list("name", flat=True)) == set(talent.jobs)


def test_a_company_that_was_deleted_there_is_made_again(talent) -> None:
    make_jobs(2)
    sync()
    talent.jobs.clear()
    talent.companies.clear()
    make_jobs(2, place=Place(city="Bern", country="CH"))
    sync()
    assert set(states().values()) == {Status.FAILED}
    let_time_pass()
    sync()
    assert len(talent.open_jobs) == 2
    assert set(states().values()) == {Status.COMPLETED}


def test_a_job_of_another_company_moves_there(talent) -> None:
    make_jobs(2)
    sync()
    make_jobs(1, company="Rye Works")
    sync()
    company = talent.companies[talent.open_jobs["test:000"].company]
    assert company.display_name == "Rye Works"
    assert len(talent.jobs) == 2


def test_a_company_without_jobs_goes_after_a_while(talent) -> None:
    make_jobs(1)
    sync()
    Job.objects.update(status="expired")
    sync()
    assert len(talent.companies) == 1
    TalentCompany.objects.update(made_at=timezone.now() - timedelta(hours=2))
    sync()
    assert talent.companies == {}
    assert not TalentCompany.objects.exists()


def test_a_company_that_still_has_jobs_there_is_kept_and_stops_nothing(talent) -> None:
    make_jobs(1)
    sync()
    TalentPosting.objects.all().delete()
    Job.objects.update(status="expired")
    TalentCompany.objects.update(made_at=timezone.now() - timedelta(hours=2))
    sync()
    assert len(talent.companies) == 1
    assert TalentCompany.objects.exists()


def test_a_posting_is_renewed_before_it_would_end_there(talent) -> None:
    make_jobs(2)
    sync()
    TalentPosting.objects.filter(requisition_id="test:000").update(placed_at=timezone.now() - timedelta(days=26))
    sync()
    (request,) = talent.asked("BatchUpdateJobs")
    assert [job.requisition_id for job in request.jobs] == ["test:000"]
    sync()
    assert len(talent.asked("BatchUpdateJobs")) == 1


# Quotas


def make_jobs_of_days() -> list[str]:
    """From best to worst: the newest day first, of a day those that say more."""
    day = datetime(2026, 3, 1, 12, tzinfo=UTC)
    said = {"pay": Pay(None, None, "EUR"), "place": Place(city="Bern", country="CH")}
    rows = [
        ("old-rich", day - timedelta(days=2), said),
        ("new-poor", day, {}),
        ("new-rich", day - timedelta(hours=5), said),
        ("undated", None, said),
    ]
    for name, posted, values in rows:
        make_job(name, "Baker", "Bread.", company="Crust & Crumb", posted_at=posted, **{"place": Place(), **values})
    return ["test:new-rich", "test:new-poor", "test:old-rich", "test:undated"]


def test_where_the_quota_ends_the_best_stand_there_and_the_rest_waits_for_the_next_day(talent) -> None:
    best = make_jobs_of_days()
    talent.quota = 2  # a company and a job
    assert sync().startswith("The service takes no more until 20")
    assert set(talent.open_jobs) == {best[0]}
    waiting = TalentPosting.objects.filter(status=Status.PENDING)
    assert {row.requisition_id for row in waiting} == set(best[1:])
    now = timezone.now()
    assert all(row.queued_until and now < row.queued_until <= now + timedelta(days=1) for row in waiting)
    assert {row.attempts for row in waiting} == {0}


def test_nothing_more_is_asked_that_day_and_new_jobs_wait_too(talent) -> None:
    make_jobs_of_days()
    talent.quota = 3
    sync()
    talent.quota = None
    make_jobs(2)
    before = len(talent.calls)
    assert sync().startswith("The service takes no more until 20")
    assert len(talent.calls) == before
    assert sorted(states().values()) == [Status.COMPLETED] * 2 + [Status.PENDING] * 4


def test_on_the_next_day_the_rest_is_sent_best_first(talent) -> None:
    best = make_jobs_of_days()
    talent.quota = 2
    sync()
    make_job("newest", company="Crust & Crumb", posted_at=timezone.now())
    talent.quota = None
    let_time_pass()
    assert sync() == ""
    assert [job.requisition_id for job in talent.asked("BatchCreateJobs")[-1].jobs] == ["test:newest", *best[1:]]
    assert len(talent.open_jobs) == 5


@pytest.mark.parametrize("method", ["BatchCreateJobs", "CreateCompany"])
def test_a_call_that_the_quota_refuses_holds_everything_back(talent, method) -> None:
    make_jobs(250)
    talent.failures[method] = ["RESOURCE_EXHAUSTED"]
    sync()
    assert len(talent.asked("BatchCreateJobs")) <= 1
    assert talent.jobs == {}
    assert set(states().values()) == {Status.PENDING}
    let_time_pass()
    sync()
    assert len(talent.open_jobs) == 250


def test_a_quota_of_a_minute_does_not_cost_a_day(talent) -> None:
    make_jobs(2)
    talent.failures["BatchCreateJobs"] = ["RESOURCE_EXHAUSTED PerMinute"]
    sync()
    until = catalogue.held_until()
    assert until is not None
    assert until <= timezone.now() + catalogue.PAUSE


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 1, 7, 59, tzinfo=UTC), datetime(2026, 3, 1, 8, tzinfo=UTC)),
        (datetime(2026, 3, 1, 8, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), datetime(2027, 1, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_new_day_begins_when_it_has_begun_in_california(now, expected) -> None:
    assert catalogue.next_day(now) == expected


# Failures


@pytest.mark.parametrize(
    "code", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"]
)
def test_while_the_service_cannot_be_asked_all_wait_and_no_attempt_is_used_up(talent, code) -> None:
    make_jobs(250)
    talent.failures["BatchCreateJobs"] = [code]
    assert sync().startswith("The service takes no more until 20")
    assert len(talent.asked("BatchCreateJobs")) == 1
    assert set(states().values()) == {Status.PENDING}
    until = catalogue.held_until()
    assert until is not None
    assert until <= timezone.now() + catalogue.PAUSE
    let_time_pass()
    sync()
    assert len(talent.open_jobs) == 250


@pytest.mark.parametrize("nameless", [False, True])
def test_of_a_batch_that_fails_in_part_the_rest_is_done(talent, nameless) -> None:
    make_jobs(6)
    talent.nameless = nameless
    talent.item_failures = {"test:001": "INVALID_ARGUMENT", "test:004": "UNAVAILABLE"}
    sync()
    assert set(talent.open_jobs) == {"test:000", "test:002", "test:003", "test:005"}
    there = dict(TalentPosting.objects.exclude(name="").values_list("requisition_id", "name"))
    assert there == {job.requisition_id: name for name, job in talent.jobs.items()}
    assert {key for key, status in states().items() if status == Status.FAILED} == {"test:001", "test:004"}
    if not nameless:  # else nobody can say which of the two it was
        refused = TalentPosting.objects.get(requisition_id="test:001")
        assert refused.error.startswith("Google Cloud Talent Solution: INVALID_ARGUMENT.")
        assert refused.retry_at is None
    talent.item_failures, talent.nameless = {}, False
    TalentPosting.objects.update(retry_at=timezone.now())
    let_time_pass()
    sync()
    assert len(talent.open_jobs) == 6


def test_what_was_refused_is_sent_again_once_it_says_something_else(talent) -> None:
    make_jobs(1)
    talent.item_failures = {"test:000": "INVALID_ARGUMENT"}
    sync()
    before = len(talent.calls)
    let_time_pass()
    sync()
    assert len(talent.calls) == before
    talent.item_failures = {}
    make_jobs(1, place=Place(city="Bern", country="CH"))
    sync()
    assert set(talent.open_jobs) == {"test:000"}


def test_one_job_that_spoils_a_whole_call_is_found_by_sending_each_alone(talent) -> None:
    make_jobs(4)
    talent.failures["BatchCreateJobs"] = ["INVALID_ARGUMENT", "", "INVALID_ARGUMENT"]
    sync()
    assert sorted(states().values()) == [Status.COMPLETED] * 3 + [Status.FAILED]
    assert len(talent.open_jobs) == 3


def test_a_batch_may_take_its_time(talent) -> None:
    make_jobs(3)
    talent.polls = 2
    sync()
    assert len(talent.asked("GetOperation")) == 3
    assert set(states().values()) == {Status.COMPLETED}


def test_a_batch_that_ends_after_we_stopped_waiting_is_taken_over_by_the_next_run(talent, settings) -> None:
    make_jobs(3)
    talent.polls = 1000
    settings.TALENT = {**settings.TALENT, "operation_timeout_s": 0.3}
    sync()
    assert set(states().values()) == {Status.PENDING}
    names, talent.polls = set(talent.jobs), 0
    let_time_pass()
    sync()
    assert set(talent.jobs) == names == set(TalentPosting.objects.values_list("name", flat=True))


def test_without_credentials_all_wait_and_it_is_said_why(talent, settings, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "gone.json"))
    settings.TALENT = {**settings.TALENT, "endpoint": "", "project": "nobody"}
    make_jobs(2)
    catalogue.plan()
    outcomes = catalogue.place(TalentPosting.objects.all())
    reason = "Google Cloud Talent Solution cannot be asked: DefaultCredentialsError."
    assert outcomes == [Held(quota=False, reason=reason)] * 2


def test_operators_see_each_posting_in_the_admin(talent, admin_client) -> None:
    make_jobs(2)
    talent.item_failures = {"test:001": "INVALID_ARGUMENT"}
    sync()
    listed = admin_client.get("/admin/matching/talentposting/")
    assert b"INVALID_ARGUMENT" in listed.content
    row = TalentPosting.objects.get(requisition_id="test:000")
    assert row.name in admin_client.get(f"/admin/matching/talentposting/{row.pk}/change/").content.decode()
    assert b"crust &amp; crumb" in admin_client.get("/admin/matching/talentcompany/").content
    assert b"sync_talent" in admin_client.get("/operations/pipeline/").content
