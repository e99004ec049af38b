"""What the pipeline does for privacy: reminds and erases people whose time is over, and finishes erasures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from cvmatch.core.models import User
from cvmatch.core.runner import StageReport
from cvmatch.my_data.erasing import erase_account
from ingestion.clock import list_overdue, remind_due, start_clocks
from ingestion.erasing import erase_candidate
from ingestion.erasures import settle
from ingestion.models import Erasure

# The planner keeps samples of columns until a table is analysed again, and with them words of people that are gone.
_SAMPLED = (
    "account_emailaddress", "core_user", "core_webhook", "core_webhookdelivery", "django_admin_log", "django_session",
    "ingestion_confirmation", "ingestion_correction", "ingestion_cv", "ingestion_cvview", "jobs_savedsearch",
    "matching_decision", "matching_decisionevent", "matching_explanation", "matching_lexeme", "matching_match",
    "matching_note", "matching_snapshot", "matching_tag",
)  # fmt: skip
# Of a table without rows it keeps the samples of before, and only later versions can be told to forget them.
_CLEARS = 180_000
_CLEAR_EMPTY = """
SELECT pg_clear_attribute_stats(n.nspname, c.relname, a.attname, false)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
 WHERE (c.oid = '{table}'::regclass OR c.oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = '{table}'::regclass))
   AND a.attnum > 0 AND NOT a.attisdropped AND NOT EXISTS (SELECT FROM {table})
"""


def end_keeping(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Remind people whose time is nearly over, and erase those whose time is."""
    start_clocks(limit=limit)
    told = remind_due(limit=limit)
    overdue = list(list_overdue().order_by("kept_until").values_list("pk", flat=True)[:limit])
    erased = sum(_erase_if_overdue(pk) for pk in overdue)
    return StageReport(claimed=told + len(overdue), done=told + erased, more=len(overdue) >= limit)


def settle_erasures(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Remove files of erased CVs that are still there, and tell the ledger, where whoever began it was broken off."""
    count = settle(limit=limit)
    return StageReport(claimed=count, done=count, more=count >= limit)


def forget_samples() -> None:
    """Make the planner's samples of tables with people in them anew, if somebody was erased since yesterday."""
    if Erasure.objects.filter(at__gt=timezone.now() - timedelta(days=1)).exists():
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(_SAMPLED)}")
            cursor.execute("SELECT current_setting('server_version_num')::int")
            for table in _SAMPLED if cursor.fetchone()[0] >= _CLEARS else ():
                cursor.execute(_CLEAR_EMPTY.format(table=table))


def _erase_if_overdue(pk: int) -> bool:
    """Locked and asked once more: they may have said meanwhile that they want to stay."""
    with transaction.atomic():
        candidate = list_overdue().filter(pk=pk).select_for_update(of=("self",)).first()
        if candidate is None:
            return False
        user = candidate.user
        if user is not None and user.role == User.Role.CANDIDATE and not user.is_staff:
            erase_account(user=user)
        else:
            erase_candidate(candidate=candidate, by=None)
        return True
