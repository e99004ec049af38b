"""Everything that comes in, as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete


class IngestionConfig(AppConfig):
    name = "ingestion"

    def ready(self) -> None:
        for sender in ("ingestion.CV", "ingestion.Candidate", "core.User"):
            post_delete.connect(_note_erased, sender=sender, dispatch_uid=f"ingestion.erased.{sender}")


def _note_erased(sender: Any, instance: Any, **_: Any) -> None:
    """However a person, their account or a CV is deleted, also in the admin: a restore must not bring it back, and a CV's
    file goes with it."""
    from ingestion.erasures import note_erased

    note_erased(instance)
