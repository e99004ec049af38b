"""Wrong settings are said at start, by id."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.checks import run_checks

from cvmatch import pipeline
from cvmatch.access import OPERATIONS, PAGES

# A pipeline whose first stage is not there.
BROKEN = (replace(pipeline.STAGES[0], function="ingestion.stages.gone"), *pipeline.STAGES[1:])


def ids() -> set[str]:
    return {message.id for message in run_checks() if message.id and message.id.startswith("cvmatch.")}


def test_the_settings_of_the_tests_are_sound() -> None:
    assert ids() == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "cvmatch.E001"),
        ("EMBEDDING_PROVIDER", "psychic", "cvmatch.E002"),
        ("STAGE_BATCH", {"parse_everything": 5}, "cvmatch.E004"),
        ("STAGE_MINUTES", {"parse_everything": 5}, "cvmatch.E004"),
        ("SIGN_UP", "maybe", "cvmatch.E011"),
        ("THROTTLE", {"default": "100 a minute"}, "cvmatch.E012"),
        ("LLM", {"URL": "ftp://models.example", "MODEL": "small"}, "cvmatch.E005"),
        ("LLM", {"URL": "http://models.example/v1", "MODEL": ""}, "cvmatch.E005"),
    ],
)
def test_a_wrong_setting_is_named_by_its_check(settings, name: str, value, expected: str) -> None:
    setattr(settings, name, value)
    assert ids() == {expected}


def test_a_route_that_nobody_may_open_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(PAGES, "home")
    monkeypatch.delitem(OPERATIONS, "get_cv")
    named = {message.msg.split()[0] for message in run_checks() if message.id == "cvmatch.E010"}
    assert named == {"home", "get_cv"}


@pytest.mark.parametrize(
    ("sign_up", "url", "warned"), [("open", "", True), ("closed", "", False), ("open", "smtp://m", False)]
)
def test_open_sign_up_without_mail_is_warned_of_before_it_is_deployed(
    settings, sign_up: str, url: str, warned: bool
) -> None:
    settings.SIGN_UP, settings.EMAIL_URL = sign_up, url
    found = {message.id for message in run_checks(include_deployment_checks=True)}
    assert ("cvmatch.W001" in found) == warned


SOUND = {"url": "http://127.0.0.1:8080/v1", "model": "small", "key": "any"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": ""},
        {"url": "ftp://models.example"},
        {"url": "http://[models"},
        {"model": ""},
        {"key": ""},
        {"key": "two words"},
        {"key": "line\n"},
        {"per_minute": 0},
        {"max_tokens": 0},
        {"timeout_s": 0.0},
        {"price": -1.0},
        {"max_cost": -1.0},
    ],
)
def test_an_embedding_endpoint_is_checked_where_it_is_used(settings, wrong: dict[str, object]) -> None:
    sound = {**settings.EMBEDDING_ENDPOINT, **SOUND}
    settings.EMBEDDING_ENDPOINT = {**sound, **wrong}
    assert ids() == set()
    settings.EMBEDDING_PROVIDER = "openai"
    assert ids() == {"cvmatch.E006"}
    settings.EMBEDDING_ENDPOINT = sound
    assert ids() == set()


def test_a_stage_that_does_not_exist_is_found_before_it_is_due(settings) -> None:
    settings.PIPELINE = f"{__name__}.BROKEN"
    assert ids() == {"cvmatch.E003"}
