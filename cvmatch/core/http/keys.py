"""Which keys a request may use, told apart without being stored."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac

from cvmatch.core.fetching import Credential, Request
from cvmatch.core.http.exchange import address_of


@dataclass(frozen=True)
class Key:
    """A credential at a server, or the server itself where a request needs none. Two sources with one key share it."""

    fingerprint: str
    name: str
    credential: Credential | None = field(default=None, compare=False)


def keys_of(request: Request) -> tuple[Key, ...]:
    """The keys that will do for a request, at least one. Raises FetchFailed where its address is none."""
    host = address_of(request.url).host
    if not request.credentials:
        return (Key(_fingerprint(host), host),)
    return tuple(Key(_fingerprint(host, each), each.name or host, each) for each in request.credentials)


def _fingerprint(host: str, credential: Credential | None = None) -> str:
    """Under our own secret: a short key cannot be guessed from it."""
    told = (
        [host] if credential is None else [host, sorted(credential.params.items()), sorted(credential.headers.items())]
    )
    return salted_hmac("cvmatch.core.http.keys", json.dumps(told), algorithm="sha256").hexdigest()
