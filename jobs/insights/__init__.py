"""Statistics behind market figures, pure: intervals of shares and quantiles, and times that have not ended yet."""

from __future__ import annotations

from jobs.insights.intervals import Between, Spread, difference_of_shares, share_between, spread_of
from jobs.insights.survival import TimeToEvent, time_to_event

__all__ = [
    "Between",
    "Spread",
    "TimeToEvent",
    "difference_of_shares",
    "share_between",
    "spread_of",
    "time_to_event",
]
