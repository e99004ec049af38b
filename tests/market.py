"""What a night's counting and training tell of the market, for tests that only look at what is made of it."""

from __future__ import annotations

from django.utils import timezone

from jobs.insights import Between
from jobs.insights.figures import (
    AskedSkill,
    PayFigures,
    SkillFigures,
    SourceFigures,
    StepFigures,
    TimeFigures,
    TitleFigures,
    Trend,
    WeekShare,
)
from jobs.models import Insight, Job, PayEstimate, PayModel


def tell_insights(*jobs: Job) -> None:
    """What a night's counting and training would have told of more jobs than there are here."""
    model = PayModel.objects.create(paid_jobs=1400, trained_on=1200, measured={}, body=b"")
    known = {"model": model, "low": 52000, "middle": 61000, "high": 72000, "currency": "EUR", "based_on": 42}
    PayEstimate.objects.bulk_create(PayEstimate(job=job, made_from=job.changed_at, **known) for job in jobs)
    share, title, today = Between(0.31, 0.24, 0.39), "data engineer", timezone.now().date()
    skill = SkillFigures("Rust", share, Between(0.09, 0.02, 0.16), Trend.RISING, (WeekShare("2026-11-09", 40, 13),))
    pay = PayFigures(Between(55e3, 52e3, 58e3), Between(62e3, 6e4, 65e3), Between(7e4, 67e3, 74e3))
    asked = TitleFigures((AskedSkill("python", "Python", 90, Between(0.75, 0.66, 0.82)),))
    of_all = {"day": today, "count": 120}
    Insight.objects.bulk_create(
        [
            Insight(**of_all, kind="skill", name="rust", figures=skill.to_json()),
            Insight(**of_all, kind="pay", name=title, currency="EUR", figures=pay.to_json()),
            Insight(**of_all, kind="title", name=title, figures=asked.to_json()),
            Insight(**of_all, kind="time", figures=TimeFigures(70, Between(24.0, 20.0, 29.0), (1.0, 0.84)).to_json()),
            Insight(**of_all, kind="source", name="board", figures=SourceFigures(81, {"pay": 0.4}).to_json()),
            Insight(
                **of_all, kind="funnel", name="uploaded", figures=StepFigures(0, Between(1.0, 0.97, 1.0)).to_json()
            ),
        ]
    )
