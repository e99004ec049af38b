"""The table of access against what really happens: every page and every operation of the API, as every kind of person and key.

A new route needs its row in cvmatch/access.py. Where its address holds something new, say below what it means
(``examples``); where it takes a form or a body that the walk needs to get past its checks, say it in ``SENT``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from cvmatch.access import NAMESPACES, OPERATIONS, PAGES, Rule, Who
from cvmatch.core.auth import create_key
from cvmatch.core.models import ApiKey, Scope, User, Webhook
from cvmatch.guarding import api_routes, operations, page_names, unnamed_in_table
from ingestion.models import CV
from ingestion.syncing import connect_source
from jobs.models import Job
from jobs.saving import save_search
from matching.alerts.subscribing import stop_token, subscribe
from matching.asking import ask_for_cv
from matching.backfills.running import work_backfills
from matching.backfills.services import start_backfill
from matching.experiments.keeping import Plan, add_config, create_experiment
from matching.models import AlertSubscription, BackfillItem, Match, Prediction
from matching.optimising import request_batch
from tests.support import CV_TEXT, make_cv, make_user, work_until_idle

PEOPLE = ("anonymous", "candidate", "other", "recruiter", "service", "admin", "staff")
# What is sent where nothing would not do: to pages that take no GET, and to operations.
SENT: dict[str, dict[str, Any]] = {
    "cv-correct": {"action": "confirm"},
    "pipeline-retry": {"stage": "parse_cvs"},
    "pipeline-pause": {"stage": "parse_cvs", "action": "pause"},
    "source-act": {"action": "run"},
    "backfill-start": {"what": "read", "rate": "100"},
    "backfill-act": {"action": "rate", "rate": "100"},
    "experiment-act": {"action": "start"},
    "ranking-roll-back": {"side": "jobs"},
    "create_experiment": {"name": "Another", "side": "cvs", "treatment": "{config}"},
    "roll_back_ranking": {"side": "jobs"},
    "job-bulk": {"job": ["{job}"], "action": "candidates"},
    "saved-search-change": {"name": "Changed"},
    "my-data-consent": {"purpose": "alerts", "given": "yes"},
    "set_consent": {"is_given": True},
    "job-mark": {"save": "{job}.."},
    "webhook-act": {"action": "test"},
    "alert-change": {"cadence": "now"},
    "subscribe_to_alerts": {"cv_id": "{cv}"},
    "change_alert_subscription": {"cadence": "now"},
    "save_search": {"name": "Data"},
    "change_search": {"name": "Changed"},
    "create_webhook": {"url": "https://example.com/hook", "events": ["cv.read"]},
    "add_correction": {"path": "skills", "values": {"name": "Fencing"}},
    "start_match": {"cv_id": "{cv}"},
    "start_match_stream": {"cv_ids": ["{cv}"]},
    "push_jobs": [],
    "export_matches": {"cv_id": "{cv}"},
    "give_feedback": {"match_id": "{match}", "kind": "save"},
    "note_shown": {"lines": [{"match_id": "{match}", "position": 1}]},
    "optimise_cv": {"cv_id": "{cv}", "job_id": "{job}"},
    "optimise_in_bulk": {"cv_ids": ["{cv}"], "job_ids": ["{job}"]},
    "estimate_model": {"cv_id": "{cv}", "job_id": "{job}"},
}
ANYTHING = ""
# There is nothing to be seen at these for somebody who has no second step, whose CV has no pictures of pages,
# or whose address has no such key in it.
EMPTY = {
    "styleguide",  # only where DEBUG is on
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "cv-picture",
    "undo_correction",
    "redeliver",
    "get_queue_test",
}


@pytest.fixture
def everybody(people: dict[str, User]) -> dict[str, User]:
    staff = make_user("staff")
    User.objects.filter(pk=staff.pk).update(is_staff=True)
    return {**people, "service": make_user("service", User.Role.SERVICE), "staff": User.objects.get(pk=staff.pk)}


@pytest.fixture
def clients(everybody: dict[str, User], settings: Any) -> dict[str, Client]:
    settings.THROTTLE = {
        "default": "100000/min",
        "bulk": "100000/min",
        "anonymous": "100000/min",
        "address": "100000/min",
    }
    signed_in = {"anonymous": Client(raise_request_exception=False)}
    for name, user in everybody.items():
        signed_in[name] = Client(raise_request_exception=False)
        signed_in[name].force_login(user)
    return signed_in


@pytest.fixture
def examples(cv: CV, match: Match, everybody: dict[str, User]) -> dict[str, str]:
    """What stands in an address: by the name of its part, or of the first word of the page and the part."""
    connect_source(name="board", kind="arbeitnow", options={}, secrets={})
    owner = everybody["candidate"]
    task = ask_for_cv(user=owner, cv=cv, filters={})
    older = cv
    cv = make_cv(CV_TEXT + "\nTerraform\n", user=owner)
    create_key(user=owner, name="theirs")
    hook = str(Webhook.objects.create(user=owner, url="https://example.com/hook", events=["cv.read"], secret="").pk)
    search = str(save_search(user=owner, name="Data", query="q=data").pk)
    follows = subscribe(user=owner, kind=AlertSubscription.Kind.JOBS_FOR_CV, subject=cv.pk)
    work_until_idle()
    operated = _operated()
    match = Match.objects.filter(cv=cv, prediction__side=Prediction.Side.JOBS_FOR_CV).order_by("-pk")[0]
    batch, _ = request_batch(user=owner, cv_ids=[cv.pk], job_ids=[match.job_id])
    work_until_idle()
    tailored = str(batch.tailorings[0])
    Job.objects.filter(pk=match.job_id).update(url="https://example.com/apply")
    return {
        "cv": str(cv.pk),
        "job": str(match.job_id),
        "match": str(match.pk),
        "cv.pk": str(cv.pk),
        "cv.other": str(older.pk),
        "cv.number": "1",
        "match.pk": str(match.pk),
        "improvement.pk": tailored,
        "improvement.kind": "pdf",
        "improvements.pk": str(batch.pk),
        "optimised_id": tailored,
        "batch_id": str(batch.pk),
        "alert.pk": str(follows.pk),
        "subscription_id": str(follows.pk),
        "token": stop_token(follows),
        "saved.pk": search,
        "search_id": search,
        "job.pk": str(match.job_id),
        "key.pk": str(ApiKey.objects.get(user=owner, name="theirs").pk),
        "name": "board",
        "kind": "arbeitnow",
        "cv_id": str(cv.pk),
        "job_id": str(match.job_id),
        "match_id": str(match.pk),
        "prediction_id": str(match.prediction_id),
        "task_id": str(task.task.pk if hasattr(task, "task") else task.pk),
        "webhook.pk": hook,
        "webhook_id": hook,
        "delivery_id": "0",
        "correction_id": "0",
        "test_id": "0",
        "action": "pause",
        "purpose": "alerts",
        "key": "nothing",
        "uidb36": "1",
        **operated,
    }


def _operated() -> dict[str, str]:
    """A back-fill that has worked and an experiment that has not begun."""
    backfill = start_backfill(what="parse", everything=True)
    work_backfills()
    config = add_config(name="titles", weights={"title": 1.0}, by=None)
    experiment = str(create_experiment(Plan(name="Titles", side="cvs", treatment=config.pk), by=None).pk)
    return {
        "backfill.pk": str(backfill.pk),
        "backfill_id": str(backfill.pk),
        "backfill.item": str(BackfillItem.objects.filter(backfill=backfill)[0].pk),
        "config": str(config.pk),
        "experiment.pk": experiment,
        "experiment_id": experiment,
    }


def pages() -> dict[str, str]:
    """Name → route of every page but those of the admin site."""
    found: dict[str, str] = {}

    def walk(resolver: URLResolver, namespace: str, route: str) -> None:
        for pattern in resolver.url_patterns:
            path = f"{route}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                walk(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace, path)
            elif path not in api_routes():
                found[f"{namespace}{pattern.name}"] = path

    walk(get_resolver(), "", "")
    return {name: route for name, route in found.items() if name.split(":")[0] not in NAMESPACES}


def address(name: str, route: str, examples: dict[str, str]) -> str:
    def filled(part: re.Match[str]) -> str:
        what = part[1].split(":")[-1]
        value = examples.get(f"{re.split('[-_]', name)[0]}.{what}") or examples.get(what) or examples.get(ANYTHING)
        assert value, f"Say in `examples` of {__name__} what <{what}> in the address of {name} stands for."
        return value

    plain = re.sub(r"\(\?P<(\w+)>(?:[^()\\]|\\.)*\)", r"<\1>", route).replace("^", "").replace("$", "")
    return "/" + re.sub("<(.*?)>", filled, plain)


def sent(name: str, examples: dict[str, str]) -> Any:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [filled(inner) for inner in value]
        text = value.format(**examples) if isinstance(value, str) else value
        return int(text) if isinstance(text, str) and text.isdecimal() else text

    return filled(SENT.get(name, {}))


def undone(ask: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; what the request changed is taken back, so that the next finds everything as it was."""
    with transaction.atomic():
        response = ask()
        if response.streaming:
            b"".join(response.streaming_content)  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    return response


