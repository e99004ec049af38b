"""How pages write the values that many of them show: states, ages, durations, points."""

from __future__ import annotations

import math
from datetime import datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# Shape as well as colour, and words for those who see neither.
_HALF = '<circle class="mark-hollow" cx="8" cy="8" r="6"/><path class="mark-fill" d="M8 2a6 6 0 0 1 0 12z"/>'
_MARKS = {
    "stated": ("stated", '<circle class="mark-fill" cx="8" cy="8" r="6"/>'),
    "implied": ("implied", _HALF),
    "uncertain": ("uncertain", _HALF),
    "missing": ("not found", '<circle class="mark-hollow" cx="8" cy="8" r="6"/>'),
}
_UNITS = ((86400 * 365, "y"), (86400 * 30, "mo"), (86400, "d"), (3600, "h"), (60, "min"))


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
        f"{moment:%d %b %Y, %H:%M} UTC",
        _span(seconds),
    )


def _span(seconds: int) -> str:
    ahead, distance = seconds < 0, abs(seconds)
    for length, unit in _UNITS:
        if distance >= length:
            return f"in {distance // length} {unit}" if ahead else f"{distance // length} {unit} ago"
    return "in a moment" if ahead else "just now"


@register.filter
def seconds(value: float | None) -> str:
    """A duration for people: 0.8 s, 12 s, 3 min."""
    if value is None:
        return ""
    if value < 10:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 90 else f"{value / 60:.0f} min"


@register.filter
def span(length: int) -> str:
    """A span of seconds in the largest unit that it is a whole number of: a minute, 30 days."""
    names = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
    unit, name = next((unit, name) for unit, name in names if length % unit == 0)
    count = length // unit
    return f"{count} {name}s" if count > 1 else f"1 {name}"


@register.filter
def percent(share: float | None) -> str:
    """A share in [0, 1] in percent: whole, except that the last and first steps never look like all or nothing."""
    if share is None:
        return "–"
    if 0 < share < 0.01 or 0.99 < share < 1:
        return f"{min(max(100 * share, 0.1), 99.9):.1f} %"
    return f"{100 * share:.0f} %"


@register.filter
def points(value: float | Decimal | None) -> str:
    """Points of a score: whole where they are whole, else with one digit; a dash when not known."""
    if value is None:
        return "–"
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def whole(score: Decimal) -> int:
    """A score without its digit, cut and not rounded: 64.6 is not yet the 65 of the next band."""
    return math.floor(score)
