"""Saved searches over HTTP: kept, shared, changed, deleted, run; what is new to each person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch.core.models import User
from jobs.models import SavedSearch
from jobs.values import Place
from tests.support import make_job, make_user

pytestmark = pytest.mark.django_db

As = Callable[[User | str], Client]
API = "/api/v1/searches"


def saved(client: Client, name: str = "Berlin", query: str = "?sort=title&country=DE&q=", **more: object) -> dict:
    response = client.post(API, {"name": name, "query": query, **more}, "application/json")
    assert response.status_code == 201, response.content
    answer: dict = response.json()
    return answer


def test_a_search_is_kept_run_and_says_what_came_in_since_it_was_looked_at(as_user: As) -> None:
    client = as_user("candidate")
    make_job("1", title="Here")
    search = saved(client)
    assert (search["name"], search["query"], search["is_own"], search["owner"]) == (
        "Berlin",
        "sort=title&country=DE",
        True,
        "candidate",
    )
    assert (search["found"], search["new"]) == (1, 0)
    make_job("2", title="New here")
    make_job("3", title="Elsewhere", place=Place("Paris", "", "FR"))
    address = f"{API}/{search['id']}"
    assert search["jobs"] == f"{address}/jobs"
    page = client.get(f"{address}/jobs?limit=1").json()
    rest = client.get(page["next"]).json()
    assert [job["title"] for job in page["items"] + rest["items"]] == ["New here", "Here"]
    assert [job["title"] for job in client.get(f"{address}/jobs?only_new=true").json()["items"]] == ["New here"]
    assert (client.get(address).json()["found"], client.get(address).json()["new"]) == (2, 1)
    assert client.post(f"{address}/look").json()["new"] == 0
    assert client.get(f"{address}/jobs?only_new=true").json()["items"] == []


def test_a_search_is_renamed_shared_and_deleted(as_user: As) -> None:
    client = as_user("recruiter")
    address = f"{API}/{saved(client)['id']}"
    changed = client.patch(address, {"name": "  Jobs   in Germany "}, "application/json").json()
    assert (changed["name"], changed["is_shared"]) == ("Jobs in Germany", False)
    changed = client.patch(address, {"is_shared": True}, "application/json").json()
    assert (changed["name"], changed["is_shared"]) == ("Jobs in Germany", True)
    saved(client, "Other")
    taken = client.patch(address, {"name": "other"}, "application/json")
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "name")
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_the_same_name_asks_for_something_else_from_now_on(as_user: As) -> None:
    client = as_user("candidate")
    first, again = saved(client), saved(client, "BERLIN", "remote=true")
    assert (again["id"], again["query"]) == (first["id"], "remote=true")
    assert SavedSearch.objects.count() == 1


def test_what_is_shared_is_seen_by_recruiters_and_changed_by_its_owner_alone(as_user: As) -> None:
    owner, other = as_user("recruiter"), as_user(make_user("rudi", User.Role.RECRUITER))
    address = f"{API}/{saved(owner, is_shared=True)['id']}"
    mine = f"{API}/{saved(owner, 'Mine')['id']}"
    [seen] = other.get(API).json()["items"]
    assert (seen["is_own"], seen["owner"]) == (False, "recruiter")
    assert other.get(f"{address}/jobs").status_code == 200
    assert other.patch(address, {"name": "x"}, "application/json").status_code == 404
    assert other.delete(address).status_code == 404
    assert other.get(mine).status_code == 404
    assert as_user("candidate").get(f"{address}/jobs").status_code == 404
    assert not saved(as_user("candidate"), is_shared=True)["is_shared"]


def test_searches_are_listed_page_by_page_in_few_queries(as_user: As) -> None:
    client = as_user("recruiter")
    saved(client, "first")
    with CaptureQueriesContext(connection) as few:
        client.get(API)
    for number in range(8):
        saved(client, f"search {number}")
    with CaptureQueriesContext(connection) as many:
        names = [search["name"] for search in client.get(API).json()["items"]]
    assert names == [*(f"search {number}" for number in reversed(range(8))), "first"]
    assert len(many) <= len(few) <= 12
    page = client.get(f"{API}?limit=5").json()
    assert [search["name"] for search in client.get(page["next"]).json()["items"]] == names[5:]


@pytest.mark.parametrize(
    "body",
    [
        {"name": " "},
        {"name": "x" * 81},
        {"name": "x", "query": "near=Nowhereville"},
        {"name": "x", "query": "country=Atlantis"},
        {"name": "x", "query": "q=" + "ä" * 900},
    ],
)
def test_what_no_search_can_be_is_refused(body: dict[str, str], as_user: As) -> None:
    response = as_user("candidate").post(API, body, "application/json")
    assert (response.status_code, response["Content-Type"]) == (422, "application/problem+json")


def test_a_search_for_what_is_no_longer_known_is_there_without_counts_and_says_why_it_cannot_be_run(
    as_user: As,
) -> None:
    client = as_user("candidate")
    address = f"{API}/{saved(client)['id']}"
    SavedSearch.objects.update(query="near=Nowhereville")
    assert (client.get(address).json()["found"], client.get(address).json()["new"]) == (None, None)
    refused = client.get(f"{address}/jobs")
    assert refused.status_code == 422
    assert "Nowhereville" in refused.json()["detail"]


@pytest.mark.parametrize("text", ['"q=\\ud800"', f'"{"&" * 1900}"', '"q=\\u0000"', '"place=%00"', '"q=%FF"'])
def test_letters_that_no_database_keeps_break_nothing(text: str, as_user: As) -> None:
    client = as_user("candidate")
    response = client.post(API, f'{{"name": "x", "query": {text}}}', "application/json")
    assert response.status_code in {201, 400, 413, 422}
    assert client.get(API).status_code == 200