def open_page(client: Client, name: str, route: str, examples: dict[str, str]) -> HttpResponse:
    """By GET, or where the page takes none, with the form."""
    place = address(name, route, examples)
    response = undone(lambda: client.get(place))
    return undone(lambda: client.post(place, sent(name, examples))) if response.status_code == 405 else response


def call(client: Client, method: str, route: str, examples: dict[str, str], key: str = "") -> HttpResponse:
    name = str(operations()[route, method].operation_id)
    place, body = address(name, route, examples), sent(name, examples)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if method == "GET":
        response = undone(lambda: client.get(place, body, headers=headers))
    else:
        text = json.dumps(body)
        response = undone(lambda: client.generic(method, place, text, "application/json", headers=headers))
    assert response.status_code < 400 or response["Content-Type"] == "application/problem+json"
    return response


KINDS = {"other": {Who.CANDIDATE}, "staff": {Who.CANDIDATE, Who.STAFF}}


def may(rule: Rule, person: str) -> bool:
    return bool(rule.who & KINDS.get(person, {person}))


def is_stranger(rule: Rule, person: str) -> bool:
    """Whether there is nothing here for this person, since all of ``examples`` is the candidate's."""
    return person != "candidate" and bool(rule.own & KINDS.get(person, {person}))


def test_every_route_is_in_the_table() -> None:
    assert unnamed_in_table() == [], "Add them to cvmatch/access.py: until then nobody can open them."


