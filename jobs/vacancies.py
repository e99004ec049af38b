"""Reads of vacancies for pages: where else a posting stands, since when, how often, and what its postings disagree on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db.models.functions import Length

from jobs.identity import is_same_pay
from jobs.models import Job

_SHOWN = (
    "source", "status", "title", "company", "url", "city", "region", "country", "remote", "first_seen_at", "is_snippet",
    "salary_min", "salary_max", "salary_currency", "salary_period", "salary_estimated", "salary_year_min", "salary_year_max",
    "posted_at",
)  # fmt: skip


@dataclass(frozen=True)
class SharedVacancy:
    """All postings of one vacancy, the one that is shown first, then those that came first.

    ``last_seen`` is when a run of a source last saw one of them. ``reposts`` counts postings that a source sent besides its
    first one. ``best_text`` is the posting with the longest full text.
    """

    postings: tuple[Job, ...]
    first_seen: datetime
    last_seen: datetime | None
    reposts: int
    pays_differ: bool
    best_text: Job

    @property
    def shown(self) -> Job:
        return self.postings[0]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(job.source for job in self.postings))


def find_vacancy(job: Job) -> SharedVacancy | None:
    """The vacancy that the posting shares with others that can still be looked at; None where it is the only one."""
    together = Job.objects.visible().filter(listing__vacancy__listings__job=job).select_related("sighting")
    shown = together.only(*_SHOWN, "sighting__seen_at").annotate(length=Length("description"))
    jobs = list(shown.order_by("-listing__is_shown", "first_seen_at", "pk"))
    if len(jobs) < 2:
        return None
    sent = Counter(each.source for each in jobs)
    best = min(jobs, key=lambda each: (*_fullness(each), each != job))
    return SharedVacancy(
        postings=tuple(jobs),
        first_seen=min(each.first_seen_at for each in jobs),
        last_seen=max((each.sighting.seen_at for each in jobs if hasattr(each, "sighting")), default=None),
        reposts=sum(sent.values()) - len(sent),
        pays_differ=_pays_differ(jobs),
        best_text=job if best == job else best,
    )


def sources_of(jobs: Iterable[Job]) -> dict[int, tuple[str, ...]]:
    """By the id of each posting: the sources that have an open posting of its vacancy, its own first."""
    own = {job.pk: job.source for job in jobs}
    beside = Job.objects.active().filter(listing__vacancy__listings__job__in=list(own))
    found: dict[int, list[str]] = {pk: [source] for pk, source in own.items()}
    for pk, source in beside.order_by("source").values_list("listing__vacancy__listings__job", "source"):
        found[pk].append(source)
    return {pk: tuple(dict.fromkeys(sources)) for pk, sources in found.items()}


def list_other_places(job: Job) -> list[Job]:
    """The open rows of the same posting in other places."""
    if not job.group_key:
        return []
    rows = Job.objects.active().filter(source=job.source, group_key=job.group_key).exclude(pk=job.pk)
    return list(rows.only("title", "city", "region", "country", "remote", "hybrid").order_by("country", "city", "pk"))


def _pays_differ(jobs: Sequence[Job]) -> bool:
    """Whether two postings name other amounts in one currency; a missing one is no other one."""
    paid = [
        (job.salary_currency, (int(low), int(high)))
        for job in jobs
        if (low := job.salary_year_min or job.salary_year_max) and (high := job.salary_year_max or job.salary_year_min)
    ]
    return any(a[0] == b[0] and not is_same_pay(a[1], b[1]) for a, b in combinations(paid, 2))


def _fullness(job: Any) -> tuple[bool, int]:
    """Full texts before extracts, long before short; ``length`` is of this module's own statement."""
    return job.is_snippet, -job.length
