"""Search by pgvector's HNSW indexes and PostgreSQL's full text: one statement for a whole batch of subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from jobs.values import JobFilter
from matching.search import Side
from matching.search.comparing import PAIRS, SUBJECTS, by_subject, parameters
from matching.search.tables import tables
from matching.values import Candidate

# found     the union of what each channel brings; lateral, so that each subject walks the indexes by itself
_CHANNELS = """
found AS MATERIALIZED (
  SELECT s.id AS subject_id, f.target_id
    FROM subject s LEFT JOIN query q ON q.id = s.id
   CROSS JOIN LATERAL (
     (SELECT v.{target_key} AS target_id FROM {target_vectors} v JOIN {target} t ON t.id = v.{target_key}
       WHERE v.kind = 'text' AND v.model = %(model)s AND {open_targets} AND s.text_vector IS NOT NULL
       ORDER BY v.embedding <=> s.text_vector LIMIT %(limit)s)
     UNION
     (SELECT v.{target_key} FROM {target_vectors} v JOIN {target} t ON t.id = v.{target_key}
       WHERE v.kind = 'title' AND v.model = %(model)s AND {open_targets} AND s.title_vector IS NOT NULL
       ORDER BY v.embedding <=> s.title_vector LIMIT %(limit)s)
     UNION
     (SELECT t.id FROM {target} t
       WHERE t.search @@ q.words AND {open_targets}
       ORDER BY ts_rank(t.search, q.words) DESC, t.id LIMIT %(limit)s)
   ) f
)
"""


@dataclass(frozen=True)
class PgvectorSearch:
    """``ef_search`` is the HNSW candidate list: larger finds more and takes longer."""

    ef_search: int = 100

    def find(
        self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int, only: JobFilter | None = None
    ) -> Mapping[int, list[Candidate]]:
        values = parameters(tables(side), model=model) | {"ids": list(subject_ids), "limit": limit}
        with transaction.atomic(), connection.cursor() as cursor:
            # Iterative scans go on past ef_search when closed jobs or old versions are among the nearest.
            cursor.execute(
                "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true)",
                [str(max(self.ef_search, min(limit, 1000)))],
            )
            cursor.execute(statement(side), values)
            return by_subject(cursor.fetchall())


def statement(side: Side) -> str:
    """The one statement of a direction, with the parameters still open (also for EXPLAIN)."""
    return f"{SUBJECTS},{_CHANNELS}{PAIRS}".format(**vars(tables(side)))
