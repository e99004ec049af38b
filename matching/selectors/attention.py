"""What deserves a recruiter's look: strong candidates nobody decided about, must-haves nobody meets, shortlists under way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, F, Max
from django.utils import timezone

from cvmatch.core.models import User
from jobs.models import Job
from matching.models import Decision, Stage
from matching.selectors.lists import RECENT

SOON = timedelta(days=7)
# Of the newest lists so many are looked through: for strong candidates, and, where every line is read, for must-haves.
LISTS, LISTS_READ = 1000, 15
UNDER_WAY = (Stage.SHORTLISTED, Stage.CONTACTED, Stage.INTERVIEW, Stage.OFFER)

# From the lists of both sides: a new CV is ranked against all jobs, also those whose candidates nobody looked for.
_STRONG = """
WITH newest AS (
  SELECT id FROM matching_prediction WHERE created_at >= %(since)s AND status = 'completed' ORDER BY id DESC LIMIT %(lists)s),
strong AS (
  SELECT DISTINCT m.job_id, cv.candidate_id, cv.uploaded_at
    FROM newest
    JOIN matching_match m ON m.prediction_id = newest.id
    JOIN ingestion_cv cv ON cv.id = m.cv_id AND cv.is_latest AND cv.expires_at IS NULL
    JOIN jobs_job j ON j.id = m.job_id AND j.status = 'active'
   WHERE m.band = 'strong'),
looked AS (
  SELECT job_id, max(created_at) AS at FROM matching_interaction WHERE user_id = %(user)s AND kind = 'open' GROUP BY job_id),
counted AS (
  SELECT s.job_id, count(*) AS strong, count(*) FILTER (WHERE s.uploaded_at > coalesce(l.at, '-infinity')) AS new
    FROM strong s LEFT JOIN looked l ON l.job_id = s.job_id
   WHERE NOT EXISTS (
     SELECT FROM matching_decision d WHERE d.job_id = s.job_id AND d.candidate_id = s.candidate_id AND d.stage <> 'new')
   GROUP BY s.job_id ORDER BY 3 DESC, 2 DESC, 1 LIMIT %(limit)s)
SELECT j.id, j.title, j.company, j.city, j.country, j.remote, j.hybrid, j.source, c.strong, c.new
  FROM counted c JOIN jobs_job j ON j.id = c.job_id ORDER BY c.new DESC, c.strong DESC, j.id
"""
_UNMET = """
WITH newest AS (
  SELECT DISTINCT ON (job_id) id, job_id, created_at FROM matching_prediction
   WHERE side = 'cvs' AND status = 'completed' AND created_at >= %(since)s ORDER BY job_id, created_at DESC, id DESC),
lists AS (
  SELECT n.id, j.id AS job_id, j.title, j.company FROM newest n JOIN jobs_job j ON j.id = n.job_id AND j.status = 'active'
   ORDER BY n.created_at DESC LIMIT %(lists)s)
SELECT l.job_id, l.title, l.company, f ->> 'name', count(*)
  FROM lists l
  JOIN matching_match m ON m.prediction_id = l.id
  JOIN matching_explanation e ON e.match_id = m.id AND e.status = 'completed'
 CROSS JOIN jsonb_array_elements(e.body_json -> 'findings') f
 WHERE (f ->> 'must')::boolean
 GROUP BY 1, 2, 3, 4 HAVING bool_and(f ->> 'state' = 'missing') ORDER BY 5 DESC, 1, 4
"""


@dataclass(frozen=True)
class Attention:
    """A job with strong candidates about whom nobody has decided; ``new`` came in since the person looked at the job."""

    job: Job
    strong: int
    new: int


@dataclass(frozen=True)
class Unmet:
    """What a job must have and no line of its newest list shows, not even by something near it."""

    job_id: int
    title: str
    company: str
    names: tuple[str, ...]
    people: int


@dataclass(frozen=True)
class UnderWay:
    """A job with people on its shortlist; ``ends_at`` is set when it closes within days."""

    job_id: int
    title: str
    company: str
    people: int
    decided_at: datetime | None
    ends_at: datetime | None
    has_ended: bool


def list_attention(user: User, *, limit: int) -> list[Attention]:
    """In the newest lists of the last days, most new ones first; one query. For users who may see all CVs."""
    values = {"since": timezone.now() - RECENT, "lists": LISTS, "user": user.pk, "limit": limit}
    rows: Iterable[Any] = Job.objects.raw(_STRONG, values)
    return [Attention(job, job.strong, job.new) for job in rows]


def list_unmet(*, limit: int) -> list[Unmet]:
    """In the newest lists, those with most people first; one query."""
    found: dict[int, Unmet] = {}
    for job_id, title, company, name, people in _rows(_UNMET, since=timezone.now() - RECENT, lists=LISTS_READ):
        known = found.get(job_id)
        names = (*known.names, name) if known else (name,)
        found[job_id] = Unmet(job_id, title, company, names, max(people, known.people if known else 0))
    return list(found.values())[:limit]


def list_under_way(*, limit: int) -> list[UnderWay]:
    """Jobs with people on the way, those that end first before the others; one query."""
    soon = timezone.now() + SOON
    rows = (
        Decision.objects.filter(stage__in=UNDER_WAY)
        .values("job_id", "job__title", "job__company", "job__expires_at", "job__status")
        .annotate(people=Count("pk"), decided=Max("decided_at"))
        .order_by(F("job__expires_at").asc(nulls_last=True), "-decided")[:limit]
    )
    return [
        UnderWay(
            job_id=row["job_id"],
            title=row["job__title"],
            company=row["job__company"],
            people=row["people"],
            decided_at=row["decided"],
            ends_at=row["job__expires_at"] if row["job__expires_at"] and row["job__expires_at"] <= soon else None,
            has_ended=row["job__status"] != Job.Status.ACTIVE,
        )
        for row in rows
    ]


def _rows(sql: str, **values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
