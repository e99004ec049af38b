"""What a person has made of jobs, for the lists they see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from cvmatch.core.models import User
from ingestion.models import CV
from jobs.paying import read_estimates
from matching.models import JobMark, Match, Prediction
from matching.selectors.lines import Line
from matching.selectors.lists import JOB_FIELDS

# More than anybody keeps an eye on; older ones are in the download of one's data.
SHOWN = 100


@dataclass(frozen=True)
class MarkedJob:
    """A job that a person keeps or hides; ``line`` is None where the newest list does not have it."""

    mark: JobMark
    line: Line | None


def marks_of(user: User, cv: CV) -> Mapping[int, JobMark] | None:
    """All marks of the person by job, for the list of their CV and to count them; None when it is somebody else's CV."""
    if cv.candidate.user_id != user.pk:
        return None
    return {mark.job_id: mark for mark in JobMark.objects.filter(user=user)}


def counts_of(marks: Mapping[int, JobMark]) -> dict[str, int]:
    """How many of these jobs somebody keeps and hides, by kind."""
    return {kind: sum(mark.kind == kind for mark in marks.values()) for kind in JobMark.Kind.values}


def in_sight(lines: Sequence[Line], marks: Mapping[int, JobMark] | None) -> tuple[Line, ...]:
    """The lines without those of hidden jobs."""
    hidden = {job_id for job_id, mark in (marks or {}).items() if mark.kind == JobMark.Kind.HIDDEN}
    return tuple(line for line in lines if line.match.job_id not in hidden)


def count_marked(user: User) -> dict[str, int]:
    """How many jobs somebody keeps and hides, by kind."""
    rows = JobMark.objects.filter(user=user).exclude(kind="").order_by().values_list("kind")
    return dict.fromkeys(JobMark.Kind.values, 0) | dict(rows.annotate(jobs=Count("pk")))


def list_marked(user: User, kind: str, lines: Sequence[Line]) -> list[MarkedJob]:
    """The jobs that somebody keeps or hides, the latest mark first, with the line of each in the list ``lines``."""
    marks = JobMark.objects.filter(user=user, kind=kind).select_related("job")
    by_job = {line.match.job_id: line for line in lines}
    light = marks.only(
        "user", "kind", "reason", "verdict", "applied_at", "marked_at", *(f"job__{f}" for f in JOB_FIELDS)
    )
    marked = [MarkedJob(mark, by_job.get(mark.job_id)) for mark in light[:SHOWN]]
    read_estimates(item.mark.job for item in marked)
    return marked


def find_shown(user: User, pk: int | None) -> Match | None:
    """The line that a mark was made on, if it is there and its person's own."""
    if pk is None:
        return None
    lines = Match.objects.filter(cv__candidate__user=user, prediction__side=Prediction.Side.JOBS_FOR_CV)
    return lines.only("rank", "cv_id", "job_id").filter(pk=pk).first()
