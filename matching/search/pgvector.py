"""Search by pgvector's HNSW indexes and PostgreSQL's full text: one statement for a whole batch of subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connections, transaction

from cvmatch.core.replica import reading_alias
from jobs.values import JobFilter
from matching.search import Side
from matching.search.comparing import PAIRS, SUBJECTS, by_subject, parameters
from matching.search.planning import Kept, expected_rows, kept
from matching.search.tables import tables
from matching.values import Candidate

# Words find only what is embedded: what still waits for its vectors would be scored by words alone, and be far too low.
# kept      the targets that may be found; inlined where the index leads, made once where all of them are compared
# found     the union of what each channel brings; lateral, so that each subject walks the indexes by itself
_CHANNELS = """
kept AS {how_kept} ({kept}),
found AS MATERIALIZED (
  SELECT s.id AS subject_id, f.target_id
    FROM subject s LEFT JOIN query q ON q.id = s.id
   CROSS JOIN LATERAL (
     ({text})
     UNION
     ({title})
     UNION
     (SELECT t.id FROM {target} t JOIN kept k ON k.id = t.id
       WHERE t.search @@ q.words
         AND EXISTS (SELECT 1 FROM {target_vectors} v WHERE v.{target_key} = t.id AND v.model = %(model)s)
       ORDER BY ts_rank(t.search, q.words) DESC, t.id LIMIT %(limit)s)
   ) f
)
"""
# Of the nearest of all so many must be kept for the index to lead to the others.
ENOUGH = 3
# Adding nothing hides the distance from the index: every vector of what is kept is compared.
_COMPARE_ALL = """
SELECT v.{target_key} AS target_id FROM kept k JOIN {target_vectors} v ON v.{target_key} = k.id
 WHERE v.kind = '{kind}' AND v.model = %(model)s AND s.{kind}_vector IS NOT NULL
 ORDER BY (v.embedding <=> s.{kind}_vector) + 0, 1 LIMIT %(limit)s
"""
# Without a filter nearly all that is near may be found, and the scan of the index goes on past what is closed. Where the
# open targets lie so far away that it gives up (hnsw.max_scan_tuples), all of them are compared.
_WALK_INDEX = """
WITH near AS MATERIALIZED (
  SELECT v.{target_key} AS target_id FROM {target_vectors} v JOIN kept k ON k.id = v.{target_key}
   WHERE v.kind = '{kind}' AND v.model = %(model)s AND s.{kind}_vector IS NOT NULL
   ORDER BY v.embedding <=> s.{kind}_vector LIMIT %(limit)s
)
SELECT target_id FROM near
UNION ALL
(SELECT target_id FROM ({compare_all}) every WHERE (SELECT count(*) FROM near) < least(%(enough)s, %(limit)s))
"""
# The nearest of all are looked at first. Where enough of them are kept, they are what is wanted; where some are, the scan
# of the index goes on until there are enough. Where next to none is, all that is kept lies far away from the subject: a
# scan that goes on would find some of it and not the nearest (measured: recall 0.3), so everything is compared.
_WALK_INDEX_FILTERED = """
WITH ahead AS MATERIALIZED (
  SELECT v.{target_key} AS target_id, k.id IS NOT NULL AS is_kept
    FROM {target_vectors} v LEFT JOIN kept k ON k.id = v.{target_key}
   WHERE v.kind = '{kind}' AND v.model = %(model)s AND s.{kind}_vector IS NOT NULL
   ORDER BY v.embedding <=> s.{kind}_vector LIMIT %(ahead)s
),
seen AS MATERIALIZED (SELECT count(*) AS kept FROM ahead WHERE is_kept)
(SELECT target_id FROM ahead WHERE is_kept LIMIT %(limit)s)
UNION ALL
(SELECT target_id FROM (
   SELECT v.{target_key} AS target_id FROM {target_vectors} v JOIN kept k ON k.id = v.{target_key}
    WHERE v.kind = '{kind}' AND v.model = %(model)s AND s.{kind}_vector IS NOT NULL
    ORDER BY v.embedding <=> s.{kind}_vector LIMIT %(limit)s
 ) further WHERE (SELECT kept FROM seen) BETWEEN %(enough)s AND %(limit)s - 1)
UNION ALL
(SELECT target_id FROM ({compare_all}) every WHERE (SELECT kept FROM seen) < least(%(enough)s, %(limit)s))
"""


@dataclass(frozen=True)
class PgvectorSearch:
    """``ef_search`` is the HNSW candidate list: larger finds more and takes longer.

    Where a filter keeps ``exact_rows`` or fewer, all of them are compared: that is faster than to look for the few that
    are kept among their neighbours in the index, and finds every one (docs/search.md has the measurements).
    """

    ef_search: int = 300
    exact_rows: int = 15_000

    def find(
        self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int, only: JobFilter | None = None
    ) -> Mapping[int, list[Candidate]]:
        alias = reading_alias()
        query = kept(side, only)
        exact = bool(only) and expected_rows(query) <= self.exact_rows
        ef_search = max(self.ef_search, min(limit, 1000))
        values = {
            **parameters(tables(side), model=model),
            **query.values,
            "ids": list(subject_ids),
            "limit": limit,
            "ahead": ef_search,
            "enough": ENOUGH,
        }
        with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
            # Iterative scans go on past ef_search when closed jobs or old versions are among the nearest.
            cursor.execute(
                "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true)",
                [str(ef_search)],
            )
            cursor.execute(statement(side, query, filtered=bool(only), exact=exact), values)
            return by_subject(cursor.fetchall())


def statement(side: Side, query: Kept, *, filtered: bool, exact: bool) -> str:
    """The one statement of a direction, with the parameters still open (also for EXPLAIN)."""
    names = vars(tables(side))
    walk = _WALK_INDEX_FILTERED if filtered else _WALK_INDEX

    def channel(kind: str) -> str:
        compare_all = _COMPARE_ALL.format(kind=kind, **names)
        return compare_all if exact else walk.format(kind=kind, compare_all=compare_all, **names)

    channels = _CHANNELS.format(
        how_kept="MATERIALIZED" if exact else "NOT MATERIALIZED",
        # In the order of ids their vectors are looked up a fifth faster, page after page.
        kept=f"{query.sql} ORDER BY 1" if exact else query.sql,
        text=channel("text"),
        title=channel("title"),
        **names,
    )
    return f"{SUBJECTS.format(**names)},{channels}{PAIRS.format(**names)}"
