"""The stage that counts the insights of a day: the market's, the quality of sources, and how far candidates come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from cvmatch.core.runner import StageReport
from ingestion.models import CV, Candidate, CVView
from ingestion.source_facts import source_facts
from ingestion.source_quality import source_quality
from jobs.insights import share_between
from jobs.insights.figures import SourceFigures, StepFigures
from jobs.market import market_rows
from jobs.models import Insight
from matching.models import Decision, Match, Stage

FUNNEL_DAYS = 30
# Two years and a month: a figure can be compared with that of the same week a year ago.
KEPT = timedelta(days=760)
STEPS = ("uploaded", "read", "matched", "opened", "shortlisted")
_NO_SHORTLIST = (Stage.NEW, Stage.REJECTED)


def count_insights(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Count the figures of today; what was counted earlier today is replaced."""
    now = timezone.now()
    rows = [*market_rows(now), *_source_rows(now), *_funnel_rows(now)]
    with transaction.atomic():
        Insight.objects.filter(Q(day=now.date()) | Q(day__lt=(now - KEPT).date())).delete()
        Insight.objects.bulk_create(rows, batch_size=500)
    return StageReport(claimed=len(rows), done=len(rows))


def _source_rows(now: datetime) -> Iterator[Insight]:
    for name, facts in source_facts().items():
        if quality := source_quality(facts):
            figures = SourceFigures(quality.score, quality.parts)
            yield Insight(
                day=now.date(), kind=Insight.Kind.SOURCE, name=name, count=facts.postings, figures=figures.to_json()
            )


def _funnel_rows(now: datetime) -> Iterator[Insight]:
    """Of the people who uploaded a CV in the last days, how many came so far; whoever came to a step came to those before."""
    counted = count_steps(since=now - timedelta(days=FUNNEL_DAYS))
    for place, step in enumerate(STEPS):
        if counted["uploaded"]:
            figures = StepFigures(place, share_between(counted[step], counted["uploaded"]))
            yield Insight(
                day=now.date(), kind=Insight.Kind.FUNNEL, name=step, count=counted[step], figures=figures.to_json()
            )


def count_steps(*, since: datetime) -> dict[str, int]:
    """Candidates by the steps they came to; one statement."""
    cvs = CV.objects.kept().filter(candidate=OuterRef("pk"), uploaded_at__gt=since)
    decided = Decision.objects.filter(candidate=OuterRef("pk")).exclude(stage__in=_NO_SHORTLIST)
    begun = Candidate.objects.filter(Exists(cvs)).annotate(
        was_read=Exists(cvs.parsed()),
        was_matched=Exists(Match.objects.filter(cv__candidate=OuterRef("pk"))),
        was_opened=Exists(CVView.objects.filter(candidate=OuterRef("pk"))),
        was_shortlisted=Exists(decided),
    )
    so_far, counts = Q(), {"uploaded": Count("pk")}
    for step in STEPS[1:]:
        so_far &= Q(**{f"was_{step}": True})
        counts[step] = Count("pk", filter=so_far)
    return begun.aggregate(**counts)
