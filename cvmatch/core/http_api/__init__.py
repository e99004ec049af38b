"""What all parts of the HTTP API share: who calls and how often, errors, pages by key, answers that are given once."""

from __future__ import annotations

from cvmatch.core.http_api.callers import KeyAuth, SessionAuth, caller_of, has_scope, key_of, user_of
from cvmatch.core.http_api.paging import Cursor, Limit, Page, address_with, cursor_at, keyset_page, position
from cvmatch.core.http_api.problems import KINDS, Problem, problem
from cvmatch.core.http_api.throttling import BULK

__all__ = [
    "BULK",
    "KINDS",
    "Cursor",
    "KeyAuth",
    "Limit",
    "Page",
    "Problem",
    "SessionAuth",
    "address_with",
    "caller_of",
    "cursor_at",
    "has_scope",
    "key_of",
    "keyset_page",
    "position",
    "problem",
    "user_of",
]
