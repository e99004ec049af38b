"""What is kept of calls to the API: how many each caller made, and answers for those who ask twice."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class ThrottleCount(models.Model):
    """How often somebody called under one limit, in the window of now and in the one before.

    Written by one statement, in ``cvmatch.core.http_api.counters``. The table is UNLOGGED: cheap to write, empty after a crash.
    """

    subject = models.CharField(max_length=80, primary_key=True, help_text="Whose calls under which limit.")
    amount = models.IntegerField(help_text="How many are let in.")
    seconds = models.IntegerField(help_text="In windows of this length.")
    slot = models.BigIntegerField(help_text="Number of the window since 1970.")
    hits = models.IntegerField()
    hits_before = models.IntegerField(help_text="In the window before.")
    is_let_in = models.BooleanField(help_text="Whether the last call was.")
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.subject


class IdempotentCall(models.Model):
    """One write that came with an Idempotency-Key: running while ``status`` is null, then with the answer it got.

    The key is kept as a hash, the answer encrypted under it: without the caller's key nobody can read what it said.
    A claim whose lease lapsed belongs to a process that died; the next one with the same key takes it over.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    key_hash = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64, help_text="Of method, address and body.")
    claim = models.UUIDField(default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField(db_index=True)
    leased_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    answer = models.BinaryField(null=True, blank=True, help_text="Empty where it was too long to keep.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key_hash"], name="core_idempotentcall_unique")]

    def __str__(self) -> str:
        return f"{self.key_hash[:12]} ({self.status or 'running'})"
