"""Vectors, search, scores and reasons as a Django app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from cvmatch.core.models import User


class MatchingConfig(AppConfig):
    name = "matching"

    def ready(self) -> None:
        from ingestion.consents import refusing
        from ingestion.erasing import erasing_candidate, erasing_cvs

        erasing_cvs.connect(_forget, dispatch_uid="matching.forget")
        erasing_candidate.connect(_forget_tags, dispatch_uid="matching.forget_tags")
        refusing.connect(_refused, dispatch_uid="matching.refused")


def _forget(cv_ids: Sequence[int], **_: Any) -> None:
    from matching.retention import forget_cvs

    forget_cvs(cv_ids)


def _forget_tags(candidate_id: int, **_: Any) -> None:
    from matching.retention import forget_tags

    forget_tags(candidate_id)


def _refused(user: User, purpose: str, cv_ids: Sequence[int], **_: Any) -> None:
    from matching.retention import forget_interactions, forget_lists

    if purpose == "matching":
        forget_lists(cv_ids)
    if purpose == "statistics":
        forget_interactions(user)
