"""What admins see of parsing: how much was read, how well, what was found wrong and why files failed; reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Aggregate, Avg, Count, FloatField, IntegerField, Q, QuerySet, Sum
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncWeek
from django.utils import timezone

from cvmatch.core.models import Status
from ingestion.models import CV, Confirmation
from ingestion.quality import (
    BINS,
    CHECKS,
    KINDS,
    Calibration,
    Judged,
    Known,
    Quality,
    Reading,
    Truth,
    calibration_of,
    judge,
)
from ingestion.values import ParsedCV

WORST, CAUSES, LONGEST_DAYS = 20, 10, 730
JUDGED = 50  # confirmed CVs that the page compares anew each time; the command compares all
_HEAVY = ("text", "matched_text", "skills_json", "search")
_ENDED = (Status.COMPLETED, Status.FAILED)


class Median(Aggregate):
    """The middle one; with an even number, the mean of the two in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Share:
    """Readings of one week or format; the shares are None where nothing was read."""

    name: str
    ended: int
    failed: int
    look: int
    completeness: float | None
    score: float | None

    @property
    def read(self) -> int:
        return self.ended - self.failed

    @property
    def failed_share(self) -> float:
        return self.failed / self.ended if self.ended else 0.0

    @property
    def look_share(self) -> float:
        return self.look / self.read if self.read else 0.0


@dataclass(frozen=True)
class Step:
    """Values whose confidence lies in one tenth of the scale."""

    low: float
    count: int
    share: float


@dataclass(frozen=True)
class Weak:
    """One of the worst readings, with what to look at."""

    pk: int
    name: str
    format: str
    score: float
    findings: list[str]
    finished_at: datetime


@dataclass(frozen=True)
class ParsingState:
    """What was read in the last days."""

    days: int
    total: Share
    checks: dict[str, float | None]
    weeks: tuple[Share, ...]
    formats: tuple[Share, ...]
    findings: tuple[tuple[str, int], ...]
    causes: tuple[tuple[str, int], ...]
    worst: tuple[Weak, ...]
    confidence: tuple[Step, ...]
    confirmed: int
    reliability: Calibration | None

    @property
    def is_empty(self) -> bool:
        return not self.total.ended


def parsing_state(days: int) -> ParsingState:
    """All of it in eight queries however many rows there are; every version of a CV is one reading."""
    ended = CV.objects.filter(status__in=_ENDED, finished_at__gte=timezone.now() - timedelta(days=days))
    whole = ended.aggregate(**_COUNTS, **_CHECKS, **_STEPS)
    return ParsingState(
        days=days,
        total=_share("all", whole),
        checks={check: whole[check] for check in CHECKS},
        weeks=tuple(_weeks(ended, days)),
        formats=tuple(_formats(ended)),
        findings=tuple(_findings(days)),
        causes=tuple(
            ended.filter(status=Status.FAILED).values_list("error").annotate(n=Count("pk")).order_by("-n")[:CAUSES]
        ),
        worst=tuple(_worst(ended)),
        confidence=tuple(_steps(whole)),
        confirmed=Confirmation.objects.count(),
        reliability=calibration_of(judged) if (judged := _judged()) else None,
    )


def _judged() -> list[Judged]:
    """The values of the newest confirmed CVs, held against what was confirmed."""
    return [value for known in confirmed(JUDGED) for value in judge(known.read, known.truth)]


def parsed_last_day() -> dict[str, int]:
    """How many readings ended in the last 24 hours, by how they ended."""
    since = timezone.now() - timedelta(days=1)
    rows = CV.objects.filter(status__in=_ENDED, finished_at__gte=since).order_by().values_list("status")
    return {str(status): 0 for status in _ENDED} | dict(rows.annotate(n=Count("pk")))


def stored_readings() -> Iterator[Reading]:
    """The newest CV of every candidate that was read or could not be."""
    rows = CV.objects.current().filter(status__in=_ENDED).order_by("pk")
    for row in rows.values("pk", "format", "quality", "status", "error").iterator(chunk_size=2000):
        name = f"CV {row['pk']}"
        if row["status"] == Status.FAILED:
            yield Reading(name, row["format"], error=row["error"])
        elif row["quality"]:
            yield Reading(name, row["format"], Quality.from_json(row["quality"]))


def confirmed(limit: int | None = None) -> Iterator[Known]:
    """What was read of the CVs that somebody has looked through and confirmed, with what they confirmed, newest first."""
    rows = Confirmation.objects.select_related("cv").defer(*(f"cv__{name}" for name in _HEAVY)).order_by("-pk")[:limit]
    for row in rows.iterator(chunk_size=200):
        truth = Truth(ParsedCV(row.resume, format=row.cv.format))
        yield Known(f"CV {row.cv_id}", row.cv.read, truth)


