"""Lets a call to the API in or sends it away: how often a key, a user and an address may call."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from ninja.operation import Operation

from cvmatch.core.http_api.callers import Caller, caller_of
from cvmatch.core.http_api.counters import Asked, take
from cvmatch.core.http_api.limits import SECONDS, Limit, Usage, limits_of
from cvmatch.core.http_api.problems import Answering, problem

# `openapi_extra=BULK` marks an operation that does much at once; the reference then shows it.
LIMIT_FIELD = "x-throttle"
BULK: dict[str, Any] = {LIMIT_FIELD: "bulk"}
RETRY_AFTER_S = "5"


def throttle(request: HttpRequest, get_response: Answering) -> HttpResponseBase:
    """The answer, with what is left of the limits; or a refusal that says when to come again."""
    try:
        asked = asked_of(request, caller_of(request))
        usages = take(asked) if asked else []
    except (InterfaceError, OperationalError):
        return problem(status=503, headers={"Retry-After": RETRY_AFTER_S})
    refused = [usage for usage in usages if not usage.is_let_in]
    response = _refusal(refused) if refused else get_response(request)
    for name, value in headers_of(usages).items():
        response[name] = value
    return response


def asked_of(request: HttpRequest, caller: Caller) -> list[Asked]:
    """The limits that this call counts under."""
    limits = limits_of(settings.THROTTLE)
    address = _hidden(address_of(request))
    if caller.user is None:
        return _set([(limits["anonymous"], address), (limits["address"], address)])
    who = f"key:{caller.key.pk}" if caller.key else f"user:{caller.user.pk}"
    daily = caller.key.daily_limit if caller.key else None
    quota = Limit("daily", daily, SECONDS["day"]) if daily else None
    limit = limits[_limit_name(request.path_info, request.method or "")]
    return _set([(limit, who), (quota, who), (limits["address"], address)])


def address_of(request: HttpRequest) -> str:
    """Who is at the other end: of an IPv6 address its network, since one customer has a whole one.

    Behind so many proxies as CVMATCH_TRUSTED_PROXIES says, it is what the outermost of them saw: each adds one entry to the
    right of X-Forwarded-For, and what stands left of those anyone can write.
    """
    seen: str = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        entries = [entry.strip() for entry in request.headers.get("X-Forwarded-For", "").split(",")]
        seen = entries[-settings.TRUSTED_PROXIES] if len(entries) >= settings.TRUSTED_PROXIES else seen
    try:
        address = ipaddress.ip_address(seen)
    except ValueError:  # a unix socket has none
        return seen[:64]
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def headers_of(usages: Sequence[Usage]) -> dict[str, str]:
    """The three headers that most clients know, of the limit with least left; and the two of the newer draft, of all.

    draft-ietf-httpapi-ratelimit-headers-11; the three are those of its versions up to 06.
    """
    if not usages:
        return {}
    least = min(usages, key=lambda usage: (usage.left, -usage.reset_s))
    limits = [usage.limit for usage in usages]
    return {
        "RateLimit-Limit": str(least.limit.amount),
        "RateLimit-Remaining": str(least.left),
        "RateLimit-Reset": str(least.reset_s),
        "RateLimit-Policy": ", ".join(f'"{limit.name}";q={limit.amount};w={limit.seconds}' for limit in limits),
        "RateLimit": ", ".join(f'"{usage.limit.name}";r={usage.left};t={usage.reset_s}' for usage in usages),
    }


def _refusal(refused: Sequence[Usage]) -> HttpResponseBase:
    worst = max(refused, key=lambda usage: usage.wait_s)
    limit = worst.limit
    detail = f"At most {limit.amount} calls in {limit.seconds} seconds ({limit.name}). Go on in {worst.wait_s} seconds."
    return problem(status=429, detail=detail, headers={"Retry-After": str(worst.wait_s)})


def _set(pairs: Sequence[tuple[Limit | None, str]]) -> list[Asked]:
    return [Asked(limit, who) for limit, who in pairs if limit is not None]


def _hidden(address: str) -> str:
    """Addresses are about people: what is kept tells them apart and cannot be turned back."""
    return f"address:{salted_hmac('cvmatch.throttling', address).hexdigest()[:32]}"


# The same few paths come again and again, and trying all routes takes a twentieth of an answer's time.
@lru_cache(maxsize=4096)
def _limit_name(path: str, method: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        return "default"
    operation: Operation | None = import_string(settings.OPERATION_OF)(match, method)
    return str((operation.openapi_extra or {}).get(LIMIT_FIELD, "default")) if operation else "default"
