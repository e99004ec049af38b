"""Asks for CVs made for one job each, one pair or many at once; keeps what was made, takes back what is not wanted any more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from cvmatch.core.errors import Conflict, CvmatchError, InvalidInput, NotFound
from cvmatch.core.models import REQUEUED, Status, User
from cvmatch.core.queue import announce
from ingestion.models import CV
from jobs.models import Job
from matching.asking import why_not
from matching.embedding import get_provider
from matching.live import is_ready
from matching.model_budget import is_on
from matching.models import JobEmbedding, Tailoring, TailoringBatch
from matching.ranking import ranking_version
from matching.selectors.tailored import ROW, of_now, visible_tailorings
from matching.tailoring import Tailored

# Goes up with every change of what tailoring makes of the same texts: rows of before are not given any more.
TAILORING_VERSION = 2

NO_CV = gettext_noop("There is no such CV, or it is not yours to see.")
NO_JOB = gettext_noop("There is no such open job.")
CV_NOT_READY = gettext_noop("This CV is still being read. Ask again in some seconds.")
JOB_NOT_READY = gettext_noop("This job is still being read. Ask again in some seconds.")
NO_MODEL = gettext_noop("No language model is set up for this here. Ask without it: the rules need none.")
# All of a CV and of a job that is looked at before one is asked for; the texts are read by the stage.
_CV_FACTS = ("id", "candidate_id", "status", "content_hash", "is_latest", "error", "name", "embedding__cv_id")
_JOB_FACTS = ("id", "status", "content_hash", "title", "company", "embedding__job_id")
_STATE = ("status", "content_hash", "model")
_OPEN = (Status.PENDING, Status.PROCESSING)


@dataclass(frozen=True)
class Made:
    """A CV for a job, and why the rules alone made it where more was asked for."""

    tailored: Tailored
    fell_back: str = ""


@dataclass(frozen=True)
class Wanted:
    """One of many that were asked for: the pair, and why there will be no CV of it; empty where there will be."""

    cv_id: int
    job_id: int
    error: str = ""


def engine_version() -> str:
    """Of everything besides the two texts that the outcome depends on."""
    return f"{TAILORING_VERSION} {ranking_version()} {get_provider().name}"


def find_current(*, user: User, cv_id: int, job_id: int, by: str) -> Tailoring | None:
    """The row of this pair as both are now, whatever its state, if the user may see the CV; one statement.

    What was made is read when it is asked for.
    """
    rows = visible_tailorings(user).filter(cv=cv_id, job=job_id, by=by, engine=engine_version())
    return of_now(rows).select_related("cv__candidate", "job").only(*ROW).first()


def request_tailoring(*, cv_id: int, job_id: int, by: str, requested_by: User) -> Tailoring:
    """The CV for that job: the row of before where nothing has changed since, else a new one that somebody waits for.

    What failed, or was made without the language model though it was asked for, is tried again. Raises NotFound,
    Conflict while one of the two is still being read, InvalidInput where it cannot be done.
    """
    if by == Tailoring.By.MODEL and not is_on():
        raise InvalidInput(NO_MODEL, details={"field": "by"})
    known = find_current(user=requested_by, cv_id=cv_id, job_id=job_id, by=by)
    if known is not None and not _is_wanted_anew(known):
        return known
    with transaction.atomic():
        cv, job = _cvs(requested_by, [cv_id]).get(cv_id), _jobs([job_id]).get(job_id)
        if cv is None or job is None:
            raise NotFound(NO_CV if cv is None else NO_JOB)
        _check(cv, job)
        row, is_new = Tailoring.objects.get_or_create(
            **_key(cv, job, by), defaults={"requested_by": requested_by, "interactive": True}
        )
        if is_new or _take_up(row):
            announce("tailoring.requested", [row.pk], interactive=True)
    row.cv, row.job = cv, job
    return row


def request_batch(*, user: User, cv_ids: Sequence[int], job_ids: Sequence[int]) -> tuple[TailoringBatch, list[Wanted]]:
    """A CV by rule for each pair, in the order given, one of the two lists being of one; with those that there will be
    none of and why. As many statements however many there are. Raises NotFound where there will be none at all."""
    wanted_cvs, wanted_jobs = list(dict.fromkeys(cv_ids)), list(dict.fromkeys(job_ids))
    with transaction.atomic():
        cvs, jobs = _cvs(user, wanted_cvs), _jobs(wanted_jobs)
        pairs = [_wanted(cvs.get(cv), jobs.get(job), cv, job) for cv in wanted_cvs for job in wanted_jobs]
        chosen = [(cvs[pair.cv_id], jobs[pair.job_id]) for pair in pairs if not pair.error]
        if not chosen:
            raise NotFound(pairs[0].error)
        rows = _rows(chosen, user)
        batch = TailoringBatch.objects.create(user=user, tailorings=[row.pk for row in rows])
        announce("tailoring.requested", [row.pk for row in rows if row.status in _OPEN])
    return batch, [pair for pair in pairs if pair.error]


def cancel_batch(batch: TailoringBatch) -> None:
    """Take back what nobody has begun with, unless somebody else waits for it. What is done stays."""
    with transaction.atomic():
        others = TailoringBatch.objects.filter(cancelled_at=None, tailorings__overlap=batch.tailorings)
        theirs = {pk for ids in others.exclude(pk=batch.pk).values_list("tailorings", flat=True) for pk in ids}
        mine = set(batch.tailorings) - theirs
        Tailoring.objects.filter(pk__in=mine, status=Status.PENDING, interactive=False).delete()
        TailoringBatch.objects.filter(pk=batch.pk, cancelled_at=None).update(cancelled_at=timezone.now())
    batch.refresh_from_db()


def store_tailoring(row: Tailoring, made: Made) -> None:
    """Keep a tailored CV; called inside the transaction that completes the row."""
    row.score_before, row.score_after = made.tailored.score_before, made.tailored.score_after
    row.fell_back, row.body_json = made.fell_back, made.tailored.as_json()
    row.save(update_fields=["score_before", "score_after", "fell_back", "body_json"])


def delete_old_tailorings(*, before: datetime, limit: int) -> int:
    """Forget tailored CVs and batches that were asked for before that moment; returns how many."""
    old = Tailoring.objects.filter(created_at__lt=before).values("pk")[:limit]
    batches = TailoringBatch.objects.filter(created_at__lt=before).values("pk")[:limit]
    deleted = Tailoring.objects.filter(pk__in=old).delete()[0]
    return deleted + TailoringBatch.objects.filter(pk__in=batches).delete()[0]


def _cvs(user: User, ids: Sequence[int]) -> dict[int, CV]:
    """Those that the user may see, kept from being erased until the transaction ends."""
    rows = CV.objects.visible_to(user).filter(pk__in=ids).select_related("embedding")
    rows = rows.only(*_CV_FACTS, *(f"embedding__{name}" for name in _STATE)).order_by("pk")
    return {cv.pk: cv for cv in rows.select_for_update(no_key=True, of=("self",))}


def _jobs(ids: Sequence[int]) -> dict[int, Job]:
    rows = Job.objects.active().filter(pk__in=ids).select_related("embedding")
    rows = rows.only(*_JOB_FACTS, *(f"embedding__{name}" for name in _STATE)).order_by("pk")
    return {job.pk: job for job in rows.select_for_update(no_key=True, of=("self",))}


def _check(cv: CV, job: Job) -> None:
    """Raises InvalidInput where the CV is none to work with, Conflict while one of the two is being read."""
    if reason := why_not(cv):
        raise InvalidInput(reason)
    if not is_ready(cv):
        raise Conflict(CV_NOT_READY)
    if not _is_ready(job):
        raise Conflict(JOB_NOT_READY)


def _is_ready(job: Job) -> bool:
    row: JobEmbedding | None = getattr(job, "embedding", None)
    if row is None or row.status != Status.COMPLETED:
        return False
    return (row.model, row.content_hash) == (get_provider().name, job.content_hash)


def _wanted(cv: CV | None, job: Job | None, cv_id: int, job_id: int) -> Wanted:
    if cv is None or job is None:
        return Wanted(cv_id, job_id, NO_CV if cv is None else NO_JOB)
    try:
        _check(cv, job)
    except CvmatchError as error:
        return Wanted(cv_id, job_id, error.message)
    return Wanted(cv_id, job_id)


def _key(cv: CV, job: Job, by: str) -> dict[str, object]:
    hashes = {"cv_hash": cv.content_hash, "job_hash": job.content_hash}
    return {"cv": cv, "job": job, "by": by, **hashes, "engine": engine_version()}


def _rows(pairs: Sequence[tuple[CV, Job]], user: User) -> list[Tailoring]:
    """The rows of those pairs in their order; what failed is put back."""
    Tailoring.objects.bulk_create(
        [Tailoring(requested_by=user, **_key(cv, job, Tailoring.By.RULES)) for cv, job in pairs], ignore_conflicts=True
    )
    found = Tailoring.objects.filter(
        cv__in=[cv.pk for cv, _ in pairs], job__in=[job.pk for _, job in pairs], by=Tailoring.By.RULES, engine=engine_version()
    ).only("pk", "status", "cv_id", "job_id", "cv_hash", "job_hash")  # fmt: skip
    by_key = {(row.cv_id, row.job_id, row.cv_hash, row.job_hash): row for row in found}
    rows = [by_key[cv.pk, job.pk, cv.content_hash, job.content_hash] for cv, job in pairs]
    failed = [row for row in rows if row.status == Status.FAILED]
    if failed:
        Tailoring.objects.filter(pk__in=[row.pk for row in failed]).update(**REQUEUED, attempts=0)
        for row in failed:
            row.status = Status.PENDING
    return rows


def _is_wanted_anew(row: Tailoring) -> bool:
    if row.status == Status.COMPLETED:
        return bool(row.fell_back)
    return row.status == Status.FAILED or (row.status == Status.PENDING and not row.interactive)


def _take_up(row: Tailoring) -> bool:
    """Whether a row of before is to be worked on now: it failed, fell back, or waits as one of many."""
    again = Q(status=Status.FAILED) | (Q(status=Status.COMPLETED) & ~Q(fell_back=""))
    waits = Q(status=Status.PENDING, interactive=False)
    rows = Tailoring.objects.filter(again | waits, pk=row.pk)
    if not rows.update(**REQUEUED, attempts=0, interactive=True, fell_back=""):
        return False
    row.refresh_from_db(fields=["status", "interactive", "error", "retry_at", "fell_back"])
    return True