# Taken out of the JSON; null for a CV that was read before these figures were kept.
_COMPLETENESS, _SCORE = (Cast(KT(f"quality__{name}"), FloatField()) for name in ("completeness", "score"))
_READ = Q(status=Status.COMPLETED)
_COUNTS: dict[str, Any] = {
    "ended": Count("pk"),
    "failed": Count("pk", filter=Q(status=Status.FAILED)),
    "look": Count("pk", filter=_READ & Q(quality__needsLook=True)),
    "median": Median(_COMPLETENESS, filter=_READ),
    "mean": Avg(_SCORE, filter=_READ),
}
_CHECKS: dict[str, Any] = {check: Avg(Cast(KT(f"quality__{check}"), FloatField()), filter=_READ) for check in CHECKS}
_STEPS: dict[str, Any] = {
    f"bin{n}": Sum(Cast(KT(f"quality__bins__{n}"), IntegerField()), filter=_READ) for n in range(BINS)
}


def _share(name: str, row: dict[str, Any]) -> Share:
    return Share(name, row["ended"], row["failed"], row["look"], row["median"], row["mean"])


def _weeks(rows: QuerySet[CV], days: int) -> Iterator[Share]:
    """One a week from the oldest on, those without a reading too."""
    grouped: Any = rows.order_by().values(week=TruncWeek("finished_at")).annotate(**_COUNTS)
    found = {row["week"].date(): row for row in grouped}
    today = timezone.now().date()
    week = _monday(today - timedelta(days=days))
    while week <= today:
        row = found.get(week)
        yield _share(week.isoformat(), row) if row else Share(week.isoformat(), 0, 0, 0, None, None)
        week += timedelta(days=7)


def _formats(rows: QuerySet[CV]) -> list[Share]:
    grouped: Any = rows.order_by().values("format").annotate(**_COUNTS)
    return sorted((_share(row["format"] or "unknown", row) for row in grouped), key=lambda share: -share.ended)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _findings(days: int) -> Iterator[tuple[str, int]]:
    """Kinds of findings in words with the number of CVs that have them."""
    since = timezone.now() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(_FINDINGS, [Status.COMPLETED, since])
        rows = cursor.fetchall()
    yield from ((KINDS.get(kind, kind), count) for kind, count in rows)


_FINDINGS = """
SELECT finding ->> 0 AS kind, count(DISTINCT cv.id) AS cvs
  FROM ingestion_cv cv, jsonb_array_elements(cv.quality -> 'findings') AS finding
 WHERE cv.status = %s AND cv.finished_at >= %s
 GROUP BY kind ORDER BY cvs DESC, kind
"""


def _worst(rows: QuerySet[CV]) -> Iterator[Weak]:
    """Of the newest versions, those that something is wrong with, with the lowest score first."""
    read = rows.filter(_READ, is_latest=True, expires_at=None, quality__score__lt=1).order_by(_SCORE, "-finished_at")
    columns = ("pk", "name", "filename", "format", "findings", "finished_at")
    rows_read: Any = read.values_list(*columns, _SCORE)[:WORST]
    for pk, name, filename, file_format, findings, finished_at, score in rows_read:
        yield Weak(pk, name or filename, file_format, score, findings, finished_at)


def _steps(row: dict[str, Any]) -> Iterator[Step]:
    counts = [row[f"bin{number}"] or 0 for number in range(BINS)]
    total = sum(counts) or 1
    yield from (Step(number / BINS, count, count / total) for number, count in enumerate(counts))


def _as_json(share: Share) -> dict[str, Any]:
    """A group as the API shows it."""
    return {
        "name": share.name,
        "ended": share.ended,
        "failed": share.failed,
        "failed_share": round(share.failed_share, 4),
        "needs_look": share.look,
        "median_completeness": share.completeness,
        "mean_score": share.score,
    }


def state_as_json(state: ParsingState) -> dict[str, Any]:
    """Everything on the page, for programs."""
    return {
        "days": state.days,
        "total": _as_json(state.total),
        "checks": state.checks,
        "weeks": [_as_json(week) for week in state.weeks],
        "formats": [_as_json(group) for group in state.formats],
        "findings": [{"finding": kind, "cvs": count} for kind, count in state.findings],
        "failures": [{"cause": cause, "cvs": count} for cause, count in state.causes],
        "worst": [{"cv": w.pk, "format": w.format, "score": w.score, "findings": w.findings} for w in state.worst],
        "confidence": [{"from": step.low, "values": step.count} for step in state.confidence],
        "confirmed": state.confirmed,
        "calibration_error": state.reliability.ece if state.reliability else None,
    }
