"""How pages write the pay and the place of a job."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.models import Job
from jobs.paying import SalaryEstimate, estimate_of

register = template.Library()

_PERIODS = {
    "": "",
    "YEAR": gettext_lazy("a year"),
    "MONTH": gettext_lazy("a month"),
    "WEEK": gettext_lazy("a week"),
    "DAY": gettext_lazy("a day"),
    "HOUR": gettext_lazy("an hour"),
}


@register.filter
def pay(job: Job) -> str:
    """The pay as the posting gives it, and whether its source worked it out; "" when it gives none."""
    given = job.pay
    if given is None:
        return ""
    low, high = given.minimum, given.maximum
    bounds = dict.fromkeys(f"{bound:,.0f}".replace(",", "\u202f") for bound in (low, high) if bound is not None)
    amount = "–".join(bounds)
    amount = _("from %s") % amount if high is None else _("up to %s") % amount if low is None else amount
    said = " ".join(filter(None, [amount, given.currency, str(_PERIODS[given.period])]))
    return _("%s (estimate)") % said if given.estimated else said


@register.filter
def estimate(job: Job) -> SalaryEstimate | None:
    """What a job is estimated to pay that does not say it; lists read it for all of their jobs before."""
    return estimate_of(job)


@register.filter
def where(job: Job) -> str:
    """Where the work is done, in a few words."""
    place = ", ".join(part for part in (job.city, job.country) if part)
    kind = _("Remote") if job.remote else _("Hybrid") if job.hybrid else ""
    return f"{kind} ({place})" if kind and place else kind or place


@register.filter
def spoken(name: str) -> str:
    """A name of our vocabulary as words: full_time is "full time"."""
    return _(name.replace("_", " ")) if name else ""


@register.filter
def grouped(number: int) -> str:
    """A count as people read it: 12 345."""
    return f"{number:,}".replace(",", "\u202f")


@register.filter
def money(amount: float | None) -> str:
    """An amount without cents: 61 000; a question mark where it is not known."""
    return "?" if amount is None else grouped(round(amount))


@register.filter
def percentage_points(change: float | None) -> str:
    """How much a share has changed, with its sign: +3.2, −1.5."""
    return (
        ""
        if change is None
        else f"{'+' if change > 0 else '−' if change < 0 else ''}{number_format(abs(100 * change), 1)}"
    )
