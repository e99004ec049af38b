"""What the pipeline does for privacy: reminds and erases people whose time is over, and finishes erasures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from cvmatch.core.models import User
from cvmatch.core.runner import StageReport
from cvmatch.my_data.erasing import erase_account
from cvmatch.my_data.holdings import HOLDINGS
from ingestion.clock import list_overdue, remind_due, start_clocks
from ingestion.erasing import erase_candidate
from ingestion.erasures import settle
from ingestion.models import Erasure

# The planner keeps samples of columns until a table is analysed again, and with them words of people that are gone: of all
# tables of the archive, and of those that are left out of it.
_BESIDE = ("django_admin_log", "django_session", "matching_lexeme", "matching_tag")
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
            cursor.execute(f"ANALYZE {', '.join(_sampled())}")
            cursor.execute("SELECT current_setting('server_version_num')::int")
            for table in _sampled() if cursor.fetchone()[0] >= _CLEARS else ():
                cursor.execute(_CLEAR_EMPTY.format(table=table))


def _sampled() -> list[str]:
    return sorted({*_BESIDE, *(holding.table._meta.db_table for holding in HOLDINGS)})


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
