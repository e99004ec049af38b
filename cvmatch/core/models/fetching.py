"""What is known of the servers that are asked: keys and their use, breakers, versions of what is stored."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cvmatch.core.models.stages import ERROR_CHARS


class FetchKey(models.Model):
    """A key of another service, or a server that is asked without one; requests of all processes are counted under it.

    The ``fingerprint`` tells keys apart and cannot be turned back into one.
    """

    fingerprint = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200, help_text="The key's name, or the server's where none is needed.")
    sources = ArrayField(models.CharField(max_length=100), default=list, help_text="Who uses it.")
    closed_until = models.DateTimeField(null=True, blank=True, help_text="The server refused it until then.")

    def __str__(self) -> str:
        return self.name


class FetchGrant(models.Model):
    """One request that was allowed under a key, and when."""

    key = models.ForeignKey(FetchKey, on_delete=models.CASCADE, db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "-at"], name="core_fetchgrant_newest")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.at:%Y-%m-%d %H:%M:%S}"


class FetchBreaker(models.Model):
    """Whether a source is asked at all.

    ::

        closed ──too many failures in a row──► open ──rest is over──► half-open: one request is let through
           ▲  open_until is null                ▲                       │  │
           └────────────── it succeeds ─────────┼───────────────────────┘  │
                                                └─── it fails ─────────────┘

    ``trial`` is held by that one request; ``open_until`` is then the lease after which another one may try, so that a
    process that died in the middle of it does no harm.
    """

    source = models.CharField(max_length=100, unique=True)
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    open_until = models.DateTimeField(null=True, blank=True)
    trial = models.UUIDField(null=True, blank=True, editable=False)
    reason = models.CharField(max_length=ERROR_CHARS, blank=True, help_text="Of the last failure.")

    def __str__(self) -> str:
        return self.source


class FetchValidator(models.Model):
    """What a server said of the version of an answer that is stored, so that it need not be sent again unchanged."""

    source = models.CharField(max_length=100)
    request = models.CharField(max_length=64, help_text="SHA-256 of the request without its credentials.")
    etag = models.CharField(max_length=ERROR_CHARS, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "request"], name="core_fetchvalidator_unique")]

    def __str__(self) -> str:
        return f"{self.source} {self.request[:12]}"
