"""A board behind a real server, and sources connected to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ingestion.models import Source
from ingestion.syncing import connect_source
from tests.board import SPEC, Board
from tests.source_server import SourceServer


@pytest.fixture
def board(settings) -> Iterator[Board]:
    """Served at ``board.url``; the kinds ``board`` and ``search`` read it."""
    settings.JOB_SOURCES = {
        **settings.JOB_SOURCES,
        "board": SPEC,
        "search": {"BACKEND": "tests.board.Partial"},
    }
    settings.FETCH = {**settings.FETCH, "allow_private": True}
    made = Board()
    server = SourceServer(made)
    made.url = server.url  # type: ignore[attr-defined]
    yield made
    server.close()


@pytest.fixture
def connect(board: Board) -> Callable[..., Source]:
    def make(name: str = "acme", kind: str = "board", **values: Any) -> Source:
        values.setdefault("options", {"url": board.url})  # type: ignore[attr-defined]
        values.setdefault("secrets", {})
        return connect_source(name=name, kind=kind, **values)

    return make
