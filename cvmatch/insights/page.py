"""The page of market insights: for recruiters the whole, for candidates what their own titles pay and ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cvmatch.core.pages import typed
from cvmatch.core.web import current_user
from cvmatch.insights import reading
from cvmatch.insights.counting import FUNNEL_DAYS
from cvmatch.insights.reading import Counted, Group
from jobs.insights.figures import PayFigures, SkillFigures, TimeFigures, Trend
from jobs.titles import Level

SKILLS, MOVING, DRAWN, TITLES = 20, 8, 5, 15


@dataclass(frozen=True)
class PayBar:
    """Pay of a group with where its box is drawn, all in one currency to one scale, 0 to 1."""

    row: Counted[PayFigures]
    x: float
    width: float
    middle: float


@require_safe
def insights_page(request: HttpRequest) -> HttpResponse:
    """What was counted last; recruiters choose a title, country and level, candidates see their own titles."""
    user, day = current_user(request), reading.newest_day()
    if not user.is_recruiter:
        own = [(title, pay_bars(title.pay)) for title in reading.own_titles(user, day)]
        return render(request, "insights_own.html", {"day": day, "titles": own})
    group = Group(
        *(typed(request.GET.get(name, ""))[:most] for name, most in (("title", 200), ("country", 2), ("level", 12)))
    )
    skills = reading.list_skills(day, limit=SKILLS)
    times = reading.list_times(day, group, limit=TITLES)
    shown: dict[str, Any] = {
        "day": day,
        "group": group,
        "levels": [level.value for level in Level],
        "skills": skills,
        "rising": reading.list_skills(day, trend=Trend.RISING, limit=MOVING),
        "falling": reading.list_skills(day, trend=Trend.FALLING, limit=MOVING),
        "drawn": skills[:DRAWN],
        "weeks": by_week(skills[:DRAWN]),
        "pay": pay_bars(reading.list_pay(day, group, limit=TITLES)),
        "times": times,
        "open": still_open(times),
        "sources": reading.list_source_quality(day),
        "steps": reading.list_steps(day),
        "funnel_days": FUNNEL_DAYS,
    }
    return render(request, "insights.html", shown)


def by_week(skills: Sequence[Counted[SkillFigures]]) -> list[tuple[str, list[float | None]]]:
    """Each week with the share of each of the skills in percent, oldest first."""
    weeks = zip(*(each.figures.weeks for each in skills), strict=True)
    return [
        (row[0].week, [None if each.share is None else round(100 * each.share, 1) for each in row]) for row in weeks
    ]


def pay_bars(rows: Sequence[Counted[PayFigures]]) -> list[PayBar]:
    most = {
        each.currency: max(row.figures.upper.value for row in rows if row.currency == each.currency) for each in rows
    }
    return [
        PayBar(
            row,
            round(row.figures.lower.value / most[row.currency], 4),
            round((row.figures.upper.value - row.figures.lower.value) / most[row.currency], 4),
            round(row.figures.median.value / most[row.currency], 4),
        )
        for row in rows
    ]


def still_open(times: Sequence[Counted[TimeFigures]]) -> list[tuple[int, float]]:
    """Weeks and the share that is open longer, in percent, of the largest group that is shown."""
    return [(week, round(100 * share, 1)) for week, share in enumerate(times[0].figures.still_open)] if times else []
