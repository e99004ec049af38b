"""The description of the API: what every operation can be refused with is added at one place, so that none forgets it."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from cvmatch.core.http_api import KINDS, Problem
from cvmatch.core.http_api.problems import CONTENT_TYPE

_SCHEMA = "Problem"
# Recorded from real answers by tests/api/test_examples.py, which also holds them against those of today.
EXAMPLES_FILE = Path(__file__).with_name("openapi_examples.json")
TAGS = {
    "Jobs": "Postings: search, read, push; what is like them.",
    "Saved searches": "Searches kept under a name: what they find, and what of it is new.",
    "CVs": "Files that come in, what was read from them, their versions.",
    "Corrections": "What people say is otherwise than it was read.",
    "Matches": "Ranked lists, stored or under filters, and why each line scored as it did.",
    "Match tasks": "Asking for a match under an id of one's own, also of what is not to be kept.",
    "Tailored CVs": "Edits that fit a CV to one job, each held against what the CV says; one pair, or many at once.",
    "Feedback": "What people do with the jobs that they are shown.",
    "Alerts": "Following a CV, a job or a saved search: what is new is told once.",
    "Insights": "What the market asks for and pays, how long jobs stay open, and what comes of lists.",
    "My data": "What is kept of you, who saw it, and what you agree to.",
    "Webhooks": "Addresses that are told when something has happened.",
    "Streams": "Much at once, a JSON object a line (NDJSON).",
    "Operations": "How the system is doing. For admins and services.",
    "Sources": "Where postings come from. For admins and services.",
}
_SCHEMES = {
    "KeyAuth": "A key of yours: `Authorization: Bearer cvm_…`. It may do what its scopes say and you may.",
    "SessionAuth": "The session of a signed-in browser; writes need the CSRF token in `X-CSRFToken` too.",
}
# What stands in an address.
_PARTS = {
    "cv_id": "A version of a CV",
    "job_id": "A posting",
    "match_id": "A line of a list",
    "prediction_id": "A stored list",
    "search_id": "A saved search of yours, or one that is shared with you",
    "subscription_id": "What you follow",
    "task_id": "What was asked for by `POST /match`",
    "optimised_id": "A CV fitted to a job, from its `Location`",
    "batch_id": "What was asked for by `POST /optimise/bulk`",
    "correction_id": "A correction of this CV",
    "webhook_id": "A webhook of yours",
    "delivery_id": "A delivery of this webhook",
    "experiment_id": "An experiment",
    "backfill_id": "A back-fill",
    "action": "What to do about it",
    "test_id": "A test of the queue, from its `Location`",
    "name": "A connected source",
    "purpose": "`matching`, `alerts` or `statistics`",
}
_METHODS = {"get", "post", "put", "patch", "delete"}
# Every call can meet these: no valid key, one that may not, too many calls, our own mistake, no database.
_ALWAYS = (401, 403, 429, 500, 503)
_RETRY_AFTER = {"description": "Seconds to wait before asking again", "schema": {"type": "integer"}}
_LOCATION = {"description": "Where to ask how far it is", "schema": {"type": "string", "format": "uri-reference"}}


class DescribedAPI(NinjaAPI):
    """The API with a complete description of itself."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        model = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.setdefault("components", {}).setdefault("schemas", {})[_SCHEMA] = model
        schema["servers"] = [{"url": "/", "description": "Wherever cvmatch is reached"}]
        schema["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
        for name, scheme in schema["components"].get("securitySchemes", {}).items():
            scheme["description"] = _SCHEMES[name]
        for path, operations in schema["paths"].items():
            for method in _METHODS & operations.keys():
                operations[method] = deepcopy(operations[method])  # operations share what their modules say once
                describe(path, method, operations[method])
        return schema


def describe(path: str, method: str, operation: dict[str, Any]) -> None:
    """Add what else the operation can answer; what it says itself stays."""
    responses = operation["responses"]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path":
            parameter.setdefault("description", _PARTS[parameter["name"]])
        if isinstance(parameter.get("examples"), list):  # right in a JSON schema, where it comes from, and wrong here
            parameter["example"] = parameter.pop("examples")[0]
    _show(operation)
    for status in refusals(path, method, operation):
        responses.setdefault(status, _refusal(status))
    if 202 in responses:
        headers = {"Retry-After": _RETRY_AFTER}
        if method == "post":
            headers["Location"] = _LOCATION
        responses[202].setdefault("headers", headers)


def refusals(path: str, method: str, operation: dict[str, Any]) -> list[int]:
    """The statuses that the operation can refuse a call with, from what it takes."""
    statuses = set(_ALWAYS)
    if operation.get("parameters") or "requestBody" in operation:
        statuses.add(422)
    if "requestBody" in operation or any(given["name"].endswith(("_id", "name")) for given in operation["parameters"]):
        statuses.add(404)  # a body may name what is not there
    if "task_id" in path:
        statuses.add(410)
    if method != "get":
        statuses |= {409, 422}  # the same Idempotency-Key is at work, or came with something else
    if "requestBody" in operation:
        statuses |= {400, 413, 415}
    return sorted(statuses)


@cache
def examples() -> dict[str, dict[str, Any]]:
    """By operation: what was sent, the status, and what came back."""
    recorded: dict[str, dict[str, Any]] = json.loads(EXAMPLES_FILE.read_text())
    return recorded


def _show(operation: dict[str, Any]) -> None:
    """Put in the example of the operation, where it has a body to show."""
    example = examples().get(operation["operationId"])
    if example is None:
        return
    sent = operation.get("requestBody", {}).get("content", {})
    if example["request"] is not None and "application/json" in sent:
        sent["application/json"].setdefault("example", example["request"])
    answered = operation["responses"].get(example["status"], {}).get("content", {})
    for content in answered.values():
        if example["response"] is not None:
            content.setdefault("example", example["response"])


def _refusal(status: int) -> dict[str, Any]:
    kinds = [kind for kind in KINDS.values() if kind.status == status]
    kind = kinds[0]
    example = Problem(type=kind.type, title=kind.title, status=status, detail=kind.todo).model_dump()
    content = {"schema": {"$ref": f"#/components/schemas/{_SCHEMA}"}, "example": example}
    answer: dict[str, Any] = {
        "description": " Or: ".join(f"{kind.title}. {kind.todo}" for kind in kinds),
        "content": {CONTENT_TYPE: content},
    }
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    return answer
