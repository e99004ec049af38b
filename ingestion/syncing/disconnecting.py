"""Takes a connected source away: its postings end at once, and nothing asks for it any more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from ingestion.models import Source
from jobs import services as jobs


def disconnect(source: Source) -> int:
    """Forget a source with its runs and secrets, and close its open postings; returns how many.

    A run that is going loses its row and can store nothing more. Connected again under the same name, what is still
    there is open again.
    """
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).delete()  # waits for the page that is being stored
        now = timezone.now()
        jobs.mark_missed(source=source.name, seen_since=now)
        return jobs.expire_missed(source=source.name, missed_before=now, now=now)
