"""API keys: made once, kept as a hash, checked on each request."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from cvmatch.core.models import ApiKey, User

PREFIX_CHARS = 8
# The time of last use is good enough to the minute; writing it on every request would cost more than the request.
USE_RESOLUTION = timedelta(minutes=1)


def create_key(*, user: User, name: str, expires_at: datetime | None = None) -> str:
    """A new key of this user; the returned text is the only time it can be seen."""
    secret = f"cvm_{secrets.token_urlsafe(32)}"
    ApiKey.objects.create(
        user=user, name=name, prefix=secret[:PREFIX_CHARS], key_hash=_hash(secret), expires_at=expires_at
    )
    return secret


def find_user(secret: str) -> User | None:
    """The active user whose valid key this is, or None for a wrong, expired or revoked one."""
    now = timezone.now()
    key = (
        ApiKey.objects.select_related("user")
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .filter(key_hash=_hash(secret), revoked_at__isnull=True, user__is_active=True)
        .first()
    )
    if key is None:
        return None
    if key.last_used_at is None or now - key.last_used_at > USE_RESOLUTION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key.user


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
