"""Search by pgvector's HNSW indexes and PostgreSQL's full text: one statement for a whole batch of subjects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from matching.search import Side
from matching.values import Candidate

# The words of a subject that are looked up in the index, and those that each found target is compared by: the rarest of
# those it uses most.
SEARCHED_WORDS, COMPARED_WORDS = 24, 150
# The searched words together occur in about this many targets, the rarest words first: each match has to be ranked by
# PostgreSQL (10 microseconds), and without a bound their number grows with the table.
WORD_MATCHES = 1500
# Okapi BM25's usual saturation and length normalisation (Robertson and Zaragoza 2009).
K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Tables:
    """The names that differ between the two directions; constants, never input."""

    subject: str
    subject_vectors: str
    subject_key: str
    target: str
    target_vectors: str
    target_key: str
    open_targets: str
    corpus: str


_TABLES = {
    Side.JOBS_FOR_CV: Tables(
        subject="ingestion_cv",
        subject_vectors="matching_cvvector",
        subject_key="cv_id",
        target="jobs_job",
        target_vectors="matching_jobvector",
        target_key="job_id",
        open_targets="t.status = 'active'",
        corpus="jobs",
    ),
    Side.CVS_FOR_JOB: Tables(
        subject="jobs_job",
        subject_vectors="matching_jobvector",
        subject_key="job_id",
        target="ingestion_cv",
        target_vectors="matching_cvvector",
        target_key="cv_id",
        open_targets="t.is_latest",
        corpus="cvs",
    ),
}

# subject   the vectors and words of the batch
# terms     each subject's most telling words, with how rare they are among the targets
# query     the same as one tsquery per subject
# found     the union of what each channel brings; lateral, so that each subject walks the indexes by itself
# last      every pair compared in full, so that a target found by one channel has the values of all
_SQL = """
WITH subject AS MATERIALIZED (
  SELECT s.id, s.search,
         (SELECT v.embedding FROM {subject_vectors} v
           WHERE v.{subject_key} = s.id AND v.kind = 'text' AND v.model = %(model)s) AS text_vector,
         (SELECT v.embedding FROM {subject_vectors} v
           WHERE v.{subject_key} = s.id AND v.kind = 'title' AND v.model = %(model)s) AS title_vector
    FROM {subject} s WHERE s.id = ANY(%(ids)s)
),
corpus AS MATERIALIZED (
  SELECT greatest(coalesce(max(documents), 1), 1)::float8 AS documents,
         greatest(coalesce(max(mean_length), 1), 1)::float8 AS mean_length
    FROM matching_corpus WHERE name = %(corpus)s
),
terms AS MATERIALIZED (
  SELECT *, sum(documents) OVER (PARTITION BY id ORDER BY nth > %(searched_words)s, documents, lexeme) AS matches FROM (
    SELECT s.id, w.lexeme, r.rarity, coalesce(l.documents, 0) AS documents,
           row_number() OVER (PARTITION BY s.id
             ORDER BY r.rarity * least(cardinality(w.positions), 4) * (1 + ('A' = ANY(w.weights))::int) DESC, w.lexeme) AS nth
      FROM subject s
     CROSS JOIN corpus c
     CROSS JOIN LATERAL unnest(s.search) AS w(lexeme, positions, weights)
      LEFT JOIN matching_lexeme l ON l.corpus = %(corpus)s AND l.lexeme = w.lexeme
     CROSS JOIN LATERAL (
       SELECT ln(1 + (c.documents - coalesce(l.documents, 0) + 0.5) / (coalesce(l.documents, 0) + 0.5)) AS rarity
     ) r
     WHERE length(w.lexeme) > 1 AND coalesce(l.documents, 0) <= 0.2 * c.documents + 5
       AND (l.documents IS NOT NULL OR c.documents = 1)  -- a word that no target has finds nothing; 1: not counted yet
  ) ranked WHERE nth <= %(compared_words)s
),
query AS MATERIALIZED (
  SELECT id, sum(rarity) AS total,
         (string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')
            FILTER (WHERE nth <= %(searched_words)s AND (matches <= %(matches)s OR matches = documents)))::tsquery AS words
    FROM terms GROUP BY id
),
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
SELECT f.subject_id, f.target_id,
       1 - (text_v.embedding <=> s.text_vector),
       1 - (title_v.embedding <=> s.title_vector),
       CASE WHEN q.total > 0 THEN coalesce(bm25.met, 0) / q.total END
  FROM found f
  JOIN subject s ON s.id = f.subject_id
  JOIN {target} t ON t.id = f.target_id
  LEFT JOIN query q ON q.id = s.id
  LEFT JOIN {target_vectors} text_v
    ON text_v.{target_key} = t.id AND text_v.kind = 'text' AND text_v.model = %(model)s
  LEFT JOIN {target_vectors} title_v
    ON title_v.{target_key} = t.id AND title_v.kind = 'title' AND title_v.model = %(model)s
  LEFT JOIN LATERAL (
    SELECT sum(k.rarity * tf.tf / (tf.tf + %(k1)s * (1 - %(b)s + %(b)s * length(t.search) / c.mean_length))) AS met
      FROM corpus c
     CROSS JOIN LATERAL unnest(t.search) AS w(lexeme, positions, weights)
      JOIN terms k ON k.id = s.id AND k.lexeme = w.lexeme
     CROSS JOIN LATERAL (SELECT cardinality(w.positions)::float8 AS tf) tf
  ) bm25 ON true
 ORDER BY f.subject_id, f.target_id
"""


@dataclass(frozen=True)
class PgvectorSearch:
    """``ef_search`` is the HNSW candidate list: larger finds more and takes longer."""

    ef_search: int = 100

    def find(self, side: Side, subject_ids: Sequence[int], *, model: str, limit: int) -> Mapping[int, list[Candidate]]:
        found: dict[int, list[Candidate]] = defaultdict(list)
        tables = _TABLES[side]
        parameters: dict[str, Any] = {
            "ids": list(subject_ids),
            "model": model,
            "limit": limit,
            "corpus": tables.corpus,
            "searched_words": SEARCHED_WORDS,
            "compared_words": COMPARED_WORDS,
            "matches": WORD_MATCHES,
            "k1": K1,
            "b": B,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            # Iterative scans go on past ef_search when closed jobs or old versions are among the nearest.
            cursor.execute(
                "SELECT set_config('hnsw.ef_search', %s, true), set_config('hnsw.iterative_scan', 'relaxed_order', true)",
                [str(max(self.ef_search, min(limit, 1000)))],
            )
            cursor.execute(statement(side), parameters)
            for subject_id, *values in cursor.fetchall():
                found[subject_id].append(Candidate(*values))
        return found


def tables(side: Side) -> Tables:
    """The tables of a direction, for statements of the same shape elsewhere."""
    return _TABLES[side]


def statement(side: Side) -> str:
    """The one statement of a direction, with the parameters still open (also for EXPLAIN)."""
    return _SQL.format(**vars(_TABLES[side]))
