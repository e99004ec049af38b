"""The OpenAPI description leaves nothing out: every operation says what it does, takes, answers and refuses, with examples."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from ninja import Schema

from cvmatch.access import OPERATIONS
from cvmatch.api import api

OURS = ("cvmatch", "jobs", "ingestion", "matching")
FORM = "multipart/form-data"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    description: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    return description


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, each in schema["paths"].items():
        for method, operation in each.items():
            yield f"{method.upper()} {path}", operation


def bodies(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What is sent and what comes back: the operation, the content type, and the content with schema and example."""
    for name, operation in operations(schema):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield f"{name} sends", kind, content
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                yield f"{name} {status}", kind, content


def test_the_description_as_a_whole_says_where_who_and_what(schema: dict[str, Any]) -> None:
    assert schema["info"]["description"]
    assert schema["servers"] == [{"url": "/", "description": "Wherever cvmatch is reached"}]
    assert {name: bool(one["description"]) for name, one in schema["components"]["securitySchemes"].items()} == {
        "KeyAuth": True,
        "SessionAuth": True,
    }
    used = {tag for _, operation in operations(schema) for tag in operation["tags"]}
    assert used == {tag["name"] for tag in schema["tags"] if tag["description"]}


def test_no_two_shapes_have_the_same_name() -> None:
    """The second would be described as the first."""
    found = [each.__name__ for each in shapes(Schema) if each.__module__.partition(".")[0] in OURS]
    assert [name for name, count in Counter(found).items() if count > 1] == []


def shapes(of: type[Schema]) -> Iterator[type[Schema]]:
    for each in of.__subclasses__():
        yield each
        yield from shapes(each)


def test_every_operation_is_described_and_in_the_table_of_access(schema: dict[str, Any]) -> None:
    missing = {
        name: part
        for name, operation in operations(schema)
        for part in ("summary", "description", "tags", "security", "operationId")
        if not operation.get(part)
    }
    assert missing == {}
    assert {operation["operationId"] for _, operation in operations(schema)} == OPERATIONS.keys()


def test_every_parameter_is_described(schema: dict[str, Any]) -> None:
    missing = [
        (name, parameter["name"])
        for name, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if not (parameter.get("description") or parameter["schema"].get("description"))
    ]
    assert missing == []


def test_every_operation_names_the_refusals_that_any_call_can_meet(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        assert {"401", "403", "429", "500", "503"} <= operation["responses"].keys(), name
        for status, answer in operation["responses"].items():
            assert answer["description"], (name, status)
            assert status < "400" or list(answer["content"]) == ["application/problem+json"], (name, status)


def test_whatever_is_sent_or_answered_has_an_example_that_fits_its_schema(schema: dict[str, Any]) -> None:
    missing, wrong = set(), {}
    for name, kind, content in bodies(schema):
        if kind == FORM or name.endswith(" 202") or not content.get("schema"):
            continue  # a file is none to be read here; how far something is stands where it begins
        if "example" not in content:
            missing.add(name)
            continue
        whole = {**content["schema"], "components": schema["components"]}
        found = [error.message for error in jsonschema_rs.Draft202012Validator(whole).iter_errors(content["example"])]
        if found:
            wrong[name] = found[:2]
    assert missing == set()
    assert wrong == {}


def test_whatever_begins_something_long_has_an_example_of_it(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema):
        if name.startswith("POST") and "202" in operation["responses"]:
            assert operation["responses"]["202"]["content"]["application/json"]["example"], name
            assert "Location" in operation["responses"]["202"]["headers"], name
