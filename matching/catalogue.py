"""Keeps the catalogue at Google Cloud Talent Solution in step with our open jobs; the only writer of what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import Status
from jobs.models import Job
from matching.models import TalentCompany, TalentPosting
from matching.search.google_talent import placing
from matching.search.google_talent.client import TalentMissing, TalentRefused, TalentService, TalentUnavailable
from matching.search.google_talent.placing import Held, Outcome, Refused, Removed
from matching.search.google_talent.posting import FORM, talent_job

log = structlog.get_logger(__name__)

BACKEND = "google-talent"
PLAN_ROWS = 50_000
# A posting ends there 30 days after it was last sent, unless it says when: what nobody renews goes by itself.
RENEW_AFTER = timedelta(days=25)
# Quotas of a day begin anew at midnight in California, which is never later than this.
NEW_DAY_UTC = time(8, 0)
PAUSE = timedelta(minutes=10)
# Its first jobs may still be on their way.
COMPANY_STAYS = timedelta(hours=1)
# A job that ends within this time is not worth sending, and the service takes none that has ended.
LEAST_LEFT = timedelta(hours=1)

# What the source sent, and what is read from the text only later.
_SAYS = "md5(concat_ws(' ', s.row_hash, s.employment_type, s.remote, %(form)s))"
# One statement, so that two planners at once cannot undo each other's claims. How much a posting says: its whole text, company,
# town, type of employment, pay.
_PLAN_OPEN = f"""
INSERT INTO matching_talentposting AS p
       (requisition_id, job_id, wanted, content_hash, listed_on, quality, name, company_id, status, interactive, attempts,
        error)
SELECT s.source || ':' || s.external_id, s.id, true, {_SAYS}, s.listed_at::date,
       (NOT s.is_snippet)::int * 2 + (s.company <> '')::int + (s.city <> '')::int + (s.employment_type <> '')::int
         + (s.salary_year_max IS NOT NULL OR s.salary_year_min IS NOT NULL)::int,
       '', '', 'pending', false, 0, ''
  FROM jobs_job s LEFT JOIN matching_talentposting p ON p.job_id = s.id
 WHERE s.status = 'active' AND (s.expires_at IS NULL OR s.expires_at > %(soonest)s)
   AND NOT EXISTS (SELECT FROM jobs_listing l WHERE l.job_id = s.id AND NOT l.is_shown)
   AND (p.id IS NULL OR NOT p.wanted OR p.content_hash <> {_SAYS}
        OR (p.status = 'completed' AND p.placed_at < %(renewed)s))
 ORDER BY s.listed_at DESC, s.id LIMIT %(limit)s
ON CONFLICT (requisition_id) DO UPDATE
   SET job_id = EXCLUDED.job_id, wanted = true, content_hash = EXCLUDED.content_hash, listed_on = EXCLUDED.listed_on,
       quality = EXCLUDED.quality, status = 'pending', attempts = 0, error = '', retry_at = NULL, lease_until = NULL,
       claim_token = NULL
 WHERE p.job_id <> EXCLUDED.job_id OR NOT p.wanted OR p.content_hash <> EXCLUDED.content_hash
    OR (p.status = 'completed' AND p.placed_at < %(renewed)s)
"""  # noqa: S608 - made of constants
_PLAN_CLOSED = """
UPDATE matching_talentposting p
   SET wanted = false, status = 'pending', attempts = 0, error = '', retry_at = NULL, lease_until = NULL, claim_token = NULL
 WHERE p.wanted AND NOT EXISTS (
   SELECT 1 FROM jobs_job s WHERE s.id = p.job_id AND s.status = 'active' AND (s.expires_at IS NULL OR s.expires_at > now()))
