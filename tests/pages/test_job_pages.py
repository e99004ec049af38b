"""The list of jobs with its search, and one posting."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from jobs.models import DifferentJobs, Job
from jobs.selectors import list_jobs
from jobs.services import upsert_jobs
from jobs.stages import group_jobs, read_jobs
from jobs.vacancies import find_vacancy
from jobs.values import JobPosting, Pay, Place
from tests.support import JOB_TEXT, make_job

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return re.findall(r'data-row href="/jobs/\d+/">([^<]+)<', page)


def test_the_search_finds_jobs_while_the_last_word_is_still_being_typed(as_: Callable[[str], Client]) -> None:
    make_job("1", title="Data Engineer", text="Pipelines in Python.")
    make_job("2", title="Nurse", text="Care on the ward.")
    client = as_("recruiter")
    for words in ("data engineer", "engin", "pyth", "pipelines pyth"):
        assert titles(client.get("/jobs/", {"q": words}).content.decode()) == ["Data Engineer"], words
    assert titles(client.get("/jobs/", {"q": '"ward care"'}).content.decode()) == []
    assert titles(client.get("/jobs/", {"q": "care -ward"}).content.decode()) == []


@pytest.mark.parametrize("words", ["'", "a & | ! :*", "\\", "()", "the", "%", "\x00", "<x>"])
def test_whatever_is_typed_is_a_search_and_not_an_error(as_: Callable[[str], Client], words: str) -> None:
    make_job()
    assert as_("recruiter").get("/jobs/", {"q": words, "place": words}).status_code == 200


def test_place_and_remote_narrow_the_list(as_: Callable[[str], Client]) -> None:
    make_job("1", title="Here", place=Place(city="Berlin", country="DE"))
    make_job("2", title="There", place=Place(city="Paris", country="FR"), remote=True)
    client = as_("candidate")
    assert titles(client.get("/jobs/?place=berl").content.decode()) == ["Here"]
    assert titles(client.get("/jobs/?place=fr").content.decode()) == ["There"]
    assert titles(client.get("/jobs/?remote=1").content.decode()) == ["There"]


def test_pages_of_the_list_follow_each_other_without_gaps_newest_first_and_undated_last() -> None:
    now = timezone.now()
    for number in range(7):
        # Two postings of the same moment, and two without a date.
        posted = None if number < 2 else now - timedelta(days=number // 2)
        make_job(str(number), title=f"Job {number}", posted_at=posted)
    seen: list[str] = []
    after = ""
    for _ in range(4):
        page = list_jobs(after=after, limit=2)
        seen += [job.title for job in page.rows]
        after = page.next
    assert after == ""
    assert seen == ["Job 3", "Job 2", "Job 5", "Job 4", "Job 6", "Job 1", "Job 0"]


def test_an_address_of_a_page_that_we_did_not_make_is_refused(as_: Callable[[str], Client]) -> None:
    with pytest.raises(InvalidInput):
        list_jobs(after="yesterday~x")
    assert as_("recruiter").get("/jobs/?after=yesterday~x").status_code == 422


def test_htmx_gets_the_rows_alone(as_: Callable[[str], Client]) -> None:
    make_job()
    page = as_("recruiter").get("/jobs/?q=data", headers={"HX-Request": "true", "HX-Target": "jobs"}).content.decode()
    assert "<html" not in page
    assert titles(page) == ["Data Engineer"]


def test_closed_jobs_are_not_listed_and_say_so_on_their_page(as_: Callable[[str], Client]) -> None:
    job = make_job()
    Job.objects.update(status=Job.Status.EXPIRED)
    client = as_("recruiter")
    assert "No jobs yet" in client.get("/jobs/").content.decode()
    assert "This job is closed." in client.get(f"/jobs/{job.pk}/").content.decode()


def test_a_posting_shows_what_it_asks_for_and_its_text(as_: Callable[[str], Client]) -> None:
    job = make_job(
        pay=Pay(Decimal(70000), Decimal(85000), "EUR", "YEAR"),
        description_html="<p>We build a <b>data platform</b>.</p>",
    )
    page = as_("candidate").get(f"/jobs/{job.pk}/").content.decode()
    assert "<p>We build a <b>data platform</b>.</p>" in page
    assert "3 years or more" in page
    assert "Kubernetes" in page
    assert "70\u202f000–85\u202f000 EUR a year" in page
    assert "Candidates" not in page


def test_a_job_that_is_gone_is_a_page_that_says_so(as_: Callable[[str], Client]) -> None:
    response = as_("candidate").get("/jobs/999999/")
    assert response.status_code == 404
    assert "It may have ended and been removed." in response.content.decode()


def boxes(page: str) -> dict[str, bool]:
    """The choices of the filters, and which of them are ticked."""
    found = re.findall(r'<input id="([^"]+)" type="(?:checkbox|radio)" name="[^"]+" value="[^"]*"( checked)?>', page)
    return {name: bool(checked) for name, checked in found}


def test_the_list_is_filtered_by_boxes_with_counts_that_work_without_javascript(as_: Callable[[str], Client]) -> None:
    make_job("1", title="Here", place=Place(city="Berlin", country="DE"), pay=Pay(Decimal(70000), None, "EUR"))
    make_job("2", title="There", place=Place(city="Paris", country="FR"))
    client = as_("recruiter")
    page = client.get("/jobs/").content.decode()
    assert re.search(r'value="DE">\s*<span>Germany</span><span class="facet-count">1</span>', page)
    assert not any(checked for name, checked in boxes(page).items() if not name.endswith("-any"))
    page = client.get("/jobs/?country=DE&pay_from=60000&currency=EUR&near=&within_km=&q=").content.decode()
    assert titles(page) == ["Here"]
    ticked = {name for name, checked in boxes(page).items() if checked}
    assert ticked == {"country-de", "pay_from-60000", "posted_within_days-any"}
    assert "Clear filters" in page
    assert "country-fr" in boxes(client.get("/jobs/?country=DE").content.decode())


def test_htmx_gets_the_counts_beside_the_rows(as_: Callable[[str], Client]) -> None:
    make_job()
    headers = {"HX-Request": "true", "HX-Target": "jobs"}
    page = as_("recruiter").get("/jobs/?country=DE", headers=headers).content.decode()
    assert 'hx-swap-oob="innerHTML"' in page
    assert boxes(page)["country-de"]


def test_a_filter_that_cannot_be_is_said_to_be_so(as_: Callable[[str], Client]) -> None:
    response = as_("recruiter").get("/jobs/?near=Nowhereville", headers={"HX-Request": "true", "HX-Target": "jobs"})
    assert response.status_code == 422
    assert "Nowhereville" in response.content.decode()


def test_the_next_page_keeps_the_filters(as_: Callable[[str], Client]) -> None:
    for number in range(51):
        make_job(str(number), place=Place(country="DE" if number % 2 else "FR"))
    page = as_("recruiter").get("/jobs/?country=DE&country=FR").content.decode()
    address = re.search(r'href="(/jobs/\?[^"]*after[^"]*)"', page)
    assert address
    assert len(titles(as_("recruiter").get(address[1].replace("&amp;", "&")).content.decode())) == 1


def post_copies() -> tuple[Job, Job]:
    """The employer's own posting without much of a text, and a board's copy with more of it, put together."""
    place, long = (
        Place("Berlin", "", "DE"),
        f"{JOB_TEXT}\nWork with the people of three hospitals, and no night shifts.",
    )
    own = make_job(
        company="Kiln Lane", url="https://kilnlane.example/1", place=place, pay=Pay(Decimal(50_000), None, "EUR")
    )
    copy = JobPosting("9", "Data Engineer", long, "Kiln Lane Ltd", place=place, pay=Pay(Decimal(60_000), None, "EUR"))
    upsert_jobs(source="board", postings=[copy])
    read_jobs(limit=10)
    group_jobs(limit=10)
    return own, Job.objects.get(source="board")


def test_a_job_that_is_posted_twice_is_listed_once_and_its_page_says_where_else_it_is(
    as_: Callable[[str], Client],
) -> None:
    own, copy = post_copies()
    client = as_("recruiter")
    assert titles(client.get("/jobs/").content.decode()) == ["Data Engineer"]
    page = client.get(f"/jobs/{own.pk}/").content.decode()
    assert f'href="/jobs/{copy.pk}/">board</a>' in page
    assert "The postings name different pay" in page
    assert "no night shifts" in page, "the best text is shown"
    assert "the one from board" in page
    assert f'Lists show <a href="/jobs/{own.pk}/">' in client.get(f"/jobs/{copy.pk}/").content.decode()


def test_a_posting_in_several_places_names_the_others(as_: Callable[[str], Client]) -> None:
    here, there = (make_job(town, place=Place(town, "", "DE"), group_key="G") for town in ("Berlin", "Hamburg"))
    group_jobs(limit=10)
    page = as_("candidate").get(f"/jobs/{here.pk}/").content.decode()
    assert f'<a href="/jobs/{there.pk}/">Hamburg, DE</a>' in page
    assert "Also on" not in page


def test_the_same_sent_twice_by_one_source_counts_as_posted_again() -> None:
    first, again = (make_job(number, company="Kiln Lane", alike=True) for number in "12")
    group_jobs(limit=10)
    vacancy = find_vacancy(again)
    assert vacancy is not None
    assert (vacancy.shown, vacancy.reposts, vacancy.sources, vacancy.pays_differ) == (first, 1, ("test",), False)
    assert vacancy.last_seen is not None
    assert vacancy.last_seen >= vacancy.first_seen


def test_the_admin_parts_postings_for_good(as_: Callable[[str], Client]) -> None:
    own, copy = post_copies()
    client = as_("admin")
    User.objects.filter(username="admin").update(is_staff=True, is_superuser=True)
    for name in ("listing", "vacancy", "differentjobs"):
        assert client.get(f"/admin/jobs/{name}/").status_code == 200
    client.post("/admin/jobs/listing/", {"action": "part", "_selected_action": [copy.pk]})
    assert set(Job.objects.listed()) == {own, copy}
    pair = DifferentJobs.objects.get()
    assert pair.made_by is not None
    client.post(
        "/admin/jobs/differentjobs/", {"action": "delete_selected", "_selected_action": [pair.pk], "post": "yes"}
    )
    assert set(Job.objects.listed()) == {own}


def test_a_recruiter_closes_a_job_on_its_page_and_opens_it_again(as_: Callable[[str], Client]) -> None:
    job = make_job()
    client = as_("recruiter")
    address = f"/jobs/{job.pk}/"
    assert "Close this job" in client.get(address).content.decode()
    assert "Close this job" not in as_("candidate").get(address).content.decode()
    page = client.post(f"{address}close/", follow=True).content.decode()
    assert "Closed by recruiter, " in page
    assert "Close this job" not in page
    assert titles(client.get("/jobs/").content.decode()) == []
    seen = as_("candidate").get(address).content.decode()
    assert "This job is closed." in seen
    assert "Closed by" not in seen
    assert "Open again" not in seen
    assert "Close this job" in client.post(f"{address}open/", follow=True).content.decode()
    assert titles(client.get("/jobs/").content.decode()) == ["Data Engineer"]
    assert (
        "Closed 1 job."
        in client.post("/jobs/several/", {"job": [job.pk], "action": "close"}, follow=True).content.decode()
    )
    assert titles(client.get("/jobs/").content.decode()) == []


def test_a_job_that_ended_by_itself_has_no_button_to_open_it_and_says_why(as_: Callable[[str], Client]) -> None:
    job = make_job()
    Job.objects.update(status=Job.Status.EXPIRED)
    assert "Open again" not in as_("recruiter").get(f"/jobs/{job.pk}/").content.decode()
    refused = as_("recruiter").post(f"/jobs/{job.pk}/open/")
    assert refused.status_code == 409
    assert "This job has ended by itself" in refused.content.decode()
