"""What people do with the jobs they are shown: keep, hide, judge and apply; the only writer of marks and interactions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import IntegerField, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import Purpose, User
from jobs.models import Job
from matching.models import Interaction, JobMark, Match
from matching.values.impressions import REMEMBERED, ShownLine

_VERDICTS = {
    JobMark.Verdict.UP: Interaction.Kind.THUMB_UP,
    JobMark.Verdict.DOWN: Interaction.Kind.THUMB_DOWN,
}


def note_shown(
    *,
    user: User,
    lines: Sequence[ShownLine],
    surface: str,
    at: datetime | None = None,
    opened_job: int | None = None,
) -> None:
    """Keep which lines of a list somebody was shown, each once an hour at most; one statement however many they are.

    Nothing of those who do not want to be counted; where it is about the CV of such a person, the table itself refuses the row
    (migration 0021). ``at`` is when it was, now if it is not said. With ``opened_job`` they opened that job, on whose page the
    list stands.
    """
    if user.refuses(Purpose.STATISTICS):
        return
    when = at or timezone.now()
    then = {"user": user, "hour": _hour_of(when), "created_at": when}
    rows = [
        Interaction(
            **then,
            job_id=line.job_id,
            cv_id=line.cv_id,
            match_id=line.match_id,
            kind=Interaction.Kind.SHOWN,
            position=line.position,
            surface=surface,
            variant=line.variant,
        )
        for line in lines
    ]
    if opened_job is not None:
        rows.append(Interaction(**then, job_id=opened_job, kind=Interaction.Kind.OPEN))
    _keep(rows)


def note(
    *,
    user: User,
    job_id: int,
    kind: str,
    match: Match | None = None,
    cv_id: int | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> None:
    """Keep that somebody did something with a job, once an hour at most; one statement, and two at once are one.

    Where it stood, and what put it there, is taken from the last time within a day that they were shown it for this CV; its
    rank, if they were not. Nothing of those who do not want to be counted. ``at`` is when it was, now if it is not said.
    """
    cv = match.cv_id if match is not None else cv_id
    note_each(user=user, job_id=job_id, cv_ids=[cv], kind=kind, match=match, reason=reason, at=at)


def note_each(
    *,
    user: User,
    job_id: int,
    cv_ids: Iterable[int | None],
    kind: str,
    match: Match | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> None:
    """The same of several CVs for one job, in one statement."""
    if user.refuses(Purpose.STATISTICS):
        return
    when = at or timezone.now()
    _keep(
        Interaction(
            user=user,
            job_id=job_id,
            kind=kind,
            reason=reason,
            hour=_hour_of(when),
            created_at=when,
            **_where(user, job_id, cv_id, match, when),
        )
        for cv_id in cv_ids
    )


def take_back(*, user: User, job: Job, candidates: Iterable[int], kind: str, since: datetime) -> None:
    """Forget that somebody did something with candidates for a job, in the hour of that moment or later."""
    done = Interaction.objects.filter(user=user, job=job, cv__candidate__in=list(candidates), kind=kind)
    done.filter(hour__gte=_hour_of(since)).delete()


def _where(user: User, job_id: int, cv_id: int | None, match: Match | None, when: datetime) -> dict[str, Any]:
    """For which CV the line stood and where, looked up by the statement that keeps what is done with it.

    Candidates are shown jobs for their own CV, so that what they do on the page of a job is put down to it too; recruiters
    are shown many CVs for a job, and what they do with the job itself is about none of them.
    """
    rank = match.rank if match is not None else None
    if cv_id is None and user.is_recruiter:
        return {"match": match, "position": rank}
    shown = Interaction.objects.filter(
        user=user, job=job_id, kind=Interaction.Kind.SHOWN, created_at__range=(when - REMEMBERED, when)
    ).order_by("-created_at")
    if cv_id is not None:
        shown = shown.filter(cv=cv_id)

    def of_last(field: str) -> Subquery:
        return Subquery(shown.values(field)[:1])

    return {
        "cv_id": of_last("cv") if cv_id is None else cv_id,
        "match_id": of_last("match") if match is None else match.pk,
        "position": Coalesce(of_last("position"), Value(rank, IntegerField())),
        "surface": Coalesce(of_last("surface"), Value("")),
        "variant": Coalesce(of_last("variant"), Value("")),
    }


def _keep(rows: Iterable[Interaction]) -> None:
    Interaction.objects.bulk_create(rows, ignore_conflicts=True)


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


@transaction.atomic
def save_job(*, user: User, job: Job, match: Match | None = None) -> JobMark:
    """Put the job on the person's list of those to keep; one that was hidden comes back with it."""
    note(user=user, job_id=job.pk, kind=Interaction.Kind.SAVE, match=match)
    return _mark(user, job, kind=JobMark.Kind.SAVED, reason="")


@transaction.atomic
def hide_job(*, user: User, job: Job, reason: str = "", match: Match | None = None) -> JobMark:
    """Take the job out of the person's lists. Raises InvalidInput for a reason that is none of the list."""
    if reason and reason not in JobMark.Reason.values:
        raise InvalidInput(
            f"There is no such reason. One of: {', '.join(JobMark.Reason.values)}.", details={"field": "reason"}
        )
    note(user=user, job_id=job.pk, kind=Interaction.Kind.HIDE, match=match, reason=reason)
    return _mark(user, job, kind=JobMark.Kind.HIDDEN, reason=reason)


def unmark_job(*, user: User, job: Job) -> JobMark:
    """Undo saving or hiding; what they said about the fit stays."""
    return _mark(user, job, kind="", reason="")


@transaction.atomic
def judge_fit(*, user: User, job: Job, verdict: str, match: Match | None = None) -> JobMark:
    """Keep whether the job fits in the person's own eyes; an empty verdict takes it back."""
    if verdict:
        note(user=user, job_id=job.pk, kind=_VERDICTS[JobMark.Verdict(verdict)], match=match)
    return _mark(user, job, verdict=verdict)


@transaction.atomic
def apply_to(*, user: User, job: Job, match: Match | None = None) -> str:
    """Count that somebody goes to apply, and say where to; raises NotFound where the posting gives no address for it."""
    if not is_address(job.url):
        raise NotFound("The posting gives no address to apply at. Look for it at the company itself.")
    note(user=user, job_id=job.pk, kind=Interaction.Kind.APPLY, match=match)
    _mark(user, job, applied_at=timezone.now())
    return job.url


def is_address(url: str) -> bool:
    """Whether a posting's address leads to a page of the web: a source can send anything."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _mark(user: User, job: Job, **values: object) -> JobMark:
    """The row of this person and job with these values; two at once write the same row."""
    mark, _ = JobMark.objects.update_or_create(user=user, job=job, defaults=values)
    return mark
