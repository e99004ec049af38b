"""Who calls the API: the key or session of a request, looked up once, and what it may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from ninja import security

from cvmatch.core.auth import find_key
from cvmatch.core.models import ApiKey, Scope, User


@dataclass(frozen=True)
class Caller:
    """``key`` is None for a session, both are None for somebody unknown."""

    user: User | None = None
    key: ApiKey | None = None


class KeyAuth(security.HttpBearer):
    """`Authorization: Bearer cvm_…`"""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        caller = caller_of(request)
        return caller.user if caller.key else None


class SessionAuth(security.SessionAuth):
    """The session of a signed-in browser; writes need the CSRF token."""

    def __call__(self, request: HttpRequest) -> Any:
        # Without a session there is nothing to forge: whoever has no key, or a wrong one, is told just that.
        return super().__call__(request) if request.user.is_authenticated else None


def caller_of(request: HttpRequest) -> Caller:
    """By a valid key, else by the session; also puts the key on the request, as ``request.api_key``."""
    known: Caller | None = getattr(request, "api_caller", None)
    if known is None:
        known = _find(request)
        request.api_caller = known  # type: ignore[attr-defined]
        request.api_key = known.key  # type: ignore[attr-defined]
    return known


def user_of(request: HttpRequest) -> User:
    """The user behind the session or key; set by the authentication of the API."""
    return cast(User, request.auth)  # type: ignore[attr-defined]


def key_of(request: HttpRequest) -> ApiKey | None:
    """The key that the request came with; None for a session."""
    return caller_of(request).key


def has_scope(request: HttpRequest, scope: Scope) -> bool:
    """Whether the key, if there is one, was made for this. What the user may do at all is another question."""
    key = key_of(request)
    return key is None or key.allows(scope)


def _find(request: HttpRequest) -> Caller:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    key = find_key(secret) if scheme.lower() == "bearer" else None
    if key is not None:
        return Caller(key.user, key)
    return Caller(request.user) if request.user.is_authenticated else Caller()
