"""One exchange with a server: a request, the redirects that follow, and what may be believed of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Self

import httpx

from cvmatch.core.fetching import Answer, Credential, FetchFailed, Request
from cvmatch.core.http.bodies import ENCODING, read_body
from cvmatch.core.http.failures import Passing, failure, shown
from cvmatch.core.http.network import CheckedTransport, within

MOST_REDIRECTS = 5
SCHEMES = ("http", "https")
# What goes to any server that a redirect leads to; everything else may say who asks.
_HARMLESS = {"accept", "accept-language", "user-agent", "if-none-match", "if-modified-since"}
NO_CREDENTIAL = Credential("")


def address_of(url: str) -> httpx.URL:
    """The address as a value. Raises FetchFailed where it is none that can be asked."""
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        raise FetchFailed("The address of the source is not one. Check it for typing errors.", permanent=True) from None
    if address.scheme not in SCHEMES or not address.host:
        raise FetchFailed(f"{shown(address)} is not asked: only http and https are.", permanent=True)
    return address


@dataclass(frozen=True)
class _Call:
    """What is sent next, and with whose key."""

    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(repr=False)
    payload: Any = field(repr=False)
    credential: Credential

    @classmethod
    def first(cls, request: Request, credential: Credential, conditions: Mapping[str, str]) -> Self:
        return cls(
            method="POST" if request.payload is not None else "HEAD" if request.headers_only else "GET",
            url=_with_params(address_of(request.url), {**request.params, **credential.params}),
            headers={**request.headers, **conditions, **credential.headers},
            payload=request.payload,
            credential=credential,
        )

    def redirected(self, response: httpx.Response) -> Self:
        """The call that a redirect asks for (RFC 9110, 15.4), without the key where another server would get it."""
        url = self.url.join(response.headers["location"])  # the client has taken it for a protocol error if it is none
        if url.scheme not in SCHEMES or not url.host:
            raise FetchFailed(f"{shown(self.url)} redirects to what is neither http nor https.", permanent=True)
        get = self.method == "POST" and response.status_code in (301, 302, 303)
        call = replace(self, method="GET", payload=None) if get else self
        if _same_server(self.url, url):
            return replace(call, url=_with_params(url, self.credential.params))
        harmless = {name: value for name, value in self.headers.items() if name.lower() in _HARMLESS}
        return replace(call, url=without_secrets(url, self.credential), headers=harmless, credential=NO_CREDENTIAL)


def _with_params(url: httpx.URL, params: Mapping[str, str]) -> httpx.URL:
    return url.copy_merge_params(params) if params else url


def without_secrets(url: httpx.URL, credential: Credential) -> httpx.URL:
    """The address without its user, and without parameters that repeat the key."""
    secrets = {*credential.params.values(), *credential.headers.values()} - {""}
    kept = [(name, value) for name, value in url.params.multi_items() if value not in secrets]
    if len(kept) != len(url.params.multi_items()):
        url = url.copy_with(params=kept)
    return url.copy_with(userinfo=b"")


def _same_server(before: httpx.URL, after: httpx.URL) -> bool:
    """Whether a key may go along: the same host and port, or the same host's usual port with TLS."""
    if before.host != after.host:
        return False
    same = (before.scheme, before.port) == (after.scheme, after.port)
    return same or (before.scheme, after.scheme, before.port, after.port) == ("http", "https", None, None)


class Exchange:
    """Asks once. Connections are kept for the next request; threads may share it; cookies are neither taken nor sent."""

    def __init__(self, *, timeout_s: float, most_bytes: int, agent: str, allow_private: bool, connections: int) -> None:
        self._timeout_s, self._most_bytes = timeout_s, most_bytes
        self._client = httpx.Client(
            transport=CheckedTransport(allow_private=allow_private, connections=connections),
            timeout=httpx.Timeout(timeout_s / 2, connect=min(5.0, timeout_s), pool=timeout_s),
            headers={"User-Agent": agent, "Accept-Encoding": ENCODING},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def ask(self, request: Request, credential: Credential | None, conditions: Mapping[str, str]) -> Answer:
        """The answer. Raises Passing where the same request may succeed later, FetchFailed where it will not.

        ``conditions`` are the headers that ask for an answer only if it is newer. Errors show address and status alone,
        and have no cause: a body or a header may repeat the key.
        """
        key = credential or NO_CREDENTIAL
        place = shown(address_of(request.url))
        try:
            with within(self._timeout_s):
                return self._follow(_Call.first(request, key, conditions), place, bool(conditions))
        except httpx.TimeoutException:
            raise Passing(f"{place} did not answer in time ({self._timeout_s:g} s).") from None
        except (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, UnicodeError):
            advice = "Check address, parameters and key for characters that do not belong there."
            raise FetchFailed(f"{place} cannot be asked like this. {advice}", permanent=True) from None
        except httpx.ConnectError as error:  # nothing has been sent yet that it could repeat
            raise Passing(f"{place} cannot be reached: {error}") from None
        except httpx.TransportError as error:
            raise Passing(f"{place} broke off ({type(error).__name__}).") from None

    def _follow(self, call: _Call, place: str, conditional: bool) -> Answer:
        for _ in range(MOST_REDIRECTS + 1):
            with self._client.stream(call.method, call.url, headers=call.headers, json=call.payload) as response:
                if not response.has_redirect_location:
                    return self._answer(call, response, place, conditional)
                call = call.redirected(response)
        raise FetchFailed(f"{place} redirects more than {MOST_REDIRECTS} times. Check the address.", permanent=True)

    def _answer(self, call: _Call, response: httpx.Response, place: str, conditional: bool) -> Answer:
        url, headers = str(without_secrets(call.url, call.credential)), dict(response.headers)
        if conditional and response.status_code == httpx.codes.NOT_MODIFIED:
            return Answer(url, b"", headers, unchanged=True)
        if not response.is_success:
            raise failure(response, place, call.credential.name)
        return Answer(url, read_body(response, self._most_bytes, place), headers)
