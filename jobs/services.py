"""The only writers of postings: import, expire, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cvmatch.core.places import fold, locate
from cvmatch.core.queue import announce
from cvmatch.core.text import content_hash
from jobs import taxonomy
from jobs.models import Job, SkillChange, naming_any
from jobs.requirements import JobRequirements, read_requirements
from jobs.values import JobPosting, Pay, Place, UpsertCounts, employment_type

# Bumped when reading requirements changes, so that a re-import re-reads texts that did not change.
READER_VERSION = "2"
IDENTITY = ("source", "external_id")


def upsert_jobs(*, source: str, postings: Sequence[JobPosting], interactive: bool = False) -> UpsertCounts:
    """Store one page of postings in one transaction: new ones created, changed ones updated, the rest left alone.

    A posting that had expired and is sent again with an open date is active again. Changed jobs are announced in the
    same transaction. Of two postings with the same id, the later one counts.
    """
    by_id = {posting.external_id: posting for posting in postings}
    # In one order everywhere: two imports of the same rows at once wait for each other instead of locking each other out.
    latest = dict(sorted(by_id.items()))
    taxonomy.refresh()
    with transaction.atomic():
        stored = dict(Job.objects.filter(source=source, external_id__in=latest).values_list("external_id", "row_hash"))
        changed = [
            _row(source, posting) for posting in latest.values() if stored.get(posting.external_id) != _hash(posting)
        ]
        if changed:
            Job.objects.bulk_create(
                changed, batch_size=500, update_conflicts=True, unique_fields=IDENTITY, update_fields=_updatable()
            )
            ids = _ids(source, changed) if interactive else []
            announce("jobs.changed", ids, interactive=interactive)
    created = sum(row.external_id not in stored for row in changed)
    return UpsertCounts(created, len(changed) - created, len(latest) - len(changed))


def expire_due(*, now: datetime, limit: int) -> int:
    """Close active jobs whose last day has passed; returns how many."""
    due = Job.objects.active().filter(expires_at__lt=now).order_by("expires_at").values_list("pk", flat=True)[:limit]
    return Job.objects.active().filter(pk__in=list(due), expires_at__lt=now).update(status=Job.Status.EXPIRED)


def delete_expired(*, before: datetime, limit: int) -> int:
    """Remove jobs that expired before that moment, with all that hangs on them; returns how many."""
    old = (
        Job.objects.exclude(status=Job.Status.ACTIVE).filter(expires_at__lt=before).values_list("pk", flat=True)[:limit]
    )
    ids = list(old)
    Job.objects.filter(pk__in=ids).delete()
    return len(ids)


def read_requirements_again(*, limit: int) -> int:
    """Read up to ``limit`` jobs again whose texts name skills that people changed; returns how many.

    Works on the oldest change that is not through; below ``limit`` it is.
    """
    taxonomy.refresh()
    with transaction.atomic():
        waiting = SkillChange.objects.filter(jobs_done_to__isnull=False).order_by("pk")
        change = waiting.select_for_update(skip_locked=True).first()
        if change is None:
            return 0
        rows = Job.objects.filter(naming_any(change.terms, "title", "description"), pk__gt=change.jobs_done_to)
        jobs = list(rows.only("title", "description", "requirements_json").order_by("pk")[:limit])
        read = [(job, read_requirements(job.title, job.description).to_json()) for job in jobs]
        changed = [job for job, found in read if job.requirements_json != found]
        for job, found in read:
            job.requirements_json = found
        Job.objects.bulk_update(changed, ["requirements_json"], batch_size=200)
        change.jobs_done_to = jobs[-1].pk if len(jobs) == limit else None
        change.save(update_fields=["jobs_done_to"])
        if changed:
            announce("jobs.changed")
    return len(jobs)


def _hash(posting: JobPosting) -> str:
    return content_hash(READER_VERSION, repr(posting))


def _row(source: str, posting: JobPosting) -> Job:
    now, row_hash = timezone.now(), _hash(posting)
    requirements = read_requirements(posting.title, posting.description)
    posting = _filled(posting, requirements)
    ended = posting.expires_at is not None and posting.expires_at < now
    return Job(
        source=source,
        external_id=posting.external_id,
        status=Job.Status.EXPIRED if ended else Job.Status.ACTIVE,
        title=posting.title,
        company=posting.company,
        description=posting.description,
        description_html=posting.description_html,
        url=posting.url,
        **_place_columns(posting.place),
        remote=posting.remote,
        employment_type=employment_type(posting.employment_type),
        hybrid=posting.hybrid,
        level=posting.level or requirements.level or "",
        categories=list(posting.categories),
        is_snippet=posting.is_snippet,
        group_key=posting.group_key,
        **_pay_columns(posting.pay),
        posted_at=posting.posted_at,
        expires_at=posting.expires_at,
        changed_at=now,
        requirements_json=requirements.to_json(),
        repairs=list(posting.repairs),
        row_hash=row_hash,
        content_hash=content_hash(posting.title, posting.description),
    )


def _filled(posting: JobPosting, read: JobRequirements) -> JobPosting:
    """What the source left empty and the text says; each is named in the repairs."""
    found: dict[str, Any] = {}
    if not posting.employment_type and read.employment:
        found["employment_type"] = read.employment.kind
    if posting.pay is None and read.pay_said:
        found["pay"] = read.pay_said.pay
    if not posting.remote and not posting.hybrid and read.workplace and read.workplace.place in {"remote", "hybrid"}:
        found[read.workplace.place] = True
    repairs = tuple(f"{name.replace('_', ' ')} read from the text" for name in found)
    return replace(posting, **found, repairs=(*posting.repairs, *repairs))


def _place_columns(place: Place) -> dict[str, Any]:
    """The place with coordinates, those of its town where the posting gives none, so that a radius finds it."""
    columns = asdict(place) | {"city_key": fold(place.city)[:120]}
    if place.latitude is None or place.longitude is None:
        town = locate(place.city, place.country)
        columns |= {"latitude": town and town.latitude, "longitude": town and town.longitude}
    return columns


def _pay_columns(pay: Pay | None) -> dict[str, Any]:
    if pay is None:
        return {}
    return {
        "salary_min": pay.minimum,
        "salary_max": pay.maximum,
        "salary_currency": pay.currency,
        "salary_period": pay.period,
        "salary_estimated": pay.estimated,
        "salary_year_min": pay.per_year(pay.minimum),
        "salary_year_max": pay.per_year(pay.maximum),
    }


def _updatable() -> list[str]:
    fixed = {"id", "first_seen_at", *IDENTITY}
    return [field.name for field in Job._meta.concrete_fields if field.name not in fixed and not field.generated]


def _ids(source: str, rows: Sequence[Job]) -> list[int]:
    external = [row.external_id for row in rows]
    return list(Job.objects.filter(source=source, external_id__in=external).values_list("pk", flat=True))
