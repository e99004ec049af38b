"""Versions of data as a reader sees it now: what is under another version was made from something else."""

from __future__ import annotations

from django.db import connection

# Kinds of data that answers are made from as a whole, as the triggers call them.
JOBS, VECTORS = "jobs", "vectors"

_SQL = """
SELECT md5(coalesce(string_agg(name || xid::text, ',' ORDER BY name, xid), '')) FROM core_datachange WHERE name = ANY(%s)
"""


def version_of(*kinds: str) -> str:
    """Of all rows of these kinds at once. It is another one as soon as any change of them is committed, however it was made.

    Read it before what is made from them: then nothing is ever kept under a version that is newer than itself.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [list(kinds)])
        return str(cursor.fetchone()[0])