def test_the_table_names_nothing_that_there_is_not() -> None:
    assert sorted(PAGES.keys() - set(page_names())) == []
    assert sorted(OPERATIONS.keys() - {operation.operation_id for operation in operations().values()}) == []


def test_what_is_not_in_the_table_is_refused(clients: dict[str, Client], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PAGES, "job-list")
    monkeypatch.delitem(OPERATIONS, "list_jobs")
    assert clients["admin"].get("/jobs/").status_code == 403
    assert clients["admin"].get("/api/v1/jobs").status_code == 403
    assert clients["anonymous"].get("/jobs/").status_code == 403


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_is_closed_to_all_that_the_table_does_not_name(
    method: str, clients: dict[str, Client], db: None
) -> None:
    ones = {ANYTHING: "1"}  # it must not come to what stands there
    wrong = {}
    for name, route in pages().items():
        rule = PAGES[name]
        for person in PEOPLE:
            if may(rule, person) or rule.scope:
                continue
            response = getattr(clients[person], method)(address(name, route, ones))
            expected = 302 if person == "anonymous" else 403
            if response.status_code != expected:
                wrong[name, person] = response.status_code
            elif person == "anonymous":
                assert response["Location"].startswith("/sign-in/?next=/")
            else:
                assert str(rule.refusal) in response.content.decode()
    assert wrong == {}


def test_a_page_opens_to_those_whom_the_table_names(clients: dict[str, Client], examples: dict[str, str]) -> None:
    wrong = {}
    for name, route in pages().items():
        rule = PAGES[name]
        for person in PEOPLE:
            if not may(rule, person) or name.startswith("api-v1:"):
                continue
            status = open_page(clients[person], name, route, examples).status_code
            is_theirs = "<" in route and is_stranger(rule, person)
            missing = status == 404 and (name not in EMPTY or is_theirs)
            if status in {401, 403} or status >= 500 or missing != is_theirs:
                wrong[name, person] = status
    assert wrong == {}


def test_the_admin_site_is_for_staff(clients: dict[str, Client], everybody: dict[str, User]) -> None:
    got = {person: clients[person].get("/admin/").status_code for person in PEOPLE}
    assert got == dict.fromkeys(PEOPLE, 403) | {"anonymous": 302, "staff": 200}
    assert clients["staff"].get("/admin/core/user/").status_code == 403


