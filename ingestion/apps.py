"""Everything that comes in, as a Django app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete


class IngestionConfig(AppConfig):
    name = "ingestion"

    def ready(self) -> None:
        post_delete.connect(_delete_file, sender="ingestion.CV", dispatch_uid="ingestion.delete_file")


def _delete_file(sender: Any, instance: Any, **_: Any) -> None:
    """However a CV is deleted, also in the admin and with its candidate, its file goes with it."""
    from ingestion.services import delete_file

    if instance.file:
        delete_file(str(instance.file.name))
