"""Lines of ranked lists drawn in few characters: fifty of them have to fit on a page."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from matching.selectors.lines import UNITS, Line
from matching.values import State

register = template.Library()

_SIDE, _NEXT = 16, 38
# The ids of the three marks in the picture that "matching/marks.html" puts on the page once.
_IDS = {State.STATED: "s", State.IMPLIED: "i", State.MISSING: "m"}


@register.simple_tag
def score_bar(line: Line) -> SafeString:
    """The parts of the score side by side, and the interval beneath them."""
    scale = UNITS / 100
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 12" preserveAspectRatio="none" aria-hidden="true">'
        '<path d="{}"/><path d="{}"/><path d="M{} 11h{}"/></svg>',
        UNITS, *line.bar, round(scale * float(line.match.low)), round(scale * float(line.spread)),
    )  # fmt: skip


@register.simple_tag
def must_marks(line: Line) -> SafeString:
    """● ◐ or ○ for each must-have in the order of the job, in one picture; what is not stated is also said in words."""
    states = [finding.state for finding in line.musts]
    marks = format_html_join("", '<use href="#{}" x="{}"/>', ((_IDS[s], _SIDE * nth) for nth, s in enumerate(states)))
    return _picture(_in_words(line), _SIDE * len(states), marks)


@register.simple_tag
def must_numbers(counts: Iterable[tuple[State, int]]) -> SafeString:
    """The three marks with a number each: for jobs that ask for too much to show it one by one."""
    known = list(counts)
    marks = format_html_join(
        "", '<use href="#{}" x="{}"/><text x="{}" y="13">{}</text>',
        ((_IDS[state], _NEXT * nth, _NEXT * nth + _SIDE + 1, count) for nth, (state, count) in enumerate(known)),
    )  # fmt: skip
    told = [_("%d stated"), _("%d implied"), _("%d not found")]
    words = ", ".join(text % count for text, (_state, count) in zip(told, known, strict=True) if count)
    return _picture(words, _NEXT * len(known), marks)


def _picture(words: str, width: int, marks: SafeString) -> SafeString:
    drawn = '<svg class="marks" role="img" viewBox="0 0 {} {}"><title>{}</title>{}</svg>'
    return format_html(drawn, width, _SIDE, words, marks)


def _in_words(line: Line) -> str:
    names = {state: ", ".join(f.name for f in line.musts if f.state == state) for state in State}
    implied, missing = names[State.IMPLIED], names[State.MISSING]
    told = [_("not found: %s") % missing if missing else "", _("implied: %s") % implied if implied else ""]
    return "; ".join(filter(None, told)) or _("all must-haves stated")
