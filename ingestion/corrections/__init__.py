"""Corrections of what was read: where they hold, what they change, and what may be written. No Django in here."""

from ingestion.corrections.apply import Corrected, corrected, is_there, removed_names
from ingestion.corrections.check import check_period, checked
from ingestion.corrections.paths import GONE, Target, resolve
from ingestion.corrections.schema import FIELDS, MAX_CORRECTIONS, MAX_ENTRIES, MAX_HELD, MAX_ITEMS
from ingestion.corrections.sheet import json_of
from ingestion.corrections.words import added_words, without_corrected

__all__ = [
    "FIELDS",
    "GONE",
    "MAX_CORRECTIONS",
    "MAX_ENTRIES",
    "MAX_HELD",
    "MAX_ITEMS",
    "Corrected",
    "Target",
    "added_words",
    "check_period",
    "checked",
    "corrected",
    "is_there",
    "json_of",
    "removed_names",
    "resolve",
    "without_corrected",
]
