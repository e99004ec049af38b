"""A line of a list that somebody was shown, as it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

# What somebody does with a line is put down to having been shown it within so long before.
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """``position`` counts from 1 over the whole list as it stood on the page, and on over its parts.

    ``match_id`` is None for a line that is not kept, as those under a filter. ``variant`` is the experiment and its arm that
    put the line there, empty without one.
    """

    match_id: int | None
    job_id: int
    cv_id: int
    position: int
    variant: str = ""
