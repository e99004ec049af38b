"""Tables of what comes in: candidates with their CVs and what they agree to, and job sources with their runs."""

from __future__ import annotations

from ingestion.models.cvs import (
    CV,
    Candidate,
    Confirmation,
    Correction,
    CorrectionQuerySet,
    CVQuerySet,
    skills_to_json,
    upload_path,
)
from ingestion.models.links import LinkCheck
from ingestion.models.privacy import Consent, Erasure
from ingestion.models.sources import NAME_PATTERN, OPEN, Source, SourceQuerySet, SyncRun, SyncRunQuerySet
from ingestion.models.viewings import CVView

__all__ = [
    "CV",
    "NAME_PATTERN",
    "OPEN",
    "CVQuerySet",
    "CVView",
    "Candidate",
    "Confirmation",
    "Consent",
    "Correction",
    "CorrectionQuerySet",
    "Erasure",
    "LinkCheck",
    "Source",
    "SourceQuerySet",
    "SyncRun",
    "SyncRunQuerySet",
    "skills_to_json",
    "upload_path",
]
