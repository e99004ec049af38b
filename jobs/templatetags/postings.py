"""How pages write the pay and the place of a job."""

from __future__ import annotations

from django import template

from jobs.models import Job

register = template.Library()

_PERIODS = {"YEAR": "a year", "MONTH": "a month", "WEEK": "a week", "DAY": "a day", "HOUR": "an hour"}


@register.filter
def pay(job: Job) -> str:
    """The pay as the posting gives it, and whether its source worked it out; "" when it gives none."""
    given = job.pay
    if given is None:
        return ""
    low, high = given.minimum, given.maximum
    bounds = dict.fromkeys(f"{bound:,.0f}".replace(",", "\u202f") for bound in (low, high) if bound is not None)
    prefix = "from " if high is None else "up to " if low is None else ""
    said = " ".join([f"{prefix}{'–'.join(bounds)}", given.currency, _PERIODS[given.period]]).replace("  ", " ")
    return f"{said} (estimate)" if given.estimated else said


@register.filter
def where(job: Job) -> str:
    """Where the work is done, in a few words."""
    place = ", ".join(part for part in (job.city, job.country) if part)
    kind = "Remote" if job.remote else "Hybrid" if job.hybrid else ""
    return f"{kind} ({place})" if kind and place else kind or place


@register.filter
def spoken(name: str) -> str:
    """A name of our vocabulary as words: full_time is "full time"."""
    return name.replace("_", " ")


@register.filter
def grouped(number: int) -> str:
    """A count as people read it: 12 345."""
    return f"{number:,}".replace(",", "\u202f")
