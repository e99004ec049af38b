"""What people agree to, and which rows of people have been erased: by their number, never by anything of the person."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from cvmatch.core.models import Purpose


class Consent(models.Model):
    """Somebody agreed to a purpose, or took that back; never changed, the newest of a purpose holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    is_given = models.BooleanField(help_text="False where it was refused or taken back.")
    text_version = models.CharField(max_length=12, help_text="Of the words that they had before them.")
    how = models.CharField(max_length=12, help_text="Where they said so: page, api, or upload of a CV.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["user", "purpose", "-id"], name="ingestion_consent_newest")]

    def __str__(self) -> str:
        return f"user {self.user_id}: {self.purpose} {'given' if self.is_given else 'refused'}"


class Erasure(models.Model):
    """A row of a person that is gone for good. Written in the transaction that erases it, whichever way it goes.

    While ``settled_at`` is null something outside of the database is still to be done: its ``file`` removed, and the erasure
    written into the ledger outside of the database, which a restore reads. Whoever does that may be killed at any point:
    it is done again (``ingestion.erasures.settle``).

    ``mark`` tells the row from another one that gets its number in a restored database; it is made of the number and the
    moment the row was made, and of nothing else.
    """

    class Kind(models.TextChoices):
        CV = "cv", "CV"
        CANDIDATE = "candidate", "Candidate"
        USER = "user", "Account"

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    row_id = models.BigIntegerField()
    mark = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)
    file = models.CharField(max_length=200, blank=True, help_text="Stored file that is still to be removed.")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="ingestion_erasure_open", condition=Q(settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
