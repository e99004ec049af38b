"""Every page and every operation that shows a recruiter or an admin something of a CV leaves a row in the log of its person.

The walk is that over the table of access (``test_access``), so that a new route is in it by itself. One that shows a CV only when
it is asked in some way needs a line in ``ASKED_SO``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse

from cvmatch.access import OPERATIONS, PAGES, Rule
from cvmatch.core.models import User
from cvmatch.guarding import operations
from ingestion.correcting import correct
from ingestion.models import CV, CVView
from jobs.models import Job
from matching.asking import ask_for_cv
from matching.deciding import decide
from matching.models import Match, Prediction, Stage
from matching.optimising import request_batch
from matching.services import request_matches
from tests.pages import test_access
from tests.pages.test_access import address, may, pages, sent
from tests.support import work_until_idle

everybody, clients, examples = test_access.everybody, test_access.clients, test_access.examples

# What stands in the CV, and not in the name and the title that lists have of it; and how reasons begin that say what it shows.
OF_THE_CV = ("Nordlicht", "Uppsala", "nightly jobs", "ingestion service", "lindqvist@example", "The CV shows")
Asked = tuple[dict[str, Any], dict[str, str]]
PLAIN: Asked = ({}, {})
# What is sent, and the headers of a part of a page, where the address alone does not show all that there is.
ASKED_SO: dict[str, list[Asked]] = {
    "cv": [PLAIN, ({"part": "reading"}, {}), ({"part": "preview"}, {})],
    "cv-correct": [PLAIN, ({"action": "confirm"}, {"HX-Request": "true"})],
    "cv-matches": [PLAIN, ({"country": "DE"}, {}), ({"country": "DE"}, {"HX-Target": "list"})],
    "match": [PLAIN, ({}, {"HX-Target": "account"})],
    "job-candidates": [PLAIN, ({"match": "{line}"}, {"HX-Target": "people-detail"}), ({}, {"HX-Target": "people"})],
    "job-compare": [({"match": "{line}"}, {})],
    "job-decide": [({"stage": "contacted", "match": "{line}"}, {"HX-Target": "people"})],
    "export_matches": [({"cv_id": "{cv}"}, {}), ({"job_id": "{job}"}, {})],
}
# They are found to show something, or the walk would prove nothing.
SHOWING = {
    *("cv", "cv-file", "cv-correct", "cv-diff", "cv-matches", "match", "improvement", "improvement-file"),
    *("job-candidates", "job-decide", "job-shortlist", "job-shortlist-csv"),
    *("get_cv", "get_recommendations", "get_filtered_matches", "get_job_candidates", "get_prediction", "get_explanation"),
    *("get_match", "export_matches", "optimise_cv", "get_optimised_cv", "get_optimised_file", "list_corrections"),
    *("undo_correction", "ingestion.CV", "ingestion.Correction", "matching.Explanation"),
}  # fmt: skip
# Their own account, which lists nothing of others; and what signs them out.
OTHERWISE = {"account_logout"}


@pytest.fixture
def recruited(examples: dict[str, str], everybody: dict[str, User]) -> dict[str, str]:
    """``examples`` with what recruiters have of the CV: a list, a decision, a task under filters and a bulk of their own."""
    rita, cv, job = everybody["recruiter"], CV.objects.get(pk=examples["cv"]), Job.objects.get(pk=examples["job"])
    made = correct(cv, path="work[0].name", value="Another Company", by=everybody["candidate"])
    request_matches(job=job, requested_by=rita)
    work_until_idle()
    task = ask_for_cv(user=rita, cv=CV.objects.get(pk=cv.pk), filters={"country": ["DE"]})
    batch, _ = request_batch(user=rita, cv_ids=[cv.pk], job_ids=[job.pk])
    decide(by=rita, job=job, candidates=[cv.candidate_id], stage=Stage.SHORTLISTED)
    work_until_idle()
    lines = Match.objects.filter(cv=cv)
    line = lines.filter(prediction__side=Prediction.Side.CVS_FOR_JOB).latest("pk")
    match = lines.filter(prediction__side=Prediction.Side.JOBS_FOR_CV).latest("pk")
    CVView.objects.all().delete()
    own = {
        "line": line.pk, "match.pk": match.pk, "match_id": match.pk, "prediction_id": match.prediction_id,
        "task_id": task.pk, "batch_id": batch.pk, "improvements.pk": batch.pk, "optimised_id": batch.tailorings[0],
        "improvement.pk": batch.tailorings[0], "correction_id": made.pk if made else 0,
    }  # fmt: skip
    return examples | {name: str(value) for name, value in own.items()}


def test_whatever_shows_something_of_a_cv_to_another_is_in_the_log_of_its_person(
    clients: dict[str, Client], recruited: dict[str, str]
) -> None:
    root = User.objects.create_superuser("root", password="pw")
    clients["root"] = Client()
    clients["root"].force_login(root)
    showing, silent = set(), set()
    for name, ask in [*of_pages(clients, recruited), *of_operations(clients, recruited), *of_admin(clients["root"])]:
        shows, is_noted = look(ask)
        showing |= {name} if shows else set()
        silent |= {name} if shows and not is_noted else set()
    assert silent == set(), "Call note_view (ingestion/viewings.py) where they show it."
    assert SHOWING - showing == set()


def look(ask: Callable[[], HttpResponseBase]) -> tuple[bool, bool]:
    """Whether something of the CV is in the answer, or a file that says nothing to us; and whether anybody's look is noted.

    What the request changed is taken back.
    """
    with transaction.atomic():
        response = ask()
        body = b"".join(response) if response.status_code == 200 else b""  # type: ignore[arg-type]
        is_noted = CVView.objects.exists()
        transaction.set_rollback(True)
    is_text = response.headers.get("Content-Type", "").startswith(("text/", "application/json", "application/x-ndjson"))
    said = unescape(body.decode(errors="ignore"))
    return bool(body) and (not is_text or any(word in said for word in OF_THE_CV)), is_noted


def somebody(rule: Rule) -> str:
    """A recruiter where recruiters may, else an admin; nobody for what is for candidates, about what is theirs."""
    return next((person for person in ("recruiter", "admin") if may(rule, person)), "")


def of_pages(clients: dict[str, Client], recruited: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for name, route in pages().items():
        if not (who := somebody(PAGES[name])) or name.startswith("api-v1:") or name in OTHERWISE:
            continue
        place = address(name, route, recruited)
        for data, headers in ASKED_SO.get(name, [PLAIN]):
            yield name, partial(opened, clients[who], place, filled(data, recruited) or sent(name, recruited), headers)


def opened(client: Client, place: str, data: dict[str, Any], headers: dict[str, str]) -> HttpResponseBase:
    """By GET, or where there is none, with the form."""
    answer = client.get(place, data, headers=headers)
    return client.post(place, data, headers=headers) if answer.status_code == 405 else answer


def of_operations(clients: dict[str, Client], recruited: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for (route, method), operation in operations().items():
        name = str(operation.operation_id)
        client, place = clients[somebody(OPERATIONS[name])], address(name, route, recruited)
        for data, _ in ASKED_SO.get(name, [PLAIN]):
            body = filled(data, recruited) or sent(name, recruited)
            if method == "GET":
                yield name, partial(client.get, place, body)
            else:
                yield name, partial(client.generic, method, place, json.dumps(body), "application/json")


def of_admin(client: Client) -> Iterator[tuple[str, Any]]:
    """Each table that leads to a CV or keeps what was read of one, as a list, and some of its rows."""
    for model in admin.site._registry:
        where = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if model._meta.app_label in {"ingestion", "matching"}:
            yield f"a list of {model._meta.label}", partial(client.get, reverse(f"{where}_changelist"))
            for row in model._default_manager.order_by("-pk")[:2]:
                yield model._meta.label, partial(client.get, reverse(f"{where}_change", args=[row.pk]))


def filled(data: dict[str, Any], recruited: dict[str, str]) -> dict[str, Any]:
    return {name: value.format(**recruited) for name, value in data.items()}
