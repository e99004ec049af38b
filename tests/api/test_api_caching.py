"""What callers may keep: 304 for what they have, HEAD for every GET, and nothing that a proxy may share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import make_cv, make_job, make_user

pytestmark = pytest.mark.django_db
JOBS = "/api/v1/jobs"


def test_what_did_not_change_is_not_sent_again(as_user: Any) -> None:
    make_job("1")
    client = as_user("candidate")
    first = client.get(JOBS)
    again = client.get(JOBS, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert "RateLimit" in again
    make_job("2")
    changed = client.get(JOBS, headers={"If-None-Match": first["ETag"]})
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


def test_a_proxy_may_not_give_one_callers_answer_to_another(as_user: Any) -> None:
    answer = as_user("candidate").get(JOBS)
    assert answer["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


def test_two_who_see_different_things_under_one_address_get_different_tags(as_user: Any) -> None:
    mara = make_user("mara")
    make_cv(user=mara)
    assert as_user(mara).get("/api/v1/cvs")["ETag"] != as_user("candidate").get("/api/v1/cvs")["ETag"]


def test_head_is_answered_as_get_without_the_body(as_user: Any) -> None:
    job = make_job()
    client = as_user("candidate")
    for address in (JOBS, f"{JOBS}/{job.pk}"):
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head["ETag"] == got["ETag"]
        assert head["Content-Length"] == str(len(got.content))
    assert client.head(f"{JOBS}/0").status_code == 404


def test_errors_and_writes_have_no_tag(as_user: Any) -> None:
    client = as_user("recruiter")
    assert "ETag" not in client.get(f"{JOBS}/0")
    assert "ETag" not in client.post(JOBS, [], content_type="application/json")
