"""Every operation asked once: the examples of the API's description are answers that it really gave, and cost few queries.

``CVMATCH_RECORD=1 bin/test tests/api/test_examples.py`` records them anew.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cvmatch.api import api
from cvmatch.core.models import Status, User, WebhookDelivery
from cvmatch.dashboard import cache_check
from cvmatch.openapi import EXAMPLES_FILE
from ingestion.models import Correction
from ingestion.syncing import connect_source
from jobs.models import Job
from matching.backfills.running import work_backfills
from matching.experiments import running
from matching.experiments.judging import Judgement, Verdict
from matching.experiments.keeping import Plan, add_config, create_experiment
from matching.experiments.releasing import release
from matching.models import AlertDigest, AlertSubscription, Experiment, Match
from tests.api.conftest import say_waits
from tests.market import tell_insights
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = pytest.mark.django_db

# What is sent with an operation, where something is; {…} stands for ids of what there is.
BODIES: dict[str, Any] = {
    "push_jobs": [
        {"external_id": "acme-1", "title": "Data Engineer", "description": "Python and SQL.", "country": "DE"}
    ],
    "add_correction": {"path": "work[0].position", "value": "Senior Data Engineer"},
    "start_match": {"text": "Data engineer, Berlin. Five years of Python and SQL.", "filters": {"country": ["DE"]}},
    "give_feedback": {"match_id": "{match_id}", "kind": "hide", "reason": "place"},
    "note_shown": {"lines": [{"match_id": "{match_id}", "position": 1}]},
    "save_search": {"name": "Data in Germany", "query": "q=data&country=DE", "is_shared": True},
    "change_search": {"name": "Data engineers in Germany"},
    "subscribe_to_alerts": {"search_id": "{search_id}", "cadence": "weekly"},
    "change_alert_subscription": {"cadence": "now"},
    "create_webhook": {"url": "https://example.com/cvmatch-hook", "events": ["match.ready", "cv.read"]},
    "optimise_cv": {"cv_id": "{cv_id}", "job_id": "{job_id}"},
    "optimise_in_bulk": {"cv_ids": ["{cv_id}"], "job_ids": ["{job_id}"]},
    "start_match_stream": {"cv_ids": ["{cv_id}"]},
    "set_consent": {"is_given": True},
    "retry_pipeline": {"stage": "parse_cvs"},
    "create_experiment": {
        "name": "Titles for recruiters",
        "side": "cvs",
        "treatment": {"name": "titles first", "weights": {"title": 0.6, "skills": 0.4}},
        "share": 0.2,
    },
    "roll_back_ranking": {"side": "jobs"},
    "start_backfill": {"what": "read", "rate": 300},
}
QUERIES: dict[str, dict[str, str]] = {
    "list_jobs": {"country": "DE"},
    "push_jobs": {"source": "acme"},
    "export_jobs": {"country": "DE"},
    "export_matches": {"cv_id": "{cv_id}"},
    "estimate_model": {"cv_id": "{cv_id}", "job_id": "{job_id}"},
    "evaluation_metrics": {"days": "1"},
    "get_filtered_matches": {"near": "Berlin", "within_km": "50"},
}
FILES = {"upload_and_parse", "start_match_of_file"}
CLOSED_FIRST = {"open_job"}
# What has to be so with the experiment before it can be asked for.
EXPERIMENTS: dict[str, dict[str, Any]] = {
    "start_experiment": {"state": "draft"},
    "stop_experiment": {"state": "running"},
    "release_experiment": {"state": "running"},
}
STREAM = "push_job_stream"
MOST = 2
MOST_QUERIES = 12
# Deleting a CV goes through every table that may name it, and the ledger.
ERASING, QUERIES_OF_ERASING = "delete_cv", 52
# One more than the owner's own needs, of which no look is kept: who looked at whose CV is written before the answer.
NOTING = {"get_filtered_matches"}


@pytest.fixture
def ids() -> dict[str, str]:
    Job.objects.filter(pk=make_job().pk).update(url="https://example.com/jobs/1")
    make_job("2", title="Platform Engineer")
    owner = make_user("admin", User.Role.ADMIN)
    cv = make_cv()
    work_until_idle()
    client = Client()
    client.force_login(owner)

    def made(address: str, body: Any) -> Any:
        response = client.post(f"/api/v1{address}", body, "application/json")
        assert response.status_code < 300, response.content
        return response

    connect_source(name="acme-board", kind="arbeitnow", options={}, secrets={})
    task = made("/match", {"cv_id": cv.pk}).json()["task_id"]
    client.get(f"/api/v1/jobs/{Job.objects.order_by('pk')[0].pk}/candidates")
    made(f"/cvs/{cv.pk}/corrections", {"path": "work[0].position", "value": "Lead Data Engineer"})
    work_until_idle()
    many = made("/optimise/bulk", {"cv_ids": [cv.pk], "job_ids": [Job.objects.order_by("pk")[0].pk]}).json()
    test = made("/admin/queue_test", {})["Location"].rsplit("/", 1)[1]
    work_until_idle()
    hook = made("/webhooks", BODIES["create_webhook"]).json()["id"]
    delivery = made(f"/webhooks/{hook}/test", {}).json()["id"]  # nothing sends it: no work is done from here on
    WebhookDelivery.objects.update(status=Status.COMPLETED, attempts=1, response_status=204, latency_ms=38)
    match = Match.objects.filter(cv=cv, prediction__side="jobs").order_by("-pk")[0]
    made("/feedback/shown", {"lines": [{"match_id": match.pk, "position": 1, "variant": "3:treatment"}]})
    made("/feedback", {"match_id": match.pk, "kind": "open"})
    search = made("/searches", BODIES["save_search"]).json()["id"]
    tell_insights(Job.objects.order_by("pk")[0])
    follows = AlertSubscription.objects.get(pk=made("/alerts/subscriptions", {"job_id": match.job_id}).json()["id"])
    digest = AlertDigest.objects.create(subscription=follows, status=Status.COMPLETED)
    follows.alerts.update(digest=digest, score=match.score)
    backfill = made("/admin/backfills", {"what": "match", "everything": True}).json()["id"]
    work_backfills()
    return {
        "backfill_id": str(backfill),
        "action": "cancel",
        "subscription_id": str(follows.pk),
        "search_id": str(search),
        "optimised_id": str(many["items"][0]["id"]),
        "batch_id": many["id"],
        "cv_id": str(cv.pk),
        "job_id": str(Job.objects.order_by("pk")[0].pk),
        "match_id": str(match.pk),
        "prediction_id": str(match.prediction_id),
        "task_id": task,
        "webhook_id": str(hook),
        "delivery_id": str(delivery),
        "correction_id": str(Correction.objects.get().pk),
        "test_id": test,
        "name": "acme-board",
        "purpose": "alerts",
        "experiment_id": str(make_experiment().pk),
    }


def make_experiment() -> Experiment:
    """One that was judged and is stopped; and something was released, so that it can be taken back."""
    config = add_config(name="skills first", weights={"skills": 0.5, "title": 0.3, "semantic": 0.2}, by=None)
    release("jobs", config, by=None)
    made = create_experiment(Plan(name="Skills first", side="cvs", treatment=config.pk), by=None)
    users, rates = {"control": 412, "treatment": 398}, {"control": 0.11, "treatment": 0.14}
    reason = (
        "Treatment is better: 14.0% of the treatment's lines were chosen and 11.0% of the control's (p 0.004, valid "
    )
    judged = Judgement(
        Verdict.TREATMENT_WINS, f"{reason}however often it is looked at).", users, rates, effect=0.03, low=0.008,
        high=0.052, p_value=0.004, sample_ratio_p=0.71,
    )  # fmt: skip
    now = timezone.now()
    rows = Experiment.objects.filter(pk=made.pk)
    rows.update(state="stopped", started_at=now, ended_at=now, judged_at=now, judgement_json=judged.to_json())
    return rows.get()


def filled(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    text = value.format(**ids) if isinstance(value, str) and value.startswith("{") else value
    return int(text) if isinstance(value, str) and value.startswith("{") else text


@pytest.fixture
def queries() -> dict[str, list[str]]:
    """By operation the statements that it made, filled in by ``answers``; savepoints of the tests left out."""
    return {}


def answers(ids: dict[str, str], queries: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """By operation what was sent and what came back, each call taken back."""
    client = Client()
    client.force_login(User.objects.get(username="admin"))
    cache_check()  # which asks the cache for more than an entry every half a minute
    found = {}
    for path, each in api.get_openapi_schema()["paths"].items():
        for method, operation in each.items():
            name = operation["operationId"]
            with transaction.atomic():
                if name in CLOSED_FIRST:
                    client.post(path.format(**ids).removesuffix("open") + "close")
                Experiment.objects.filter(pk=int(ids["experiment_id"])).update(**EXPERIMENTS.get(name, {}))
                running.assume_nothing()  # what the call before has changed was taken back
                say_waits()
                with CaptureQueriesContext(connection) as captured:
                    found[name] = asked(client, name, method.upper(), path.format(**ids), ids)
                transaction.set_rollback(True)
            queries[name] = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
    return found


def asked(client: Client, name: str, method: str, path: str, ids: dict[str, str]) -> dict[str, Any]:
    body, query = filled(BODIES.get(name), ids), filled(QUERIES.get(name, {}), ids)
    address = path + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")
    if name in FILES:
        file = SimpleUploadedFile("cv.txt", b"Tom Ek\nData Engineer\nSkills\nPython, SQL\n")
        response = client.post(address, {"file": file})
    elif name == STREAM:
        lines = b'{"external_id": "acme-2", "title": "Data Engineer"}\n'
        response = client.post(f"{address}?source=acme", lines, "application/x-ndjson")
    else:
        text = json.dumps(body) if body is not None else ""
        response = client.generic(method, address, text, "application/json")
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    assert response.status_code < 400, (name, content)
    kind = response.get("Content-Type", "")
    if kind == "application/octet-stream":
        return {"request": body, "status": response.status_code, "response": None}
    is_json = content and kind.startswith("application/json")
    answer: Any = json.loads(content) if is_json else content.decode().split("\n")[0] + "\n" if content else None
    return {"request": body, "status": response.status_code, "response": short(answer)}


def short(value: Any) -> Any:
    """With the first of each list, so that an example can be read."""
    if isinstance(value, dict):
        return {key: short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [short(inner) for inner in value[:MOST]]
    return value[:300] if isinstance(value, str) and not value.startswith("{") else value


def shape(value: Any) -> Any:
    """What is told by an answer beside its values: names and kinds; null goes with anything."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return None if value is None else type(value).__name__


