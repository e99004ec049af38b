"""What people do with the jobs they are shown: keep, hide, judge and apply; the only writer of marks and interactions."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import Purpose, User
from jobs.models import Job
from matching.models import Interaction, JobMark, Match

_VERDICTS = {
    JobMark.Verdict.UP: Interaction.Kind.THUMB_UP,
    JobMark.Verdict.DOWN: Interaction.Kind.THUMB_DOWN,
}


def note(
    *, user: User, job_id: int, kind: str, match: Match | None = None, cv_id: int | None = None, reason: str = ""
) -> None:
    """Keep that somebody did something with a job, once an hour at most; one statement, and two at once are one.

    Nothing of those who do not want to be counted; where it is about the CV of such a person, the table itself refuses the row
    (migration 0019).
    """
    if user.refuses(Purpose.STATISTICS):
        return
    row = Interaction(
        user=user,
        job_id=job_id,
        cv_id=match.cv_id if match is not None else cv_id,
        match=match,
        kind=kind,
        reason=reason,
        position=match.rank if match is not None else None,
        hour=timezone.now().replace(minute=0, second=0, microsecond=0),
    )
    Interaction.objects.bulk_create([row], ignore_conflicts=True)


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
