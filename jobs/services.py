"""The only writers of postings: import, expire, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cvmatch.core.queue import announce
from cvmatch.core.text import content_hash
from jobs.models import Job
from jobs.requirements import read_requirements
from jobs.values import JobPosting, Pay, UpsertCounts

# Bumped when reading requirements changes, so that a re-import re-reads texts that did not change.
READER_VERSION = "1"
IDENTITY = ("source", "external_id")


def upsert_jobs(*, source: str, postings: Sequence[JobPosting], interactive: bool = False) -> UpsertCounts:
    """Store one page of postings in one transaction: new ones created, changed ones updated, the rest left alone.

    A posting that had expired and is sent again with an open date is active again. Changed jobs are announced in the
    same transaction. Of two postings with the same id, the later one counts.
    """
    by_id = {posting.external_id: posting for posting in postings}
    # In one order everywhere: two imports of the same rows at once wait for each other instead of locking each other out.
    latest = dict(sorted(by_id.items()))
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


def _hash(posting: JobPosting) -> str:
    return content_hash(READER_VERSION, repr(posting))


def _row(source: str, posting: JobPosting) -> Job:
    now = timezone.now()
    requirements = read_requirements(posting.title, posting.description)
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
        **asdict(posting.place),
        remote=posting.remote,
        employment_type=posting.employment_type,
        level=requirements.level or "",
        **_pay_columns(posting.pay),
        posted_at=posting.posted_at,
        expires_at=posting.expires_at,
        changed_at=now,
        requirements_json=requirements.to_json(),
        repairs=list(posting.repairs),
        row_hash=_hash(posting),
        content_hash=content_hash(posting.title, posting.description),
    )


def _pay_columns(pay: Pay | None) -> dict[str, Any]:
    if pay is None:
        return {}
    return {
        "salary_min": pay.minimum,
        "salary_max": pay.maximum,
        "salary_currency": pay.currency,
        "salary_period": pay.period,
        "salary_year_min": pay.per_year(pay.minimum),
        "salary_year_max": pay.per_year(pay.maximum),
    }


def _updatable() -> list[str]:
    fixed = {"id", "first_seen_at", "search", *IDENTITY}
    return [field.name for field in Job._meta.concrete_fields if field.name not in fixed]


def _ids(source: str, rows: Sequence[Job]) -> list[int]:
    external = [row.external_id for row in rows]
    return list(Job.objects.filter(source=source, external_id__in=external).values_list("pk", flat=True))
