"""How pages write the pay and the place of a job."""

from __future__ import annotations

from django import template

from jobs.models import Job

register = template.Library()

_PERIODS = {"YEAR": "a year", "MONTH": "a month", "WEEK": "a week", "DAY": "a day", "HOUR": "an hour"}


@register.filter
def pay(job: Job) -> str:
    """The pay as the posting gives it, or "" when it gives none."""
    given = job.pay
    if given is None:
        return ""
    low, high = given.minimum, given.maximum
    bounds = dict.fromkeys(f"{bound:,.0f}".replace(",", "\u202f") for bound in (low, high) if bound is not None)
    prefix = "from " if high is None else "up to " if low is None else ""
    return " ".join([f"{prefix}{'–'.join(bounds)}", given.currency, _PERIODS[given.period]]).replace("  ", " ")


@register.filter
def where(job: Job) -> str:
    """Where the work is done, in a few words."""
    place = ", ".join(part for part in (job.city, job.country) if part)
    if job.remote:
        return f"Remote ({place})" if place else "Remote"
    return place


@register.filter
def spoken(name: str) -> str:
    """A name of our vocabulary as words: full_time is "full time"."""
    return name.replace("_", " ")


@register.filter
def grouped(number: int) -> str:
    """A count as people read it: 12 345."""
    return f"{number:,}".replace(",", "\u202f")
