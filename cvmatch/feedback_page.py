"""The operations page on feedback: how often what people were shown was opened, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cvmatch.core.keeping import kept
from cvmatch.core.pages import number
from ingestion.parsing_figures import LONGEST_DAYS
from matching.engagement import Engagement, Figures, Rate, engagement
from matching.selectors.engagement import Side

DAYS = (7, 30, 90, 365)
DEFAULT_DAYS = 30


@dataclass(frozen=True)
class Share:
    """A share of the impressions in percent; ``drawn`` is the same for charts, in no language, empty where nothing was shown."""

    percent: float | None
    low: float | None = None
    high: float | None = None

    @property
    def drawn(self) -> str:
        return "" if self.percent is None else str(self.percent)


@dataclass(frozen=True)
class Row:
    """One day, position, variant or source."""

    name: str
    figures: Figures
    ctr: Share
    corrected: Share
    conversion: Share


@dataclass(frozen=True)
class Table:
    """One breakdown: ``plot`` and ``columns`` say what of it is drawn, and how."""

    id: str
    title: str
    across: str
    note: str
    plot: str
    columns: str
    rows: tuple[Row, ...]
    newest_first: bool = False


@require_safe
def feedback_page(request: HttpRequest) -> HttpResponse:
    """What candidates or recruiters (``side``) were shown in the last days; ``days`` is 1 to 730."""
    days = min(number(request.GET.get("days", "")) or DEFAULT_DAYS, LONGEST_DAYS)
    asked = request.GET.get("side", "")
    side = Side(asked) if asked in set(Side) else Side.CANDIDATE
    sides = {one.side: one for one in kept("engagement", days, lambda: engagement(days))}
    shown = {
        "days": days,
        "choices": DAYS,
        "side": side,
        "sides": ((Side.CANDIDATE, _("Candidates")), (Side.RECRUITER, _("Recruiters"))),
        "told": sides[side],
        "total": row_of("", sides[side].total),
        "tables": tables_of(sides[side]),
    }
    return render(request, "operations/feedback.html", shown)


def tables_of(told: Engagement) -> tuple[Table, ...]:
    steep = _("corrected: as if each line were looked at like the first")
    days = [(date_format(row.of, "j M") if isinstance(row.of, date) else "", row) for row in reversed(told.by_day)]
    variants = [(str(row.of or _("no experiment")), row) for row in told.by_variant]
    return (
        Table("by-day", _("By day"), _("Day"), _("days of UTC"), "lines", "3 6", _rows(days), newest_first=True),
        Table("by-position", _("By position"), _("Position"), steep, "lines", "3 4", _named(told.by_position)),
        Table("by-variant", _("By variant"), _("Variant"), _("experiment and its arm"), "bars", "3", _rows(variants)),
        Table(
            "by-source", _("By source"), _("Source"), _("where the jobs came from"), "bars", "3", _named(told.by_source)
        ),
    )


def row_of(name: str, figures: Figures) -> Row:
    corrected = Share(_percent(figures.ctr_corrected))
    return Row(name, figures, _share(figures.ctr), corrected, _share(figures.conversion))


def _rows(named: Iterable[tuple[str, Figures]]) -> tuple[Row, ...]:
    return tuple(row_of(name, figures) for name, figures in named)


def _named(figures: Iterable[Figures]) -> tuple[Row, ...]:
    return _rows((str(row.of), row) for row in figures)


def _share(rate: Rate) -> Share:
    return Share(_percent(rate.value), _percent(rate.low), _percent(rate.high))


def _percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 2)
