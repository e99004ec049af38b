"""What the circumstances of a job say to a person: where it is, what it pays, how fresh it is."""

from __future__ import annotations

import math
from datetime import datetime

from cvmatch.core.places import distance_km, fold
from matching.values import CVProfile, JobProfile, Whereabouts

FRESH_DAYS, STALE_DAYS = 7, 60


def place(cv: CVProfile, job: JobProfile) -> float | None:
    """Remote work suits everybody; otherwise how far it is, or whether town and country agree."""
    if job.remote:
        return 1.0
    if cv.place == Whereabouts() or job.place == Whereabouts():
        return None
    if cv.place.point and job.place.point:
        return _nearness(distance_km(cv.place.point, job.place.point))
    if cv.place.country and job.place.country and cv.place.country != job.place.country:
        return 0.1
    if cv.place.city and job.place.city:
        return 1.0 if fold(cv.place.city) == fold(job.place.city) else 0.4
    return 0.5


def pay(cv: CVProfile, job: JobProfile) -> float | None:
    """1 when the job can pay what the person asks, falling to 0 at 30 % under it; None across currencies."""
    if cv.desired_pay is None or job.pay is None or cv.desired_pay.currency != job.pay.currency:
        return None
    wanted, offered = cv.desired_pay.minimum, job.pay.maximum or job.pay.minimum
    if wanted is None or offered is None or wanted <= 0:
        return None
    return _ramp(float(offered / wanted), 0.7, 1.0)


def recency(job: JobProfile, now: datetime) -> float | None:
    """1 in the first week, falling to 0 after two months."""
    if job.posted_at is None:
        return None
    age_days = (now - job.posted_at).total_seconds() / 86400
    return 1 - _ramp(age_days, FRESH_DAYS, STALE_DAYS)


def _nearness(km: float) -> float:
    """1 within 30 km, a half at about 110 km, near 0 beyond 500 km."""
    return 1.0 if km <= 30 else math.exp(-(km - 30) / 120)


def _ramp(value: float, zero: float, one: float) -> float:
    return min(1.0, max(0.0, (value - zero) / (one - zero)))
