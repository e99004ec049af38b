"""How a connection is made: to the address that was checked, and with an end to every wait."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from cvmatch.core.http.addresses import resolve

# When the answer that this thread waits for has to be complete, by the monotonic clock.
_until: ContextVar[float] = ContextVar("until", default=float("inf"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All reading and writing inside ends after ``seconds``; the client's own time-outs start anew with every piece."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def _left(timeout: float | None, over: type[httpcore.TimeoutException]) -> float | None:
    left = _until.get() - time.monotonic()
    if left <= 0:
        raise over
    shorter = left if timeout is None else min(left, timeout)
    return None if shorter == float("inf") else shorter


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes end with the answer's time."""

    def __init__(self, plain: httpcore.NetworkStream) -> None:
        self._plain = plain

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._plain.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._plain.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._plain.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks the addresses and connects to one of them.

    The client above still knows the name only: it goes into the Host header and the TLS handshake, and connections
    that are kept are kept under it.
    """

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = resolve(host, port, allow_private=self._allow_private)
        except (OSError, UnicodeError):  # names that cannot be one fail in the codec
            raise httpcore.ConnectError("The name is not known.") from None
        return _Stream(self._first_that_answers(addresses, port, timeout, local_address, socket_options))

    def _first_that_answers(
        self, addresses: list[str], port: int, timeout: float | None, local: str | None, options: Any
    ) -> httpcore.NetworkStream:
        for address in addresses[:-1]:
            try:
                left = _left(timeout, httpcore.ConnectTimeout)
                return self._plain.connect_tcp(address, port, left, local, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        left = _left(timeout, httpcore.ConnectTimeout)
        return self._plain.connect_tcp(addresses[-1], port, left, local, options)


class CheckedTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that are made here; no proxy of the environment gets between."""

    def __init__(self, *, allow_private: bool, connections: int) -> None:
        super().__init__(trust_env=False)
        # httpx has no parameter for this, and no other way keeps name, TLS and pool as they are.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=5.0,
            network_backend=CheckedBackend(allow_private=allow_private),
        )