def test_an_operation_is_closed_to_whoever_is_not_known(clients: dict[str, Client], examples: dict[str, str]) -> None:
    owner = User.objects.get(username="candidate")
    expired, revoked = create_key(user=owner, name="old"), create_key(user=owner, name="lost")
    now = timezone.now()
    ApiKey.objects.filter(name="old").update(expires_at=now - timedelta(seconds=1))
    ApiKey.objects.filter(name="lost").update(revoked_at=now)
    wrong = {}
    for route, method in operations():
        for kind, key in {"nobody": "", "expired": expired, "revoked": revoked, "wrong": "cvm_wrong"}.items():
            response = call(Client(), method, route, examples, key)
            if response.status_code != 401 or response["WWW-Authenticate"] != "Bearer":
                wrong[method, route, kind] = response.status_code
    assert wrong == {}


def test_an_operation_answers_those_whom_the_table_names_and_nobody_else(
    clients: dict[str, Client], examples: dict[str, str]
) -> None:
    wrong = {}
    for (route, method), operation in operations().items():
        rule = OPERATIONS[str(operation.operation_id)]
        for person in PEOPLE[1:]:
            status = call(clients[person], method, route, examples).status_code
            if not may(rule, person):
                right = status == 403
            else:
                missing = status == 404 and (operation.operation_id not in EMPTY or is_stranger(rule, person))
                right = status not in {401, 403} and status < 500 and missing == is_stranger(rule, person)
            if not right:
                wrong[operation.operation_id, person] = status
    assert wrong == {}


def test_a_key_opens_what_its_scope_names_and_its_owner_may(
    clients: dict[str, Client], examples: dict[str, str], everybody: dict[str, User]
) -> None:
    wrong = {}
    for person in ("candidate", "service", "admin"):
        user = everybody[person]
        keys = {scope: create_key(user=user, name=scope, scopes=[scope]) for scope in user.scopes}
        without = {
            scope: create_key(user=user, name=f"no {scope}", scopes=set(user.scopes) - {scope}) for scope in Scope
        }
        for (route, method), operation in operations().items():
            rule = OPERATIONS[str(operation.operation_id)]
            refused = call(Client(), method, route, examples, without[rule.scope or Scope.JOBS_READ]).status_code
            if refused != 403:
                wrong[operation.operation_id, person, "without the scope"] = refused
            if may(rule, person) and rule.scope in keys:
                by_session = call(clients[person], method, route, examples).status_code
                by_key = call(Client(enforce_csrf_checks=True), method, route, examples, keys[rule.scope]).status_code
                if by_key != by_session:
                    wrong[operation.operation_id, person, "with it"] = (by_session, by_key)
    assert wrong == {}


def test_a_key_opens_no_page(cv: CV, people: dict[str, User]) -> None:
    secret = create_key(user=people["candidate"], name="script")
    response = Client().get(f"/cvs/{cv.pk}/", headers={"Authorization": f"Bearer {secret}"})
    assert response["Location"] == f"/sign-in/?next=/cvs/{cv.pk}/"


def test_an_expired_sign_in_that_is_still_sent_is_asked_to_sign_in(cv: CV, people: dict[str, User]) -> None:
    client = Client()
    client.force_login(people["candidate"])
    User.objects.filter(pk=people["candidate"].pk).update(is_active=False)
    assert client.get(f"/cvs/{cv.pk}/").status_code == 302
    assert client.get(f"/api/v1/cvs/{cv.pk}").status_code == 401


def test_a_candidate_never_sees_a_line_of_a_jobs_candidates_even_their_own(
    job_match: Match, as_: Callable[[str], Client]
) -> None:
    assert as_("candidate").get(f"/matches/{job_match.pk}/").status_code == 404
    assert as_("recruiter").get(f"/matches/{job_match.pk}/").status_code == 200


def test_the_pages_of_others_say_the_same_as_pages_that_do_not_exist(cv: CV, as_: Callable[[str], Client]) -> None:
    client = as_("other")
    theirs, nothing = client.get(f"/cvs/{cv.pk}/"), client.get("/cvs/999999/")
    assert theirs.status_code == nothing.status_code == 404
    assert "There is no such CV, or it is not yours to see." in theirs.content.decode()
    assert "There is no such CV, or it is not yours to see." in nothing.content.decode()


def test_an_upload_cannot_become_a_version_of_somebody_elses_cv(cv: CV, as_: Callable[[str], Client]) -> None:
    assert as_("other").post(f"/cvs/upload/?replaces={cv.pk}", {}).status_code == 404


def test_a_page_for_others_says_who_can_open_it(as_: Callable[[str], Client]) -> None:
    page = as_("recruiter").get("/operations/pipeline/").content.decode()
    assert "This is for admins. Ask one of yours." in page
