"""A source to ask, a clock that passes by sleeping only, and a way to ask that uses both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import tenacity.nap

from cvmatch.core.http import HttpFetch
from tests.fake_clock import FakeClock
from tests.source_server import Play, SourceServer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Also the clock by which attempts are spaced."""
    fake = FakeClock()
    monkeypatch.setattr(tenacity.nap, "time", SimpleNamespace(sleep=fake.sleep))
    return fake


@pytest.fixture
def serve() -> Iterator[Callable[..., SourceServer]]:
    servers: list[SourceServer] = []

    def start(*plays: Play) -> SourceServer:
        servers.append(SourceServer(*plays))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def fetch_as(clock: FakeClock) -> Iterator[Callable[..., HttpFetch]]:
    """Makes what asks for a source, on the fake clock and allowed to ask this machine."""
    made: list[HttpFetch] = []

    def make(name: str = "adzuna", **options: Any) -> HttpFetch:
        made.append(HttpFetch(name, **{"allow_private": True, "clock": clock, "timeout_s": 5.0, **options}))
        return made[-1]

    yield make
    for fetch in made:
        fetch.close()
