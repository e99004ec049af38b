"""Nothing inside a network can be asked, however a name or a redirect leads there."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from cvmatch.core.fetching import FetchFailed, Request
from cvmatch.core.http import HttpFetch, addresses
from cvmatch.core.http.addresses import is_public, resolve
from cvmatch.core.http.breaker import Breaker
from tests.source_server import SourceServer, echoes, redirects

pytestmark = pytest.mark.django_db

Serve = Callable[..., SourceServer]
FetchAs = Callable[..., HttpFetch]


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:4700::6810:85e5", "64:ff9b::808:808"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.8.8.8 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 255.255.255.255
    224.0.0.1 239.1.1.1 240.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 ::1 :: fe80::1 fe80::1%eth0 fec0::1 fc00::1
    fd12::1 ff02::1 ff0e::1 2001:db8::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 2002:7f00:1::
    2002:a9fe:a9fe:: 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 2001:0:7f00:1::""".split(),
)
def test_addresses_inside_a_network_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
def test_no_way_to_write_this_machine_is_asked(serve: Serve, fetch_as: FetchAs, host: str) -> None:
    server = serve(echoes)
    with pytest.raises(FetchFailed) as raised:
        fetch_as(allow_private=False)(Request(f"http://{host}:{server.port}/"))
    assert server.asked == []
    assert "inside a network" in raised.value.message or "is not one" in raised.value.message


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_redirects_into_the_network_are_refused(
    serve: Serve, fetch_as: FetchAs, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    inside = serve(echoes)
    outside = serve(redirects(f"http://{host}:{inside.port}/"))
    names_lead_to(monkeypatch, {"jobs.example": ["127.0.0.1"]}, public={"jobs.example"})
    with pytest.raises(FetchFailed, match="inside a network"):
        fetch_as(allow_private=False)(Request(f"http://jobs.example:{outside.port}/"))
    assert (len(outside.asked), inside.asked) == (1, [])


def names_lead_to(
    monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]], public: set[str] = frozenset()
) -> list[str]:
    """Plays the name service; addresses of ``public`` names pass for public ones. Returns the names asked for, as they come."""
    asked: list[str] = []
    real, check, passed = socket.getaddrinfo, addresses.is_public, threading.local()

    def lookup(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host in names:
            asked.append(host)
        passed.all = host in public
        return [entry for each in names.get(host, [host]) for entry in real(each, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    monkeypatch.setattr(addresses, "is_public", lambda text: passed.all or check(text))
    return asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_to(monkeypatch, {"jobs.example": ["93.184.215.14", "10.0.0.1"]})
    with pytest.raises(FetchFailed, match="inside a network"):
        resolve("jobs.example", 443)
    assert resolve("jobs.example", 443, allow_private=True) == ["93.184.215.14", "10.0.0.1"]


def test_a_name_is_asked_for_once_and_its_checked_address_used(
    serve: Serve, fetch_as: FetchAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look-up might lead elsewhere. The server still sees the name."""
    server = serve(echoes)
    asked = names_lead_to(monkeypatch, {"jobs.example": ["127.0.0.1"]})
    fetch_as()(Request(f"http://jobs.example:{server.port}/"))
    assert asked == ["jobs.example"]
    assert server.asked[0].headers["host"] == f"jobs.example:{server.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(
    serve: Serve, fetch_as: FetchAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(echoes)
    names_lead_to(monkeypatch, {"jobs.example": ["127.0.0.9", "127.0.0.1"]})
    assert fetch_as()(Request(f"http://jobs.example:{server.port}/", params={"a": "1"})).json() == {"a": "1"}


def test_the_handshake_names_the_host_and_not_the_address(fetch_as: FetchAs, monkeypatch: pytest.MonkeyPatch) -> None:
    names_lead_to(monkeypatch, {"jobs.example": ["127.0.0.1"]})
    hellos: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            for _ in range(3):
                peer, _ = listening.accept()
                with peer:
                    hellos.append(peer.recv(4096))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        with pytest.raises(FetchFailed):
            fetch_as()(Request(f"https://jobs.example:{listening.getsockname()[1]}/"))
        thread.join(5)
    assert hellos
    assert all(b"jobs.example" in hello for hello in hellos)


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 70 + ".example", "x..y"])
def test_a_name_that_leads_nowhere_may_be_back_later(fetch_as: FetchAs, host: str) -> None:
    with pytest.raises(FetchFailed) as raised:
        fetch_as()(Request(f"http://{host}/"))
    assert host in raised.value.message


def test_an_address_that_is_refused_does_not_rest_the_source(fetch_as: FetchAs, clock) -> None:
    fetch = fetch_as(allow_private=False)
    for _ in range(10):
        with pytest.raises(FetchFailed, match="inside a network"):
            fetch(Request("http://127.0.0.1/"))
    Breaker("adzuna", clock).check()


def test_no_proxy_of_the_environment_gets_between(
    serve: Serve, fetch_as: FetchAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, server = serve(echoes), serve(echoes)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fetch_as()(Request(server.url))
    assert (len(server.asked), proxy.asked) == (1, [])
