"""What matching works with, as frozen values: profiles in, signals, passages, scored parts, and accounts of why."""

from __future__ import annotations

from matching.values.accounts import Account, Asks, Finding, Place, Raise, Reason, State, Written
from matching.values.additions import Addition
from matching.values.impressions import ShownLine
from matching.values.links import SkillLink, links_from_json, links_to_json
from matching.values.passages import Passage, Passages, Role
from matching.values.profiles import CVProfile, JobProfile, LanguageShown, Pay, Whereabouts
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
from matching.values.standing import Standing

__all__ = [
    "BANDS",
    "NOT_ENOUGH_DATA",
    "Account",
    "Addition",
    "Asks",
    "CVProfile",
    "Candidate",
    "Finding",
    "Fit",
    "JobProfile",
    "LanguageShown",
    "Part",
    "Passage",
    "Passages",
    "Pay",
    "Place",
    "Raise",
    "Reason",
    "Role",
    "Score",
    "ShownLine",
    "SkillLink",
    "Standing",
    "State",
    "Whereabouts",
    "Written",
    "fit_from_json",
    "fits_to_json",
    "links_from_json",
    "links_to_json",
    "parts_from_json",
    "parts_to_json",
]
