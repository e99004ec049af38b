"""Keeps what was read from the texts of postings: what they ask for, their words, and what their sources left empty."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cvmatch.core.queue import announce
from jobs import taxonomy
from jobs.models import WORDS, Job, JobReading, SkillChange, naming_any
from jobs.requirements import JobRequirements, read_requirements
from jobs.services.rows import pay_columns


def store_reading(row: JobReading, requirements: JobRequirements) -> None:
    """Keep what a posting asks for and fill what its source left empty; called in the transaction that completes the row."""
    job = row.job
    filled = _filled(job, requirements)
    columns: dict[str, Any] = {
        "requirements_json": requirements.to_json(),
        "search": WORDS,
        "level": job.level or (requirements.level.value if requirements.level else ""),
        **{name: value for columns in filled.values() for name, value in columns.items()},
    }
    notes = [f"{what} read from the text" for what in filled]
    columns["repairs"] = list(dict.fromkeys([*job.repairs, *notes]))
    Job.objects.filter(pk=job.pk).update(**columns)
    if row.interactive:
        announce("jobs.read", [job.pk], interactive=True)


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
            announce("jobs.read")
    return len(jobs)


def _filled(job: Job, read: JobRequirements) -> dict[str, dict[str, Any]]:
    """What the source left empty and the text says: the columns of each thing."""
    found: dict[str, dict[str, Any]] = {}
    if not job.employment_type and read.employment:
        found["employment type"] = {"employment_type": read.employment.kind}
    if job.pay is None and read.pay_said:
        found["pay"] = pay_columns(read.pay_said.pay)
    if not job.remote and not job.hybrid and read.workplace and read.workplace.place in {"remote", "hybrid"}:
        found[read.workplace.place] = {read.workplace.place: True}
    return found
