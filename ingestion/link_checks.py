"""Looks at some links of each connected source every day, and closes postings whose pages stay gone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from cvmatch.core.fetching import FetchFailed, Window
from cvmatch.core.http import HttpFetch
from ingestion.models import LinkCheck, Source
from ingestion.sources.links import Found, follow
from ingestion.sources.robots import Robots
from ingestion.syncing import kind_of
from jobs import services as jobs
from jobs.models import Job

# No link is followed after this; one takes 50 s at worst, and the queue ends a task after 120 s.
BUDGET_S = 40.0
TIMEOUT_S = 5.0
AGAIN_AFTER = timedelta(days=1)
# A page that stays gone for longer, though its source still lists it, is looked at as often as any other.
LATELY = timedelta(days=3)

# First those that were found gone lately, since a second look decides; the others as they come. All columns are in
# jobs_job_filters.
_SAMPLE = """
SELECT job FROM (
  SELECT j.id AS job, q.links,
         row_number() OVER (PARTITION BY j.source ORDER BY coalesce(c.gone_since < %(lately)s, true), random()) AS nth
    FROM jobs_job j
    JOIN unnest(%(sources)s::text[], %(links)s::int[]) AS q(source, links) ON q.source = j.source
    LEFT JOIN ingestion_linkcheck c ON c.job_id = j.id
   WHERE j.status = 'active' AND (c.checked_at IS NULL OR c.checked_at <= %(before)s)
) sampled WHERE nth <= links ORDER BY random() LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Checked:
    """How many links were followed, how many postings were closed for it, and whether time ended it."""

    links: int = 0
    closed: int = 0
    more: bool = False


def check_links(*, limit: int) -> Checked:
    """Follow up to ``limit`` links of those that are due today, each host as often as the settings allow."""
    give_up_at, rules, resting, done = time.monotonic() + BUDGET_S, dict[str, Robots](), set[str](), Checked()
    due = _due(limit)
    for job in due:
        host = urlsplit(job.url).netloc.lower()
        if host in resting:
            continue
        if time.monotonic() > give_up_at:
            return Checked(done.links, done.closed, more=True)
        try:
            found = _follow(host, job.url, rules)
        except FetchFailed:
            resting.add(host)
            continue
        done = Checked(done.links + 1, done.closed + note_link(job, found, now=timezone.now()))
    return Checked(done.links, done.closed, more=done.links > 0 and len(due) >= limit)


def note_link(job: Job, found: Found, *, now: datetime) -> int:
    """Keep what was found; returns 1 where the posting is closed for it, since a day ago its page was gone too.

    A source whose runs see everything says itself what has ended.
    """
    before = LinkCheck.objects.filter(job=job).values_list("gone_since", flat=True).first()
    gone_since = (before or now) if found is Found.GONE else before if found is Found.UNKNOWN else None
    with transaction.atomic():
        LinkCheck.objects.update_or_create(
            job=job, defaults={"checked_at": now, "outcome": found.value, "gone_since": gone_since}
        )
        stays_gone = found is Found.GONE and before is not None and before <= now - AGAIN_AFTER
        return jobs.expire_gone([job.pk], now=now) if stays_gone and not _sees_everything(job.source) else 0


def _due(limit: int) -> Sequence[Job]:
    """Open postings whose links are to be followed now, of every source that is not paused."""
    now = timezone.now()
    quotas = _quotas(since=now - AGAIN_AFTER)
    given: dict[str, Any] = {"sources": list(quotas), "links": list(quotas.values()), "limit": limit}
    given |= {"before": now - AGAIN_AFTER, "lately": now - LATELY}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, given)
        ids = [pk for (pk,) in cursor.fetchall()]
    found = Job.objects.filter(pk__in=ids).exclude(url="").only("source", "url").in_bulk()
    return [found[pk] for pk in ids if pk in found]


def _quotas(*, since: datetime) -> Mapping[str, int]:
    """How many links of each source are still to be followed today; only sources with some."""
    a_day = settings.JOB_LINKS["a_day"]
    names = Source.objects.filter(is_paused=False).values_list("name", flat=True) if a_day else []
    done = LinkCheck.objects.filter(checked_at__gt=since, job__source__in=list(names)).order_by()
    counted = dict(done.values_list("job__source").annotate(links=Count("pk")))
    return {name: left for name in names if (left := a_day - counted.get(name, 0)) > 0}


def _follow(host: str, address: str, rules: dict[str, Robots]) -> Found:
    """Under the host's own budget and breaker, whichever source the link is from."""
    windows = (Window(60, settings.JOB_LINKS["per_minute"]),)
    options = {**settings.FETCH, "timeout_s": TIMEOUT_S, "wait_s": 0.0, "parallel": 1}
    with HttpFetch(f"links:{host}"[:100], windows=windows, conditional=False, **options) as fetch:
        return follow(fetch, address, rules)


def _sees_everything(source: str) -> bool:
    row = Source.objects.filter(name=source).first()
    return row is not None and row.kind in settings.JOB_SOURCES and kind_of(row.kind).about.complete
