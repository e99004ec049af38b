"""Back-fill of jobs: what they ask for is read again by today's reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Status
from cvmatch.core.queue import announce
from jobs import taxonomy
from jobs.models import Job
from jobs.requirements import JobRequirements, read_requirements
from jobs.services import READER_VERSION
from jobs.skills import skill_name
from matching.backfills.values import Made, Side, Summary
from matching.models import Backfill, BackfillItem

State = BackfillItem.State


class Reading:
    """Open jobs; which version read a job is not kept, so that all are read. What people filled in or closed stays."""

    sides: tuple[Side, ...] = (Side.JOB,)
    chunk = 100

    def versions(self, to_version: str) -> tuple[str, str]:
        if to_version not in {"", READER_VERSION}:
            raise InvalidInput(f"The reader of this code is version {READER_VERSION}; there is no other here.")
        return "", READER_VERSION

    def rows(self, backfill: Backfill, side: Side) -> QuerySet[Job]:
        return Job.objects.active().exclude(reading__status__in=[Status.PENDING, Status.PROCESSING])

    def make(self, backfill: Backfill, side: Side, ids: Sequence[int]) -> list[Made]:
        taxonomy.refresh()
        rows = Job.objects.filter(pk__in=ids).only("title", "description", "content_hash", "requirements_json")
        return [_made(job) for job in rows]

    def keep(self, backfill: Backfill, side: Side, made: Sequence[Made]) -> None:
        """All of it is in the items."""

    def measure(self, backfill: Backfill) -> dict[str, float]:
        return (
            {gettext_noop("Jobs in which nothing differs"): 1 - backfill.differing / backfill.done}
            if backfill.done
            else {}
        )

    def switch(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        _exchange(items, State.SWITCHED, new=True)

    def roll_back(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        _exchange(items, State.ROLLED_BACK, new=False)

    def forget(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Nothing is elsewhere."""


def _made(job: Job) -> Made:
    old, new = job.requirements, read_requirements(job.title, job.description)
    was, now = _skills(old), _skills(new)
    before, after = old.to_json(), new.to_json()
    fields = [name for name in sorted({*before, *after}) if name != "skills" and before.get(name) != after.get(name)]
    facts = Counter(f"Job · {name} · changed" for name in fields)
    gained, lost = Counter(now - was), Counter(was - now)
    differs = len(fields) + len(gained) + len(lost)
    return Made(job.pk, job.content_hash, differs, after, summary=Summary(facts, gained, lost))


def _skills(read: JobRequirements) -> set[str]:
    return {skill_name(skill.skill_id) for skill in read.skills}


def _exchange(items: Sequence[BackfillItem], state: str, *, new: bool) -> None:
    """Jobs whose text is another one since are read by the pipeline already, and left."""
    ids = [item.job_id for item in items if item.job_id]
    rows = Job.objects.filter(pk__in=ids).select_for_update(no_key=True).only("content_hash", "requirements_json")
    jobs = rows.in_bulk()
    changed = []
    for item in items:
        job = jobs.get(item.job_id or 0)
        if job is None or job.content_hash != item.made_of:
            item.state = State.LEFT
            continue
        item.state = state
        if new:
            item.old_json = job.requirements_json
        wanted = item.new_json if new else item.old_json
        if wanted != job.requirements_json:
            job.requirements_json = wanted
            changed.append(job)
    Job.objects.bulk_update(changed, ["requirements_json"], batch_size=200)
    BackfillItem.objects.bulk_update(items, ["state", "old_json"])
    if changed:
        announce("jobs.read")
