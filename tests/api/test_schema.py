"""Every operation, called with what its description allows and with what it forbids, as everybody: nothing breaks, and every
answer is one that the description names, of the shape that it says.

Calls are drawn by schemathesis from the description itself, always the same ones (``SEED``), and each is taken back afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks

from cvmatch.access import OPERATIONS
from cvmatch.core.auth import create_key
from cvmatch.core.models import User, Webhook, WebhookDelivery
from ingestion.models import CV
from ingestion.syncing import connect_source
from jobs.models import Job
from jobs.saving import save_search
from matching.asking import ask_for_cv
from matching.models import Match, MatchTask
from tests.support import make_cv, make_job, make_user, work_until_idle

pytestmark = [
    pytest.mark.django_db,
    # The client that schemathesis sends forms with leaves its buffers to the collector.
    pytest.mark.filterwarnings("ignore:.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.SpooledTemporaryFile:ResourceWarning"),
]

SEED = 20260
# How many calls an operation gets from whom: with real ids and what it allows, with what it forbids, with ids that there
# are not. Who is turned away at the door needs one.
CALLS = {
    "anonymous": (1, 0, 0),
    "key without scope": (1, 0, 0),
    "candidate": (5, 2, 1),
    "recruiter": (2, 1, 0),
    "service": (2, 0, 0),
    "admin": (4, 2, 1),
}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
# Postings go to it by themselves; it asks the network.
OUTSIDE = {"sync_source"}


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: Any, value: Any) -> bytes:
    """A stream as it is sent: a text as it is, anything else as one line of JSON."""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@pytest.fixture
def schema(db: None, settings: Any) -> Iterator[Any]:
    settings.THROTTLE = dict.fromkeys(("default", "bulk", "anonymous", "address"), "off")
    # The end of a request would close the connection that holds the transaction of the test.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def candidate() -> User:
    return make_user("candidate")


@pytest.fixture
def ids(candidate: User) -> dict[str, Any]:
    """What there is, all of it the candidate's; by the name that operations give it."""
    Job.objects.filter(pk=make_job().pk).update(url="https://example.com/apply")
    make_job("2", title="Platform Engineer")
    cv = make_cv(user=candidate)
    work_until_idle()
    connect_source(name="board", kind="arbeitnow", options={}, secrets={})
    task: MatchTask = ask_for_cv(user=candidate, cv=CV.objects.get(pk=cv.pk), filters={})
    work_until_idle()
    match = Match.objects.filter(cv=cv).order_by("-pk")[0]
    hook = Webhook.objects.create(user=candidate, url="https://example.com/hook", events=["cv.read"], secret="")
    delivery = WebhookDelivery.objects.create(webhook=hook, event="cv.read", payload_json={}, status="completed")
    return {
        "search_id": save_search(user=candidate, name="Data", query="q=data").pk,
        "cv_id": cv.pk,
        "job_id": match.job_id,
        "match_id": match.pk,
        "prediction_id": match.prediction_id,
        "task_id": str(task.pk),
        "webhook_id": hook.pk,
        "delivery_id": delivery.pk,
        "name": "board",
    }


def key_of(role: str, candidate: User) -> str:
    """A key of that role, without any scope, or none."""
    if role == "anonymous":
        return ""
    if role == "key without scope":
        return create_key(user=make_user("admin", User.Role.ADMIN), name="empty", scopes=[])
    return create_key(user=candidate if role == "candidate" else make_user(role, role), name="all")


def drawn(strategy: Any, count: int, call: Callable[[Any], None]) -> None:
    """The same ``count`` values every time, each given to ``call``."""

    @hypothesis.seed(SEED)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def run(case: Any) -> None:
        call(case)

    run()


def aimed(case: Any, ids: dict[str, Any]) -> Any:
    """With ids of what there is where the body or the address names some."""
    for place in (case.body, case.query):
        if isinstance(place, dict):
            place.update({name: ids[name] for name in place.keys() & ids.keys() - {"name"} if place[name] is not None})
            if place.get("cv_ids"):
                place["cv_ids"] = [ids["cv_id"]]
    return case


def cases(operation: Any, ids: dict[str, Any], role: str) -> Iterator[tuple[Any, int, bool]]:
    """What to draw from, how often, and whether ids are put in."""
    allowed, forbidden, strange = CALLS[role]
    named = {one.name for one in operation.path_parameters}
    real = {name: ids[name] for name in named & ids.keys()}
    given = {"path_parameters": real} if real and real.keys() == named else {}
    yield operation.as_strategy(**given), allowed, True
    if named and strange:
        yield operation.as_strategy(), strange, False
    if forbidden and (operation.body or operation.query or named):
        yield operation.as_strategy(GenerationMode.NEGATIVE), forbidden, False


def called(case: Any, key: str) -> list[str]:
    """What is wrong with the answer; what the call changed is taken back."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with transaction.atomic():
        response = case.call(headers=headers)
        transaction.set_rollback(True)
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        return [f"{type(one).__name__}: {one}" for one in group.exceptions]
    except Failure as failure:
        return [f"{type(failure).__name__}: {failure}"]
    return []


@pytest.mark.parametrize("role", CALLS)
def test_no_call_breaks_the_api_and_every_answer_is_as_described(
    role: str, schema: Any, ids: dict[str, Any], candidate: User
) -> None:
    key, calls = key_of(role, candidate), 0
    wrong: dict[str, str] = {}

    for found in schema.get_all_operations():
        operation = found.ok()
        name = operation.definition.raw["operationId"]
        if name in OUTSIDE:
            continue

        def call(case: Any, has_ids: bool, name: str = name) -> None:
            nonlocal calls
            calls += 1
            for text in called(aimed(case, ids) if has_ids else case, key):
                wrong.setdefault(f"{name}: {text[:160]}", f"{text}\n{case.as_curl_command()}")

        for strategy, count, has_ids in cases(operation, ids, role):
            drawn(strategy, count, lambda case, has_ids=has_ids: call(case, has_ids))
    assert calls >= len(OPERATIONS) - len(OUTSIDE)
    assert not wrong, f"Seed {SEED}:\n" + "\n\n".join(wrong.values())
