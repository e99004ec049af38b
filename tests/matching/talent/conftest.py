"""An installation that searches at a local server which plays Google Cloud Talent Solution."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from matching.search import get_search
from tests.talent_server import TalentServer


@pytest.fixture
def server() -> Iterator[TalentServer]:
    played = TalentServer()
    yield played
    played.close()


@pytest.fixture
def talent(server, settings) -> Iterator[TalentServer]:
    """The server, with the settings that lead to it."""
    settings.SEARCH_BACKEND = "google-talent"
    settings.TALENT = {**settings.TALENT, "project": "bakery", "tenant": "north", "endpoint": server.endpoint}
    settings.TALENT["per_minute"] = 100_000
    chosen = {**settings.SEARCH_BACKENDS["google-talent"], "OPTIONS": settings.TALENT}
    settings.SEARCH_BACKENDS = {**settings.SEARCH_BACKENDS, "google-talent": chosen}
    get_search.cache_clear()
    yield server
    get_search.cache_clear()
