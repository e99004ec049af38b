"""The table of jobs: its orders page by page, the jobs that ended, what is done with several, and searches that are kept."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import User
from jobs.models import Job, SavedSearch, SearchLook
from jobs.saving import MOST, save_search
from jobs.searches import CAP, list_searches
from jobs.selectors import list_jobs
from jobs.sorting import Order, order_of
from jobs.values import Pay, Place
from matching.models import Prediction
from matching.selectors.tallies import by_candidates, tallies_of
from tests.support import make_job

pytestmark = pytest.mark.django_db


def titles(page: str) -> list[str]:
    return re.findall(r'data-row href="/jobs/\d+/">([^<]+)<', page)


def walk(order: Order) -> list[str]:
    """All pages of the list, two rows each."""
    seen: list[str] = []
    after = ""
    while True:
        page = list_jobs(order=order, after=after, limit=2)
        seen += [job.title for job in page.rows]
        if not page.next:
            return seen
        after = page.next


def fill() -> None:
    """Seven jobs, among them two with the same title, company, pay and date."""
    now = timezone.now()
    for number, (title, company, pay) in enumerate(
        [("beta", "Zeta", 50), ("Alpha", "", None), ("gamma", "acme", 70), ("Beta", "Zeta", 50), ("Delta", "mill", 90),
         ("Echo", "", 10), ("foxtrot", "Ober", None)]
    ):  # fmt: skip
        make_job(
            str(number),
            title=title,
            company=company,
            pay=Pay(Decimal(pay * 1000), None, "EUR") if pay else None,
            posted_at=now - timedelta(days=number // 2) if number < 6 else None,
        )


def test_every_order_is_right_over_all_pages_with_ties_by_id() -> None:
    fill()
    make_job("us", title="Dollars", company="Buck", pay=Pay(Decimal(10**6), None, "USD"), posted_at=timezone.now())
    expected = {
        "title": ["Alpha", "beta", "Beta", "Delta", "Dollars", "Echo", "foxtrot", "gamma"],
        "-title": ["gamma", "foxtrot", "Echo", "Dollars", "Delta", "Beta", "beta", "Alpha"],
        "company": ["gamma", "Dollars", "Delta", "foxtrot", "beta", "Beta"],
        "-company": ["Beta", "beta", "foxtrot", "Delta", "Dollars", "gamma"],
        "pay": ["Echo", "beta", "Beta", "gamma", "Delta"],
        "-pay": ["Delta", "gamma", "Beta", "beta", "Echo"],
        "posted": ["Delta", "Echo", "gamma", "Beta", "beta", "Alpha", "Dollars"],
        "": ["Dollars", "Alpha", "beta", "Beta", "gamma", "Echo", "Delta", "foxtrot"],
        "nonsense": ["Dollars", "Alpha", "beta", "Beta", "gamma", "Echo", "Delta", "foxtrot"],
    }
    assert {sort: walk(order_of(sort, currency="EUR")) for sort in expected} == expected


def make_list(job: Job, strong: int, good: int, *, days_ago: int = 0) -> None:
    made = Prediction.objects.create(side="cvs", job=job, status="completed", strong=strong, good=good)
    Prediction.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days_ago))


def test_the_order_by_candidates_goes_by_the_newest_finished_list_of_each_job() -> None:
    few, many, good, none, unlisted = (make_job(str(n), title=f"Job {n}") for n in range(5))
    make_list(few, 9, 9, days_ago=3)
    make_list(few, 1, 0)
    make_list(many, 4, 2, days_ago=1)
    make_list(good, 1, 7)
    make_list(none, 0, 0)
    Prediction.objects.create(side="cvs", job=many, status="pending")
    assert walk(by_candidates(descending=True)) == ["Job 1", "Job 2", "Job 0", "Job 3"]
    assert walk(by_candidates(descending=False)) == ["Job 3", "Job 0", "Job 2", "Job 1"]
    found = tallies_of([few.pk, many.pk, unlisted.pk])
    assert {pk: (tally.strong, tally.good) for pk, tally in found.items()} == {few.pk: (1, 0), many.pk: (4, 2)}


BAD = [
    "[]",
    "[1]",
    '["x", "y"]',
    '["2024-01-01", -1]',
    '["\\u0000", 1]',
    "[1e999, 1]",
    '["NaN", 1]',
    "nonsense",
    "[" * 5000,
]


@pytest.mark.parametrize("mark", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("order", [order_of("title", currency="EUR"), order_of("-pay", currency="EUR"), order_of("", currency=""),
                                   by_candidates(descending=True)], ids=lambda order: order.name)  # fmt: skip
def test_a_mark_that_we_did_not_make_is_refused(order: Order, mark: str) -> None:
    if order.name == "title" and mark == '["NaN", 1]':
        return
    with pytest.raises(InvalidInput):
        list_jobs(order=order, after=mark)


def test_the_head_of_a_column_sorts_by_it_and_then_the_other_way_round(as_: Callable[[str], Client]) -> None:
    fill()
    client = as_("recruiter")
    page = client.get("/jobs/?q=&country=DE").content.decode()
    address = re.search(r'<a class="sort" href="([^"]+)">Job</a>', page)
    assert address
    page = client.get("/jobs/" + address[1].replace("&amp;", "&")).content.decode()
    assert titles(page) == ["Alpha", "beta", "Beta", "Delta", "Echo", "foxtrot", "gamma"]
    assert 'aria-sort="ascending"><a class="sort" href="?q=&amp;country=DE&amp;sort=-title"' in page
    assert "Jobs that name no company are left out" in client.get("/jobs/?sort=company").content.decode()


def test_a_candidate_sees_no_tallies_and_gets_no_order_by_them(as_: Callable[[str], Client]) -> None:
    make_list(make_job("1", title="Old"), 3, 1)
    make_job("2", title="New")
    page = as_("candidate").get("/jobs/?sort=-candidates").content.decode()
    assert titles(page) == ["New", "Old"]
    assert "Candidates" not in page
    assert "several" not in page
    page = as_("recruiter").get("/jobs/?sort=-candidates").content.decode()
    assert titles(page) == ["Old"]
    assert re.search(r"</svg> 3<span", page)


def test_jobs_that_have_ended_can_be_looked_at(as_: Callable[[str], Client]) -> None:
    make_job("1", title="Over")
    Job.objects.update(status=Job.Status.EXPIRED, ended_at=timezone.now())
    make_job("2", title="Open")
    client = as_("candidate")
    assert titles(client.get("/jobs/").content.decode()) == ["Open"]
    page = client.get("/jobs/?show=ended").content.decode()
    assert titles(page) == ["Over"]
    assert "No job that has ended has all of this" in client.get("/jobs/?show=ended&q=zebra").content.decode()


def test_candidates_are_looked_for_for_several_jobs_at_once_and_twice_is_once(as_: Callable[[str], Client]) -> None:
    first, second = make_job("1"), make_job("2")
    Job.objects.filter(pk=second.pk).update(status=Job.Status.EXPIRED)
    client = as_("recruiter")
    for _ in range(2):
        sent = client.post(
            "/jobs/several/", {"job": [first.pk, second.pk, "x"], "action": "candidates", "next": "/jobs/?q=a"}
        )
        assert sent.url == "/jobs/?q=a"  # type: ignore[attr-defined]
    assert list(Prediction.objects.values_list("job", "status")) == [(first.pk, "pending")]
    page = client.post("/jobs/several/", {"action": "candidates"}, follow=True).content.decode()
    assert "Nothing was ticked" in page


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_table_is_exported_as_asked_for_and_no_cell_runs(as_: Callable[[str], Client]) -> None:
    first = make_job("1", title='=HYPERLINK("x")', place=Place("Berlin", "", "DE"))
    make_list(first, 2, 5)
    make_job("2", title="There", place=Place("Paris", "", "FR"))
    client = as_("recruiter")
    (row,) = rows_of(client.get("/jobs.csv?country=DE").content)
    assert (row["Job"], row["Town"], row["Strong"], row["Good"]) == ('\'=HYPERLINK("x")', "Berlin", "2", "5")
    ticked = client.post("/jobs/several/", {"job": [first.pk], "action": "csv"})
    assert [row["Town"] for row in rows_of(ticked.content)] == ["Berlin"]
    assert as_("candidate").get("/jobs.csv").status_code == 403


def search_of(client: Client, name: str, query: str, **more: str) -> None:
    client.post("/jobs/saved/", {"name": name, "query": query, **more})


def test_a_search_is_kept_without_what_was_left_empty_and_opens_as_it_was(as_: Callable[[str], Client]) -> None:
    make_job("1", title="Here", place=Place("Berlin", "", "DE"))
    make_job("2", title="There", place=Place("Paris", "", "FR"))
    client = as_("candidate")
    search_of(client, "  German   jobs ", "q=&country=DE&currency=EUR&near=&after=x&sort=title&csrfmiddlewaretoken=t")
    search = SavedSearch.objects.get()
    assert (search.name, search.query, search.is_shared) == ("German jobs", "sort=title&country=DE", False)
    page = client.get(f"/jobs/saved/{search.pk}/", follow=True).content.decode()
    assert titles(page) == ["Here"]
    assert 'aria-current="true"' in page
    search_of(client, "german JOBS", "country=FR", shared="on")
    search.refresh_from_db()
    assert (search.query, search.is_shared) == ("country=FR", False), (
        "the same name is the same search; candidates share none"
    )


def test_a_search_says_how_many_it_finds_and_how_many_came_in_since_it_was_opened(people: dict[str, User]) -> None:
    user = people["candidate"]
    make_job("1", place=Place("Berlin", "", "DE"))
    search = save_search(user=user, name="DE", query="country=DE")
    make_job("2", place=Place("Bonn", "", "DE"))
    make_job("3", place=Place("Paris", "", "FR"))
    (found,) = list_searches(user)
    assert (found.found, found.new) == (2, 1)
    SearchLook.objects.update(looked_at=timezone.now())
    (found,) = list_searches(user)
    assert (found.found, found.new) == (2, 0)
    SavedSearch.objects.filter(pk=search.pk).update(query="near=Nowhereville")
    (found,) = list_searches(user)
    assert (found.found, found.new, found.found_said) == (None, None, "")


def test_counts_stop_at_the_cap(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.searches.CAP", 2)
    for number in range(4):
        make_job(str(number))
    save_search(user=people["candidate"], name="All", query="")
    (found,) = list_searches(people["candidate"])
    assert found.found == 3
    assert found.found_said == "2+"
    assert CAP == 1000


def test_recruiters_share_searches_and_only_the_owner_changes_one(
    people: dict[str, User], as_: Callable[[str], Client]
) -> None:
    search_of(as_("recruiter"), "Team", "remote=true", shared="on")
    search_of(as_("recruiter"), "Mine", "remote=false")
    team, mine = (SavedSearch.objects.get(name=name) for name in ("Team", "Mine"))
    other = as_("admin")
    assert [row.saved.name for row in list_searches(people["admin"])] == ["Team"]
    assert list_searches(people["candidate"]) == ()
    assert other.get(f"/jobs/saved/{team.pk}/").status_code == 302
    assert other.get(f"/jobs/saved/{mine.pk}/").status_code == 404
    assert as_("candidate").get(f"/jobs/saved/{team.pk}/").status_code == 404
    assert other.post(f"/jobs/saved/{team.pk}/change/", {"delete": ""}).status_code == 404
    own = as_("recruiter")
    assert own.post(f"/jobs/saved/{mine.pk}/change/", {"name": "team"}).status_code == 422
    own.post(f"/jobs/saved/{mine.pk}/change/", {"name": "Ours", "shared": "on"})
    assert {row.saved.name for row in list_searches(people["admin"])} == {"Team", "Ours"}
    own.post(f"/jobs/saved/{team.pk}/change/", {"delete": "", "name": "Team"})
    assert not SavedSearch.objects.filter(pk=team.pk).exists()


def test_what_no_search_can_be_is_refused(people: dict[str, User]) -> None:
    user = people["candidate"]
    for name, query in (("", ""), ("x" * 81, ""), ("a", "near=Nowhereville"), ("a", "city=" + "x" * 3000)):
        with pytest.raises(InvalidInput):
            save_search(user=user, name=name, query=query)
    SavedSearch.objects.bulk_create(SavedSearch(user=user, name=str(number)) for number in range(MOST))
    with pytest.raises(InvalidInput):
        save_search(user=user, name="one more", query="")
    assert save_search(user=user, name="1", query="q=x").query == "q=x"


def test_saved_searches_have_a_page_that_says_what_to_do_when_there_are_none(as_: Callable[[str], Client]) -> None:
    client = as_("candidate")
    assert "No search is saved yet" in client.get(reverse("saved-searches")).content.decode()
    search_of(client, "<b>", "q=nurse")
    page = client.get(reverse("saved-searches")).content.decode()
    assert "&lt;b&gt;" in page
    assert "0 open jobs, 0 new to you" in page


def test_a_full_page_of_jobs_is_small(as_: Callable[[str], Client]) -> None:
    for number in range(51):
        job = make_job(
            str(number),
            title=f"Senior Data Platform Engineer for Hospitals and Clinics {number}",
            company=f"Nordlicht Analytics {number} GmbH",
            place=Place(f"Town {number}", "", "DE"),
            pay=Pay(Decimal(70000), Decimal(85000), "EUR"),
            posted_at=timezone.now(),
        )
        make_list(job, 3, 8)
    for person in ("recruiter", "candidate"):
        assert len(as_(person).get("/jobs/").content) < 60 * 1024


def test_an_address_of_the_next_page_holds_where_the_last_ended() -> None:
    fill()
    assert json.loads(list_jobs(order=order_of("-pay", currency="EUR"), limit=2).next)[0] == "70000.00"
