"""API keys: made once, kept as a hash, checked on each request."""

from __future__ import annotations

import copy
import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import ApiKey, Scope, User

PREFIX_CHARS = 8
# The time of last use is good enough to the minute; writing it on every request would cost more than the request.
USE_RESOLUTION = timedelta(minutes=1)
# So many keys with their users are remembered by each process.
MOST_READ = 1000

_VERSIONS = """
SELECT k.xmin::text || ' ' || u.xmin::text FROM core_apikey k JOIN core_user u ON u.id = k.user_id
 WHERE k.key_hash = %s AND k.revoked_at IS NULL AND u.is_active AND (k.expires_at IS NULL OR k.expires_at > %s)
"""
_read: dict[str, tuple[str, ApiKey | None]] = {}


def create_key(
    *, user: User, name: str, expires_at: datetime | None = None, scopes: Collection[Scope] | None = None
) -> str:
    """A new key of this user, for all that they may do unless ``scopes`` says less.

    The returned text is the only time it can be seen. Raises InvalidInput for a scope that the user's role does not open.
    """
    closed = sorted(set(scopes or ()) - set(user.scopes))
    if closed:
        raise InvalidInput(f"A {user.get_role_display().lower()} may not have {', '.join(closed)}.")
    given = [scope for scope in user.scopes if scopes is None or scope in scopes]
    return issue_key(ApiKey(user=user, name=name, scopes=given, expires_at=expires_at))


def issue_key(key: ApiKey) -> str:
    """Stores a new key; the returned text is the only time it can be seen."""
    secret = f"cvm_{secrets.token_urlsafe(32)}"
    key.prefix, key.key_hash = secret[:PREFIX_CHARS], _hash(secret)
    key.save()
    return secret


def find_key(secret: str) -> ApiKey | None:
    """The valid key, with its active user, or None for a wrong, expired or revoked one.

    Looked up by its hash: how long that takes says nothing about how near a guess was.
    """
    now = timezone.now()
    key = _known_key(_hash(secret), now)
    if key is not None and (key.last_used_at is None or now - key.last_used_at > USE_RESOLUTION):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key


def find_user(secret: str) -> User | None:
    """The active user whose valid key this is, or None."""
    key = find_key(secret)
    return key.user if key else None


def revoke_key(*, user: User, pk: int) -> ApiKey:
    """The key stops working at once. Raises NotFound for one that is not this user's."""
    key = ApiKey.objects.filter(user=user, pk=pk).first()
    if key is None:
        raise NotFound("There is no such key.")
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])
    return key


def _find(key_hash: str, now: datetime) -> ApiKey | None:
    valid = ApiKey.objects.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    return valid.select_related("user").filter(key_hash=key_hash, revoked_at=None, user__is_active=True).first()


def _known_key(key_hash: str, now: datetime) -> ApiKey | None:
    """The valid key with its user, from memory where both rows are as they were: asking that costs a fifth of reading them."""
    if connection.in_atomic_block:  # whose own changes have no version of their own
        return _find(key_hash, now)
    with connection.cursor() as cursor:
        cursor.execute(_VERSIONS, [key_hash, now])
        row = cursor.fetchone()
    if row is None:
        return None
    version, known = _read.get(key_hash, ("", None))
    if version != row[0]:
        known = _find(key_hash, now)
        if len(_read) >= MOST_READ:
            _read.clear()
        _read[key_hash] = (row[0], known)
    if known is None:
        return None
    key = copy.copy(known)
    key.user = copy.copy(known.user)  # what a request does to its user is not for the next one
    return key


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
