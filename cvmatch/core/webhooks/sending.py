"""Sends one signed message to one address: only to public ones, without following redirects, and with an end to every wait."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpx

from cvmatch.core.fetching import FetchFailed
from cvmatch.core.http.failures import retry_after_s
from cvmatch.core.http.network import CheckedTransport, within

PARALLEL = 16
GONE = 410  # by the specification: never again


@dataclass(frozen=True)
class Message:
    """What is sent where. ``id`` stays the same over all attempts."""

    id: str
    url: str
    body: bytes = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Sent:
    """How an attempt went: the status of the answer (None without one), and in words why it failed, empty where it did not.

    ``is_final``: no other attempt will fare better. ``wait_s``: how long the server asked to be left alone; 0 where it did not.
    """

    status: int | None
    latency_ms: int
    error: str = ""
    is_final: bool = False
    wait_s: float = 0.0


def body_of(payload: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and sent: the same at every attempt, however the database orders what it keeps."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Standard Webhooks 1.0.0: HMAC-SHA256 of id, timestamp and body with dots between, under the decoded secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join([message_id.encode(), str(timestamp).encode(), body]), hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


class Sender:
    """Sends; threads may share it. Of an answer nothing but the status and Retry-After is read."""

    def __init__(self, *, allow_private: bool, timeout_s: float, agent: str) -> None:
        self._timeout_s = timeout_s
        self._client = httpx.Client(
            transport=CheckedTransport(allow_private=allow_private, connections=PARALLEL),
            timeout=httpx.Timeout(timeout_s, connect=min(5.0, timeout_s)),
            headers={"User-Agent": agent, "Content-Type": "application/json"},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, message: Message) -> Sent:
        """Never raises: what went wrong is in the outcome, in words without anything that the other server said."""
        begun, wait_s = time.monotonic(), 0.0
        try:
            with within(self._timeout_s):
                (status, wait_s), error = self._post(message), ""
        except FetchFailed:  # of the check of addresses
            status, error = None, "The address leads into a network and is not called."
        except httpx.TimeoutException:
            status, error = None, f"There was no answer within {self._timeout_s:g} seconds."
        except httpx.ConnectError:
            status, error = None, "The server cannot be reached."
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as failure:
            status, error = None, f"The call broke off ({type(failure).__name__})."
        latency_ms = round((time.monotonic() - begun) * 1000)
        if status is not None and not 200 <= status < 300:
            error = f"The server answered {status}."
        return Sent(status, latency_ms, error, is_final=status == GONE, wait_s=wait_s)

    def _post(self, message: Message) -> tuple[int, float]:
        now = int(time.time())
        headers = {
            "webhook-id": message.id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(message.secret, message.id, now, message.body),
        }
        with self._client.stream("POST", message.url, content=message.body, headers=headers) as response:
            return response.status_code, retry_after_s(response)