def is_like(example: Any, answer: Any) -> bool:
    if example in (None, [], {}) or answer in (None, [], {}):
        return True
    if isinstance(example, dict) and isinstance(answer, dict):
        return example.keys() == answer.keys() and all(is_like(example[key], answer[key]) for key in example)
    if isinstance(example, list) and isinstance(answer, list):
        return is_like(example[0], answer[0])
    return bool(example == answer)


def test_no_operation_makes_more_than_twelve_queries(
    ids: dict[str, str], queries: dict[str, list[str]], kept_in_process: None
) -> None:
    answers(ids, queries)
    most = {name: MOST_QUERIES + (name in NOTING) for name in queries}
    assert {name: made for name, made in queries.items() if len(made) > most[name] and name != ERASING} == {}
    assert len(queries[ERASING]) <= QUERIES_OF_ERASING, queries[ERASING]


def test_the_examples_are_what_the_api_answers(ids: dict[str, str], queries: dict[str, list[str]]) -> None:
    today = answers(ids, queries)
    if os.environ.get("CVMATCH_RECORD"):
        EXAMPLES_FILE.write_text(json.dumps(today, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    kept = json.loads(EXAMPLES_FILE.read_text())
    assert kept.keys() == today.keys(), "Record them anew: see the head of this file."
    wrong = {
        name: (example["status"], today[name]["status"])
        for name, example in kept.items()
        if example["status"] != today[name]["status"]
        or not is_like(shape(example["response"]), shape(today[name]["response"]))
    }
    assert wrong == {}, "Record them anew: see the head of this file."
