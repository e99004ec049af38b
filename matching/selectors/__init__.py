"""Reads of predictions and matches for pages; everything takes the asking user and shows only what they may see."""

from __future__ import annotations

from matching.selectors.explained import get_match_page
from matching.selectors.lists import candidates_for_job, jobs_for_cv

__all__ = ["candidates_for_job", "get_match_page", "jobs_for_cv"]
