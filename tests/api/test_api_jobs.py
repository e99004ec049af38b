"""Jobs over HTTP: list, search, one, push."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from ingestion.models import Source
from jobs.models import Job, Listing, Vacancy
from jobs.services import upsert_jobs
from jobs.values import JobPosting, Pay
from matching.models import JobVector
from tests.support import JOB_TEXT, make_job, work_until_idle

pytestmark = pytest.mark.django_db


def push(client: Client, *jobs: dict, query: str = "?source=acme"):
    return client.post(f"/api/v1/jobs{query}", json.dumps(jobs), content_type="application/json")


def walk(client: Client, address: str | None) -> list[int]:
    seen = []
    while address:
        page = client.get(address).json()
        seen += [job["id"] for job in page["items"]]
        address = page["next"]
    return seen


def test_paging_visits_each_open_job_once_newest_first(as_user) -> None:
    made = [make_job(str(number)).pk for number in range(7)]
    make_job("closed", expires_at=timezone.now() - timedelta(days=1))
    assert walk(as_user("candidate"), "/api/v1/jobs?limit=3") == made[::-1]


def test_a_job_that_comes_in_while_somebody_pages_moves_no_page(as_user) -> None:
    made = [make_job(str(number)).pk for number in range(4)]
    first = as_user("candidate").get("/api/v1/jobs?limit=2").json()
    make_job("late")
    assert walk(as_user("candidate"), first["next"]) == made[1::-1]


def test_search_finds_words_in_title_company_and_text_and_keeps_them_while_paging(as_user) -> None:
    a = make_job("1", "Data Engineer", "We love Kafka streams.")
    b = make_job("2", "Kafka Administrator", "Brokers.")
    make_job("3", "Nurse", "Wards.")
    assert walk(as_user("candidate"), "/api/v1/jobs?q=kafka&limit=1") == [b.pk, a.pk]
    assert walk(as_user("candidate"), "/api/v1/jobs?q=kafka+-brokers") == [a.pk]
    assert walk(as_user("candidate"), "/api/v1/jobs?q=nothinglikeit") == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=many", "cursor=x", f"q={'x' * 201}"])
def test_a_wrong_parameter_is_named(query: str, as_user) -> None:
    answer = as_user("candidate").get(f"/api/v1/jobs?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert query.partition("=")[0] in answer.json()["detail"]


@pytest.mark.parametrize("query", ["q=%00", "q='%22(|!)\\"])
def test_odd_but_valid_parameters_find_what_they_find(query: str, as_user) -> None:
    make_job()
    assert as_user("candidate").get(f"/api/v1/jobs?{query}").status_code == 200


def test_one_job_comes_with_its_text_and_what_it_asks_for(as_user) -> None:
    job = make_job()
    shown = as_user("candidate").get(f"/api/v1/jobs/{job.pk}").json()
    assert shown["description"] == job.description
    for skill in shown["requirements"]["skills"]:
        if skill["start"] is not None:
            assert job.description[skill["start"] : skill["end"]]
    assert as_user("candidate").get("/api/v1/jobs/999999").status_code == 404
    assert as_user("candidate").get(f"/api/v1/jobs/{10**30}").status_code == 404


def test_a_job_says_all_that_its_source_says_of_it(as_user) -> None:
    pay = Pay(Decimal(40_000), Decimal(50_000), "GBP", estimated=True)
    posting = JobPosting("1", "Cook", "We…", hybrid=True, categories=("Kitchen", "Food"), is_snippet=True, pay=pay)
    upsert_jobs(source="board", postings=[posting])
    client, job = as_user("candidate"), Job.objects.get()
    for shown in (client.get("/api/v1/jobs").json()["items"][0], client.get(f"/api/v1/jobs/{job.pk}").json()):
        assert (shown["hybrid"], shown["is_snippet"], shown["salary_estimated"]) == (True, True, True)
        assert (shown["categories"], shown["sources"], shown["attribution"]) == (["Kitchen", "Food"], ["board"], "")


def test_a_job_says_where_it_stands_and_whom_to_name(as_user) -> None:
    for source in ("board", "adzuna-uk", "other", "over"):
        upsert_jobs(source=source, postings=[JobPosting("1", "Cook", "Text")])
    Source.objects.create(name="adzuna-uk", kind="adzuna")
    Job.objects.filter(source="over").update(status="expired")
    shown = Job.objects.get(source="adzuna-uk")
    vacancy = Vacancy.objects.create()
    for job in Job.objects.exclude(source="other"):
        Listing.objects.create(job=job, vacancy=vacancy, is_shown=job == shown)
    client = as_user("candidate")
    items = {job["source"]: job for job in client.get("/api/v1/jobs").json()["items"]}
    assert set(items) == {"adzuna-uk", "other"}
    assert items["adzuna-uk"]["sources"] == ["adzuna-uk", "board"]
    assert (items["adzuna-uk"]["attribution"], items["other"]["attribution"]) == ("Jobs by Adzuna", "")
    one = client.get(f"/api/v1/jobs/{shown.pk}").json()
    assert (one["sources"], one["attribution"]) == (["adzuna-uk", "board"], "Jobs by Adzuna")
    assert [job["id"] for job in client.get("/api/v1/jobs?source=board").json()["items"]] == [shown.pk]
    with CaptureQueriesContext(connection) as few:
        client.get("/api/v1/jobs?limit=1")
    with CaptureQueriesContext(connection) as more:
        client.get("/api/v1/jobs?limit=2")
    assert len(more) == len(few)


def test_a_push_creates_updates_and_leaves_alone(as_user) -> None:
    client = as_user("recruiter")
    one = {"external_id": "1", "title": "Data Engineer", "description": JOB_TEXT, "city": "Berlin", "country": "DE"}
    two = {"external_id": "2", "title": "Nurse"}
    assert push(client, one, two).json() == {"created": 2, "updated": 0, "unchanged": 0, "failed": 0}
    changed = {**two, "title": "Senior Nurse"}
    assert push(client, one, changed).json() == {"created": 0, "updated": 1, "unchanged": 1, "failed": 0}
    assert Job.objects.get(source="acme", external_id="2").title == "Senior Nurse"
    assert push(client, one, query="").json()["created"] == 1  # another source has ids of its own


def test_pushed_jobs_are_embedded_on_the_spot(as_user) -> None:
    push(as_user("recruiter"), {"external_id": "1", "title": "Nurse", "description": "Wards."})
    assert OrmQ.objects.get().key == "interactive"
    work_until_idle()
    assert JobVector.objects.count() == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": None}, "title"),
        ({"external_id": "x" * 191}, "external_id"),
        ({"country": "Germany"}, "country"),
        ({"salary_min": -1}, "salary_min"),
        ({"salary_period": "FORTNIGHT"}, "salary_period"),
        ({"latitude": 91}, "latitude"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"posted_at": "yesterday"}, "posted_at"),
        ({"title": "  "}, "title"),
    ],
)
def test_a_push_that_is_not_valid_stores_nothing_and_names_the_row_and_the_field(change, field, as_user) -> None:
    good = {"external_id": "1", "title": "Nurse"}
    answer = push(as_user("recruiter"), good, {"external_id": "2", "title": "Cook", **change})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert any(error["field"].endswith(f"1.{field}") for error in answer.json()["errors"]), answer.json()
    assert Job.objects.count() == 0


def test_a_push_of_too_many_or_to_a_strange_source_is_refused(as_user) -> None:
    many = [{"external_id": str(number), "title": "Nurse"} for number in range(501)]
    assert push(as_user("recruiter"), *many).status_code == 422
    assert push(as_user("recruiter"), query="?source=a/b").status_code == 422
    assert as_user("recruiter").post("/api/v1/jobs", "{not json", content_type="application/json").status_code in {
        400,
        422,
    }


def test_what_is_pushed_is_cleaned(as_user) -> None:
    text = "<h2>About</h2><script>steal()</script><ul><li onclick='x()'>SQL</li></ul>"
    job = {"external_id": "1", "title": "Data\x00 Engineer", "description": text, "company": "A\x00cme"}
    job |= {"salary_min": 70000, "salary_max": 50000, "salary_currency": "EUR", "url": "https://example.com/1"}
    assert push(as_user("recruiter"), job).json()["created"] == 1
    stored = Job.objects.get()
    assert (stored.title, stored.company) == ("Data Engineer", "Acme")
    assert "script" not in stored.description_html
    assert "onclick" not in stored.description_html
    assert stored.description == "About\n- SQL"
    assert (stored.salary_min, stored.salary_max, stored.repairs) == (50000, 70000, ["salary bounds swapped"])


def test_half_a_surrogate_pair_is_refused_and_not_stored(as_user) -> None:
    answer = push(as_user("recruiter"), {"external_id": "1", "title": "Nurse \ud83d"})
    assert (answer.status_code, Job.objects.count()) == (422, 0)
    assert "title" in answer.json()["detail"]


def test_dates_without_a_zone_are_taken_as_utc(as_user) -> None:
    job = {"external_id": "1", "title": "Nurse", "posted_at": "2026-01-05T08:00:00", "expires_at": "2026-02-05"}
    assert push(as_user("recruiter"), job).status_code == 200
    stored = Job.objects.get()
    assert stored.posted_at.isoformat() == "2026-01-05T08:00:00+00:00"
    assert stored.expires_at.isoformat() == "2026-02-05T00:00:00+00:00"


def test_a_recruiter_closes_a_job_and_opens_it_again(as_user) -> None:
    job = make_job()
    client = as_user("recruiter")
    address = f"/api/v1/jobs/{job.pk}"
    closed = client.post(f"{address}/close").json()
    assert (closed["status"], closed["closed_by"]) == ("expired", "recruiter")
    assert closed["closed_at"]
    assert client.get("/api/v1/jobs").json()["items"] == []
    assert client.get(address).json()["status"] == "expired"
    assert client.post(f"{address}/close").json() == closed
    opened = client.post(f"{address}/open").json()
    assert opened == {"id": job.pk, "status": "active", "closed_by": None, "closed_at": None}
    assert len(client.get("/api/v1/jobs").json()["items"]) == 1
    Job.objects.update(status="expired", ended_at=timezone.now())
    refused = client.post(f"{address}/open")
    assert (refused.status_code, refused.json()["type"]) == (409, "/docs/errors#conflict")
