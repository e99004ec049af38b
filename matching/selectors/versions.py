"""Versions of what ranked lists are made from and answered with, row by row, in one statement each.

Every update of a row gives it another xmin: whoever changes it, by whatever way, and even where it becomes what it was.
"""

from __future__ import annotations

from django.db import connection

# Functions, because their plans are kept: making one takes twice as long as asking (migration 0011).
_RECOMMENDED = "SELECT matching_recommended_version(%s)"
_LIST = "SELECT matching_list_version(%s)"
_SUBJECT = """
SELECT concat_ws(' ', c.content_hash, c.id, c.xmin, d.id, d.xmin, e.xmin, v.xmin,
                 (SELECT string_agg(concat_ws(' ', name, xmin), ' ' ORDER BY name) FROM matching_corpus),
                 (SELECT string_agg(name || xid::text, ',' ORDER BY name, xid) FROM core_datachange))
  FROM ingestion_cv c JOIN ingestion_candidate d ON d.id = c.candidate_id
  LEFT JOIN matching_cvembedding e ON e.cv_id = c.id LEFT JOIN matching_cvpassages v ON v.cv_id = c.id
 WHERE c.id = %s
"""


def recommended_version(cv_id: int) -> str | None:
    """Of the list of jobs that is shown for a CV, with its lines, their explanations and jobs; None without such a CV."""
    return _asked(_RECOMMENDED, cv_id)


def list_version(prediction_id: int) -> str | None:
    """Of one stored list of jobs; None where there is none."""
    return _asked(_LIST, prediction_id)


def subject_version(cv_id: int) -> str | None:
    """Of all that ranking reads: a CV, how rare words are, jobs and their vectors; begins with the hash of the CV's content."""
    return _asked(_SUBJECT, cv_id)


def _asked(sql: str, pk: int) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, [pk])
        row = cursor.fetchone()
    return str(row[0]) if row and row[0] is not None else None