"""


def is_on() -> bool:
    """Whether this installation searches there."""
    return bool(settings.SEARCH_BACKEND == BACKEND)


def held_until() -> datetime | None:
    """When the service is told the next thing; None where nothing keeps us."""
    until: datetime | None = TalentPosting.objects.held().aggregate(until=Max("queued_until"))["until"]
    return until


def plan() -> None:
    """Make pending what has to be sent, changed, renewed or deleted there."""
    now = timezone.now()
    values: dict[str, Any] = {
        "form": FORM,
        "renewed": now - RENEW_AFTER,
        "soonest": now + LEAST_LEFT,
        "limit": PLAN_ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN_OPEN, values)
        cursor.execute(_PLAN_CLOSED)


def place(rows: Sequence[TalentPosting]) -> Sequence[Outcome]:
    """Send the jobs of these rows; what became of each."""
    jobs = (
        Job.objects.active()
        .defer("search", "description_html", "requirements_json")
        .in_bulk([row.job_id for row in rows])
    )
    there = [row for row in rows if row.job_id in jobs]
    sent = [
        talent_job(jobs[row.job_id], requisition_id=row.requisition_id, name=row.name, stands_under=row.company_id)
        for row in there
    ]
    outcomes = dict(zip(there, placing.place(sent, _service(), _Companies()), strict=True)) if sent else {}
    return [outcomes.get(row, Refused("Its job has closed meanwhile.", passing=True)) for row in rows]


def remove(rows: Sequence[TalentPosting]) -> Sequence[Outcome]:
    """Delete these rows' jobs there; what never stood there, as far as we know, ends there by itself at the latest."""
    names = [row.name for row in rows if row.name]
    removed = dict(zip(names, placing.remove(names, _service()), strict=True)) if names else {}
    return [removed.get(row.name, Removed()) for row in rows]


def store(row: TalentPosting, outcome: Outcome) -> None:
    """Keep what became of a row; called inside the transaction that completes it. Raises what the service had against it."""
    if isinstance(outcome, Refused):
        raise CvmatchError(outcome.reason, permanent=not outcome.passing)
    if isinstance(outcome, Removed):
        row.delete()
        return
    if isinstance(outcome, Held):
        until = next_day(timezone.now()) if outcome.quota else timezone.now() + PAUSE
        changed: dict[str, object] = {"status": Status.PENDING, "attempts": 0, "queued_until": until}
    else:
        changed = {
            "name": outcome.name,
            "company_id": outcome.company_id,
            "placed_at": timezone.now(),
            "queued_until": None,
        }
    TalentPosting.objects.filter(pk=row.pk).update(**changed)


def drop_companies(limit: int) -> int:
    """Delete companies there that have had no jobs for a while; returns how many. The rest stays for the next run."""
    used = TalentPosting.objects.filter(company_id=OuterRef("external_id"))
    unused = TalentCompany.objects.exclude(Exists(used)).filter(made_at__lt=timezone.now() - COMPANY_STAYS)
    dropped = 0
    for company in unused.order_by("pk")[: 0 if held_until() else limit]:
        try:
            _service().delete_company(company.name)
        except TalentMissing:
            pass  # somebody else was quicker
        except (TalentRefused, TalentUnavailable) as error:
            log.warning("company stays", company=company.pk, reason=error.message)
            break
        company.delete()
        dropped += 1
    return dropped


class _Companies:
    """The table of companies, as placing wants it."""

    def names(self, company_ids: Iterable[str]) -> dict[str, str]:
        known = TalentCompany.objects.filter(external_id__in=set(company_ids))
        return dict(known.values_list("external_id", "name"))

    def remember(self, company_id: str, name: str) -> None:
        TalentCompany.objects.update_or_create(external_id=company_id, defaults={"name": name})

    def forget(self, company_ids: Iterable[str]) -> None:
        TalentCompany.objects.filter(external_id__in=list(company_ids)).delete()


def _service() -> TalentService:
    return _connected(**settings.TALENT)


@cache
def _connected(**options: Any) -> TalentService:
    return TalentService(**options)


def next_day(now: datetime) -> datetime:
    """When a quota that is used up now begins anew; ``now`` is in UTC."""
    today = datetime.combine(now.date(), NEW_DAY_UTC, tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)
