"""What is wrong with the settings of Google Cloud Talent Solution is said before anything starts."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from matching.search.google_talent import client

SOUND = {"project": "bakery", "tenant": "north", "endpoint": "", "timeout_s": 5.0, "per_minute": 240}


def found() -> list[tuple[str | None, str | None]]:
    return [(message.id, message.hint) for message in run_checks() if (message.id or "").startswith("cvmatch.")]


def test_a_backend_that_does_not_exist_is_named(settings) -> None:
    settings.SEARCH_BACKEND = "crystal-ball"
    ((name, hint),) = found()
    assert name == "cvmatch.E007"
    assert hint == "It must be one of: pgvector, google-talent."


@pytest.mark.parametrize("wrong", [{"project": ""}, {"tenant": ""}, {"timeout_s": 0.0}, {"per_minute": 0}])
def test_what_is_missing_is_said_where_it_is_used(settings, wrong) -> None:
    settings.TALENT = SOUND | wrong
    assert found() == []
    settings.SEARCH_BACKEND = "google-talent"
    assert [name for name, _ in found()] == ["cvmatch.E008"]
    settings.TALENT = SOUND
    assert found() == []


def test_without_the_library_it_is_said_what_to_install(settings, monkeypatch) -> None:
    settings.SEARCH_BACKEND, settings.TALENT = "google-talent", SOUND
    monkeypatch.setattr(client, "LIBRARY", "google.cloud.no_such_library")
    ((name, hint),) = found()
    assert name == "cvmatch.E008"
    assert "requirements-talent.txt" in str(hint)
    monkeypatch.setattr(client, "LIBRARY", "no_such_company.cloud.talent")
    assert len(found()) == 1
