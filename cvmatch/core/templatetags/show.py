"""How pages write the values that many of them show: states, ages, durations, points."""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

register = template.Library()

# Shape as well as colour, and words for those who see neither.
_HALF = '<circle class="mark-hollow" cx="8" cy="8" r="6"/><path class="mark-fill" d="M8 2a6 6 0 0 1 0 12z"/>'
_MARKS = {
    "stated": (gettext_lazy("stated"), '<circle class="mark-fill" cx="8" cy="8" r="6"/>'),
    "implied": (gettext_lazy("implied"), _HALF),
    "uncertain": (gettext_lazy("uncertain"), _HALF),
    "missing": (gettext_lazy("not found"), '<circle class="mark-hollow" cx="8" cy="8" r="6"/>'),
}
_UNITS = (
    (86400 * 365, gettext_lazy("in %d y"), gettext_lazy("%d y ago")),
    (86400 * 30, gettext_lazy("in %d mo"), gettext_lazy("%d mo ago")),
    (86400, gettext_lazy("in %d d"), gettext_lazy("%d d ago")),
    (3600, gettext_lazy("in %d h"), gettext_lazy("%d h ago")),
    (60, gettext_lazy("in %d min"), gettext_lazy("%d min ago")),
)


@register.filter
def said(words: str) -> str:
    """Words of ours that are kept in English, as the reason of a failure or the name of a field, in the reader's language."""
    return _(str(words)) if words else ""


@register.filter
def day(moment: date | None) -> str:
    """A day: 5 Mar 2026."""
    return date_format(moment, _("j M Y")) if moment else ""


@register.simple_tag
def mark(state: str, words: str | None = None) -> SafeString:
    """● ◐ or ○ as a picture, with the state in words; ``words`` says something else than the usual, "" says nothing."""
    said, shape = _MARKS[state]
    return format_html(
        '<svg class="mark mark-{}" viewBox="0 0 16 16" aria-hidden="true">{}</svg>{}',
        state,
        SafeString(shape),
        format_html('<span class="vh">{}</span>', said if words is None else words) if words != "" else "",
    )


@register.filter
def age(moment: datetime | None) -> SafeString | str:
    """How long ago, in one unit: 5 min, 3 d; the full moment is in the title."""
    if moment is None:
        return "–"
    seconds = int((timezone.now() - moment).total_seconds())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(timespec="minutes"),
        f"{date_format(moment, _('j M Y, H:i'))} UTC",
        _span(seconds),
    )


def _span(seconds: int) -> str:
    ahead, distance = seconds < 0, abs(seconds)
    for length, coming, gone in _UNITS:
        if distance >= length:
            return str(coming if ahead else gone) % (distance // length)
    return _("in a moment") if ahead else _("just now")


@register.filter
def seconds(value: float | None) -> str:
    """A duration for people: 0.8 s, 12 s, 3 min."""
    if value is None:
        return ""
    if value < 10:
        return f"{number_format(value, 1)} s"
    return f"{value:.0f} s" if value < 90 else f"{value / 60:.0f} min"


@register.filter
def span(length: int) -> str:
    """A span of seconds in the largest unit that it is a whole number of: a minute, 30 days."""
    unit = next(unit for unit in (86400, 3600, 60, 1) if length % unit == 0)
    count = length // unit
    words = {
        86400: ngettext("%d day", "%d days", count),
        3600: ngettext("%d hour", "%d hours", count),
        60: ngettext("%d minute", "%d minutes", count),
        1: ngettext("%d second", "%d seconds", count),
    }
    return words[unit] % count


@register.filter
def percent(share: float | None) -> str:
    """A share in [0, 1] in percent: whole, except that the last and first steps never look like all or nothing."""
    if share is None:
        return "–"
    if 0 < share < 0.01 or 0.99 < share < 1:
        return f"{number_format(min(max(100 * share, 0.1), 99.9), 1)} %"
    return f"{100 * share:.0f} %"


@register.filter
def points(value: float | Decimal | None) -> str:
    """Points of a score: whole where they are whole, else with one digit; a dash when not known."""
    if value is None:
        return "–"
    said = f"{value:.1f}".removesuffix(".0")
    return str(number_format(said, use_l10n=True)) if "." in said else said


@register.filter
def whole(score: Decimal) -> int:
    """A score without its digit, cut and not rounded: 64.6 is not yet the 65 of the next band."""
    return math.floor(score)
