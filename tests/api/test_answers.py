"""Answers that are given again are never older than what was committed before they were asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch import answers
from cvmatch.core import cache_counts
from cvmatch.core.auth import create_key, revoke_key
from cvmatch.core.cache import near
from cvmatch.core.cache.versions import JOBS, VECTORS, version_of
from cvmatch.core.models import User
from cvmatch.guarding import operations
from ingestion.erasing import erase_cv
from ingestion.models import CV
from jobs.models import Job
from matching import live
from matching.models import Explanation, Match, Prediction
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> Iterator[None]:
    settings.THROTTLE = dict.fromkeys(("default", "bulk", "anonymous", "address"), "off")
    near.clear()
    yield
    near.clear()


@pytest.fixture
def cv(candidate: User) -> CV:
    """A CV with an explained list of two jobs."""
    for number in range(2):
        make_job(str(number), title=f"Data Engineer {number}")
    cv = make_cv(user=candidate)
    work_until_idle()
    return CV.objects.get(pk=cv.pk)


def hits(layer: str = "l1") -> int:
    return next(one.hits for one in cache_counts.cache_counts() if one.layer == layer)


def titles(answer: Any) -> set[str]:
    return {line["title"] for line in answer.json()["matches"]}


def test_an_answer_is_given_again_without_making_it(cv: CV, as_user: Any, candidate: User) -> None:
    client, address = as_user(candidate), f"/api/v1/cvs/{cv.pk}/recommendations"
    first, before = client.get(address), hits()
    with CaptureQueriesContext(connection) as queries:
        again = client.get(address)
    assert hits() == before + 1
    assert (again.content, again["ETag"], again["Content-Type"]) == (
        first.content,
        first["ETag"],
        first["Content-Type"],
    )
    assert len(queries) == 3, "session, user, version"
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(f"{address}?limit=1").json()["matches"] == first.json()["matches"][:1]


# One after the other on the same list, until nothing of it is left.
CHANGES: list[Callable[[CV], object]] = [
    lambda cv: Job.objects.filter(title="Data Engineer 0").update(title="Nurse"),
    lambda cv: Explanation.objects.filter(match__rank=1).update(status="failed"),
    lambda cv: Match.objects.filter(rank=2).update(score=1),
    lambda cv: Prediction.objects.create(cv=cv, side="jobs", status="completed"),
    lambda cv: Prediction.objects.latest("pk").delete(),
    lambda cv: Job.objects.get(title="Data Engineer 1").delete(),
    lambda cv: Prediction.objects.all().delete(),
    lambda cv: CV.objects.filter(pk=cv.pk).update(status="failed", content_hash=""),
    lambda cv: CV.objects.filter(pk=cv.pk).update(expires_at="2020-01-01T00:00:00Z"),
    lambda cv: CV.objects.filter(pk=cv.pk).update(expires_at=None),
    lambda cv: type(cv.candidate).objects.filter(pk=cv.candidate_id).update(user=None),
    lambda cv: erase_cv(cv=cv, by=None),
]


def test_whatever_changes_a_list_it_is_answered_anew(
    cv: CV, as_user: Any, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, address = as_user(candidate), f"/api/v1/cvs/{cv.pk}/recommendations"

    def asked() -> tuple[int, dict[str, Any]]:
        answer = client.get(address)
        body = answer.json()
        return answer.status_code, {name: body[name] for name in body if name not in ("request_id", "created_at")}

    last = asked()
    for change in CHANGES[:-1]:
        change(cv)
        answer = asked()
        with monkeypatch.context() as without:
            without.setattr(answers, "VERSIONS", {})
            assert answer == asked()
        assert answer != last
        last = answer
    CHANGES[-1](cv)
    assert asked()[0] == 404


def test_what_is_not_there_is_remembered_and_each_refusal_names_its_own_request(as_user: Any) -> None:
    client, before = as_user("candidate"), hits()
    refused = [client.get("/api/v1/jobs/1000000") for _ in range(2)]
    assert [answer.status_code for answer in refused] == [404, 404]
    assert len({answer.json()["request_id"] for answer in refused}) == 2
    assert [answer.json()["request_id"] == answer["X-Request-ID"] for answer in refused] == [True, True]
    assert hits() == before + 1


def test_lists_of_jobs_and_filters_follow_every_change_of_a_job(cv: CV, as_user: Any, candidate: User) -> None:
    client, job = as_user(candidate), Job.objects.get(title="Data Engineer 0")
    addresses = ["/api/v1/jobs", f"/api/v1/jobs/{job.pk}", f"/api/v1/cvs/{cv.pk}/matches", "/api/v1/jobs/facets"]
    before = [client.get(address).content for address in addresses]
    assert [client.get(address).content for address in addresses] == before
    Job.objects.filter(pk=job.pk).update(title="Data Engineer of another kind", country="FR")
    changed = [client.get(address).content for address in addresses]
    assert [old == new for old, new in zip(before, changed, strict=True)] == [False] * 4
    Job.objects.filter(pk=job.pk).update(status=Job.Status.DELETED)
    assert client.get(addresses[1]).status_code == 404
    assert {line["job_id"] for line in client.get(addresses[2]).json()["matches"]} == set(
        Job.objects.exclude(pk=job.pk).values_list("pk", flat=True)
    )


def test_a_list_under_filters_is_made_once_for_all_who_may_ask_and_again_with_another_configuration(
    cv: CV, as_user: Any, candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, made = f"/api/v1/cvs/{cv.pk}/matches?country=DE", []
    rank = live.rank
    monkeypatch.setattr(live, "rank", lambda *given, **named: made.append(1) or rank(*given, **named))
    first = as_user(candidate).get(address).json()
    assert as_user("recruiter").get(address).json() == first
    assert len(made) == 1
    monkeypatch.setattr(live, "ranking_version", lambda: "another")
    as_user("recruiter").get(address)
    assert len(made) == 2


def test_nobody_gets_the_answer_of_somebody_else(cv: CV, as_user: Any, candidate: User) -> None:
    address = f"/api/v1/cvs/{cv.pk}/recommendations"
    assert as_user(candidate).get(address).status_code == 200
    assert as_user(make_user("tom")).get(address).status_code == 404
    assert Client().get(address).status_code == 401
    key = create_key(user=candidate, name="k")
    assert Client().get(address, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert Client().get(address, headers={"Authorization": f"Bearer {key}"}).status_code == 200
    revoke_key(user=candidate, pk=candidate.api_keys.get().pk)
    assert Client().get(address, headers={"Authorization": f"Bearer {key}"}).status_code == 401
    client, key = as_user(candidate), create_key(user=candidate, name="k")
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert client.get(address).status_code == 401
    assert Client().get(address, headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_what_is_kept_by_version_is_an_operation() -> None:
    known = {operation.operation_id for (_, method), operation in operations().items() if method == "GET"}
    assert answers.VERSIONS.keys() <= known


def test_readers_never_see_what_was_before_a_change_that_was_through_when_they_asked(
    cv: CV, as_user: Any, candidate: User
) -> None:
    job = Job.objects.get(title="Data Engineer 0")
    done, through = threading.Event(), {"job": 0, "cv": 0}
    addresses = [f"/api/v1/jobs/{job.pk}", f"/api/v1/cvs/{cv.pk}/recommendations", "/api/v1/jobs"]
    clients = [as_user(candidate) for _ in range(4)]

    def write() -> None:
        try:
            for number in range(1, 41):
                with transaction.atomic():
                    Job.objects.filter(pk=job.pk).update(title=f"Number {number}")
                    time.sleep(0.005)  # readers come between the change and its commit
                through["job"] = number
                time.sleep(0.01)
        finally:
            done.set()
            connections.close_all()

    def read(client: Client) -> int:
        seen, asked = 0, 0
        try:
            while not done.is_set():
                for address in addresses:
                    least = through["job"]
                    body = client.get(address).content.decode()
                    shown = int(body.split('"Number ')[1].split('"')[0]) if '"Number ' in body else 0
                    assert shown >= least, address
                    seen, asked = max(seen, shown), asked + 1
            return asked
        finally:
            connections.close_all()

    before = hits()
    with ThreadPoolExecutor(5) as pool:
        writing = pool.submit(write)
        reading = [pool.submit(read, client) for client in clients]
        writing.result()
        asked = sum(each.result() for each in reading)
    assert hits() > before, "else it says nothing about what is kept"
    assert asked > 0


def test_versions_change_with_the_commit_and_with_whatever_writes(cv: CV) -> None:
    versions = [version_of(JOBS)]

    def changed() -> bool:
        versions.append(version_of(JOBS))
        return versions[-1] not in versions[:-1]

    other = version_of(VECTORS)
    with transaction.atomic():
        Job.objects.filter(title="Data Engineer 0").update(city="Bonn")
        with ThreadPoolExecutor(1) as pool:  # somebody else does not see it yet
            assert pool.submit(_elsewhere).result() == versions[0]
    assert changed()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_job WHERE false")
    assert changed()
    assert version_of(VECTORS) == other


def test_many_changes_are_put_together_and_no_version_comes_twice(cv: CV) -> None:
    versions = set()
    for number in range(120):
        Job.objects.filter(title="Data Engineer 0").update(city=str(number))
        versions.add(version_of(JOBS))
    assert len(versions) == 120
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_datachange WHERE name = 'jobs'")
        assert cursor.fetchone()[0] <= 101


def _elsewhere() -> str:
    try:
        return version_of(JOBS)
    finally:
        connections.close_all()
