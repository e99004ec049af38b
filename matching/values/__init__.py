"""What matching works with, as frozen values: profiles in, signals, passages, scored parts, and accounts of why."""

from __future__ import annotations

from matching.values.accounts import Account, Finding, Place, Raise
from matching.values.passages import Passage, Passages, Role
from matching.values.profiles import CVProfile, JobProfile, Pay, Whereabouts
from matching.values.scores import (
    BANDS,
    NOT_ENOUGH_DATA,
    Fit,
    Part,
    Score,
    fit_from_json,
    fits_to_json,
    parts_from_json,
    parts_to_json,
)
from matching.values.signals import Candidate

__all__ = [
    "BANDS",
    "NOT_ENOUGH_DATA",
    "Account",
    "CVProfile",
    "Candidate",
    "Finding",
    "Fit",
    "JobProfile",
    "Part",
    "Passage",
    "Passages",
    "Pay",
    "Place",
    "Raise",
    "Role",
    "Score",
    "Whereabouts",
    "fit_from_json",
    "fits_to_json",
    "parts_from_json",
    "parts_to_json",
]
