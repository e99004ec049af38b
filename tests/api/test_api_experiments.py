"""Experiments over HTTP: what admins do with them, and all that a caller in one sees of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cvmatch.core.cache import near
from cvmatch.core.models import User
from matching.experiments.assigning import arm_of
from matching.experiments.judging import Judgement, Verdict
from matching.experiments.keeping import stop
from matching.models import Experiment, Prediction
from tests.stored_lists import by_skills, list_of_candidates, list_of_jobs, runs
from tests.support import make_user

pytestmark = pytest.mark.django_db
ADMIN = "/api/v1/admin"
# As far as tests will ever see.
ALL = 1 - 1e-12
NEW = {
    "name": "Skills",
    "side": "cvs",
    "treatment": {"name": "skills", "weights": {"skills": 0.7, "title": 0.3}},
    "share": 0.2,
}


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    settings.THROTTLE = dict.fromkeys(("default", "bulk", "anonymous", "address"), "off")
    near.clear()


def post(client: Client, address: str, body: Any = None) -> Any:
    return client.post(f"{ADMIN}{address}", body or {}, "application/json")


def test_an_admin_makes_starts_stops_and_releases_one_and_rolls_back(as_user: Any) -> None:
    admin = as_user("admin")
    made = post(admin, "/experiments", NEW)
    assert made.status_code == 201
    body = made.json()
    assert (body["state"], body["method"], body["control"], body["judgement"]) == ("draft", "split", None, None)
    assert body["treatment"]["version"] == 1
    assert body["treatment"]["weights"]["skills"] == 0.7
    pk = body["id"]
    assert post(admin, f"/experiments/{pk}/start").json()["state"] == "running"
    assert post(admin, f"/experiments/{pk}/start").status_code == 409
    assert post(admin, f"/experiments/{pk}/release").status_code == 409
    judged = Judgement(Verdict.TREATMENT_WINS, "So.", {"control": 9, "treatment": 9}, {}, effect=0.1)
    Experiment.objects.update(judgement_json=judged.to_json())
    listed = admin.get(f"{ADMIN}/experiments").json()["items"]
    assert listed[0]["judgement"]["verdict"] == "treatment_wins"
    assert post(admin, f"/experiments/{pk}/stop").json()["ended_because"] == "Stopped by admin."
    released = post(admin, f"/experiments/{pk}/release").json()
    assert released["config"]["name"] == "skills"
    back = {"side": "cvs", "release": released["id"]}
    for _ in range(2):  # somebody clicks twice
        assert post(admin, "/rankings/roll_back", back).json()["config"] is None
    assert post(admin, "/rankings/roll_back", {"side": "cvs"}).status_code == 409
    assert post(admin, "/experiments/0/start").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"treatment": {"name": "x", "weights": {"skills": 0.7}}}, "sum to 0.700"),
        ({"treatment": {"name": "x", "weights": {"age": 1}}}, "is no part of the score"),
        ({"treatment": 0}, "no ranking configuration 0"),
        ({"share": 1.5}, "less than or equal to 1"),
        ({"side": "both"}, "'jobs' or 'cvs'"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(change: dict[str, Any], said: str, as_user: Any) -> None:
    answer = post(as_user("admin"), "/experiments", {**NEW, **change})
    assert answer.status_code in (404, 422)
    assert said in answer.content.decode()
    assert not Experiment.objects.exists()


def test_only_admins_and_programs_see_or_change_any(as_user: Any) -> None:
    for role in ("candidate", "recruiter"):
        assert as_user(role).get(f"{ADMIN}/experiments").status_code == 403
        assert post(as_user(role), "/experiments", NEW).status_code == 403
        assert post(as_user(role), "/rankings/roll_back", {"side": "cvs"}).status_code == 403


def addresses(prediction: Prediction) -> tuple[str, ...]:
    if prediction.side == "jobs":
        return (f"/api/v1/cvs/{prediction.cv_id}/recommendations", f"/api/v1/predictions/{prediction.pk}")
    return (f"/api/v1/jobs/{prediction.job_id}/candidates", f"/api/v1/predictions/{prediction.pk}")


@pytest.mark.parametrize("method", ["split", "interleaved"])
def test_an_experiment_leaves_no_trace_in_answers_but_the_order_and_the_variant(method: str, as_user: Any) -> None:
    client = as_user("recruiter")
    lists = (list_of_jobs(make_user()), list_of_candidates())
    asked = [address for prediction in lists for address in addresses(prediction)]
    before = [client.get(address).json() for address in asked]
    for side in ("jobs", "cvs"):
        runs(side, method=method, share_of_treatment=ALL)
    for address, plain in zip(asked, before, strict=True):
        now = client.get(address).json()
        lines, stored = now.pop("matches"), plain.pop("matches")
        assert now == plain
        assert [line["id"] for line in lines] != [line["id"] for line in stored]
        assert [line["rank"] for line in lines] == [line["rank"] for line in stored]
        variants = {line["id"]: line.pop("variant") for line in lines}
        assert [line.pop("variant") for line in stored] == [None] * len(stored)
        assert {variant.partition(":")[2] for variant in variants.values()} <= {"control", "treatment"}
        of_line = {line["id"]: line for line in stored}
        for line in lines:
            assert {**line, "rank": of_line[line["id"]]["rank"]} == of_line[line["id"]]


def test_pages_of_a_list_follow_the_order_that_is_shown(as_user: Any) -> None:
    client, prediction = as_user("recruiter"), list_of_jobs(make_user())
    runs(share_of_treatment=ALL)
    address: str | None = f"/api/v1/predictions/{prediction.pk}"
    whole = client.get(address).json()["matches"]
    found: list[dict[str, Any]] = []
    address = f"{address}?limit=5"
    while address:
        page = client.get(address).json()
        found, address = found + page["matches"], page["next"]
    assert found == whole
    streamed = b"".join(client.get(f"/api/v1/bulk/matches?cv_id={prediction.cv_id}").streaming_content)
    lines = [json.loads(line) for line in streamed.splitlines()]
    assert [(line["id"], line["rank"]) for line in lines] == [(line["id"], line["rank"]) for line in whole]


@pytest.mark.django_db(transaction=True)
def test_answers_that_are_kept_are_those_of_ones_own_arm_and_as_cheap(as_user: Any) -> None:
    prediction = list_of_jobs(make_user())
    address = f"/api/v1/cvs/{prediction.cv_id}/recommendations"
    people = [make_user(f"rita-{number}", User.Role.RECRUITER) for number in range(8)]
    clients = {user.pk: as_user(user) for user in people}
    plain = {pk: client.get(address).json()["matches"] for pk, client in clients.items()}
    experiment = runs()
    drawn = {name: getattr(experiment, name) for name in ("salt", "share", "share_of_treatment")}
    orders = {}
    for pk, client in clients.items():
        first = client.get(address)
        with CaptureQueriesContext(connection) as queries:
            again = client.get(address)
        assert (again.content, again["ETag"]) == (first.content, first["ETag"])
        assert len(queries) == 3, "session, user, version"
        lines = first.json()["matches"]
        variant = f"{experiment.pk}:{arm_of(pk, **drawn)}"
        assert {line["variant"] for line in lines} == {variant}
        orders.setdefault(variant, set()).add(tuple(line["id"] for line in lines))
    assert all(len(found) == 1 for found in orders.values())
    stop(experiment.pk, because="Enough.")
    assert {pk: client.get(address).json()["matches"] for pk, client in clients.items()} == plain


def test_by_id_a_configuration_that_is_there_is_used_for_both_arms(as_user: Any) -> None:
    config = by_skills()
    same = {**NEW, "treatment": config.pk, "control": config.pk, "method": "interleaved"}
    body = post(as_user("admin"), "/experiments", same).json()
    assert body["control"] == body["treatment"]
    assert body["control"]["id"] == config.pk
