"""Stops and starts stages: a stage that is paused takes no rows until somebody lets it go on."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from cvmatch.core.errors import NotFound
from cvmatch.core.models import StagePause, User
from cvmatch.core.queue import enqueue, stages


def pause_stage(*, stage: str, by: User | None) -> bool:
    """Stop a stage; a run that is going ends first. Returns whether it was going before. Raises NotFound."""
    if stage not in {known.name for known in stages()}:
        raise NotFound("There is no such stage.")
    values = {"paused_at": timezone.now(), "paused_by": by}
    return StagePause.objects.get_or_create(stage=stage, defaults=values)[1]


def resume_stage(*, stage: str) -> bool:
    """Let a stage go on, and start it at once with what waited. Returns whether it was paused."""
    with transaction.atomic():
        was_paused = bool(StagePause.objects.filter(stage=stage).delete()[0])
        if was_paused:
            enqueue(stage)
    return was_paused


def is_paused(stage: str) -> bool:
    return StagePause.objects.filter(stage=stage).exists()
