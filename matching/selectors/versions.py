"""Versions of what ranked lists are made from and answered with, row by row, in one statement each.

Every update of a row gives it another xmin: whoever changes it, by whatever way, and even where it becomes what it was.
"""

from __future__ import annotations

from django.db import connection

# Functions, because their plans are kept: making one takes twice as long as asking (migration 0012).
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
_TAILORED = """
SELECT concat_ws(' ', t.id, t.xmin, c.xmin, d.xmin, j.xmin, date_trunc('hour', now()))
  FROM matching_tailoring t
  JOIN ingestion_cv c ON c.id = t.cv_id JOIN ingestion_candidate d ON d.id = c.candidate_id
  JOIN jobs_job j ON j.id = t.job_id
 WHERE t.status = 'completed' AND
"""
_TAILORED_ROW = _TAILORED + "t.id = %s"
_TAILORED_PAIR = (
    _TAILORED
    + """
t.cv_id = %s AND t.job_id = %s AND t.by = %s AND t.engine = %s AND t.fell_back = ''
   AND t.cv_hash = c.content_hash AND t.job_hash = j.content_hash
"""
)


def recommended_version(cv_id: int) -> str | None:
    """Of the list of jobs that is shown for a CV, with its lines, their explanations and jobs; None without such a CV."""
    return _asked(_RECOMMENDED, cv_id)


def list_version(prediction_id: int) -> str | None:
    """Of one stored list of jobs; None where there is none."""
    return _asked(_LIST, prediction_id)


def tailored_version(tailoring_id: int) -> str | None:
    """Of a tailored CV that is made, with its CV, person and job, and of this hour: that somebody looked at it is kept once an
    hour, by what answers them first; None while there is none."""
    return _asked(_TAILORED_ROW, tailoring_id)


def tailored_version_of(*, cv_id: int, job_id: int, by: str, engine: str) -> str | None:
    """The same of a pair as both texts are now; begins with the id of the row. None where one is still to be made, or anew."""
    return _asked(_TAILORED_PAIR, cv_id, job_id, by, engine)


def subject_version(cv_id: int) -> str | None:
    """Of all that ranking reads: a CV, how rare words are, jobs and their vectors; begins with the hash of the CV's content."""
    return _asked(_SUBJECT, cv_id)


def _asked(sql: str, *values: int | str) -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return str(row[0]) if row and row[0] is not None else None
