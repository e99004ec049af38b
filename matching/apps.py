"""Vectors, search, scores and reasons as a Django app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from ingestion.erasing import erasing_cvs

        erasing_cvs.connect(_forget, dispatch_uid="matching.forget")


def _forget(cv_ids: Sequence[int], **_: Any) -> None:
    from matching.retention import forget_cvs

    forget_cvs(cv_ids)
