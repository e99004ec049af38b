"""The parts of the search statement that say what is compared: the subjects with their words, and each pair in full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connections

from cvmatch.core.replica import reading_alias
from matching.search import Side
from matching.search.tables import Tables, tables
from matching.values import Candidate

# The words of a subject that are looked up in the index, the rarest of those it uses most; and those that each found target
# is compared by, which is all of them in all but endless texts.
SEARCHED_WORDS, COMPARED_WORDS = 24, 1000
# The searched words together occur in about this many targets, the rarest words first: each match has to be ranked by
# PostgreSQL (10 microseconds), and without a bound their number grows with the table.
WORD_MATCHES = 1500
# Okapi BM25's usual saturation and length normalisation (Robertson and Zaragoza 2009).
K1, B = 1.2, 0.75

# subject   the vectors and words of the batch
# terms     each subject's words, with how often it uses them times how rare they are among the targets
# query     the same as one tsquery per subject
SUBJECTS = """
WITH subject AS MATERIALIZED (
  SELECT s.id, s.search,
         (SELECT v.embedding FROM {subject_vectors} v
           WHERE v.{subject_key} = s.id AND v.kind = 'text' AND v.model = %(model)s) AS text_vector,
         (SELECT v.embedding FROM {subject_vectors} v
           WHERE v.{subject_key} = s.id AND v.kind = 'title' AND v.model = %(model)s) AS title_vector,
         (SELECT v.embedding FROM {subject_vectors} v
           WHERE v.{subject_key} = s.id AND v.kind = 'skills' AND v.model = %(model)s) AS skills_vector
    FROM {subject} s WHERE s.id = ANY(%(ids)s)
),
corpus AS MATERIALIZED (
  SELECT greatest(coalesce(max(documents), 1), 1)::float8 AS documents,
         greatest(coalesce(max(mean_length), 1), 1)::float8 AS mean_length
    FROM matching_corpus WHERE name = %(corpus)s
),
terms AS MATERIALIZED (
  SELECT *, sum(documents) OVER (PARTITION BY id ORDER BY nth > %(searched_words)s, documents, lexeme) AS matches FROM (
    SELECT s.id, w.lexeme, d.documents, cardinality(w.positions) * r.rarity AS weight, t.telling,
           row_number() OVER (PARTITION BY s.id ORDER BY t.telling DESC,
             r.rarity * least(cardinality(w.positions), 4) * (1 + ('A' = ANY(w.weights))::int) DESC, w.lexeme) AS nth
      FROM subject s
     CROSS JOIN corpus c
     CROSS JOIN LATERAL unnest(s.search) AS w(lexeme, positions, weights)
      LEFT JOIN matching_lexeme l ON l.corpus = %(corpus)s AND l.lexeme = w.lexeme
     CROSS JOIN LATERAL (SELECT coalesce(l.documents, 0) AS documents) d
     CROSS JOIN LATERAL (SELECT ln(1 + (c.documents - d.documents + 0.5) / (d.documents + 0.5)) AS rarity) r
     CROSS JOIN LATERAL (SELECT length(w.lexeme) > 1 AND d.documents <= 0.2 * c.documents + 5 AS telling) t
     WHERE l.documents IS NOT NULL OR c.documents = 1  -- a word that no target has finds nothing; 1: not counted yet
  ) ranked WHERE nth <= %(compared_words)s
),
query AS MATERIALIZED (
  SELECT id, sum(weight) AS total,
         (string_agg('''' || replace(replace(lexeme, '\\', '\\\\'), '''', '''''') || '''', ' | ')
            FILTER (WHERE telling AND nth <= %(searched_words)s AND (matches <= %(matches)s OR matches = documents)))::tsquery
           AS words
    FROM terms GROUP BY id
)
"""

# Every pair of ``found`` in full, so that a target found by one channel has the values of all.
PAIRS = """
SELECT f.subject_id, f.target_id,
       1 - (text_v.embedding <=> s.text_vector),
       1 - (title_v.embedding <=> s.title_vector),
       CASE WHEN q.total > 0 THEN coalesce(bm25.met, 0) / q.total END,
       1 - (skills_v.embedding <=> s.skills_vector)
  FROM found f
  JOIN subject s ON s.id = f.subject_id
  JOIN {target} t ON t.id = f.target_id
  LEFT JOIN query q ON q.id = s.id
  LEFT JOIN {target_vectors} text_v
    ON text_v.{target_key} = t.id AND text_v.kind = 'text' AND text_v.model = %(model)s
  LEFT JOIN {target_vectors} title_v
    ON title_v.{target_key} = t.id AND title_v.kind = 'title' AND title_v.model = %(model)s
  LEFT JOIN {target_vectors} skills_v
    ON skills_v.{target_key} = t.id AND skills_v.kind = 'skills' AND skills_v.model = %(model)s
  LEFT JOIN LATERAL (
    SELECT sum(k.weight * tf.tf / (tf.tf + %(k1)s * (1 - %(b)s + %(b)s * length(t.search) / c.mean_length))) AS met
      FROM corpus c
     CROSS JOIN LATERAL unnest(t.search) AS w(lexeme, positions, weights)
      JOIN terms k ON k.id = s.id AND k.lexeme = w.lexeme
     CROSS JOIN LATERAL (SELECT cardinality(w.positions)::float8 AS tf) tf
  ) bm25 ON true
 ORDER BY f.subject_id, f.target_id
"""


_GIVEN = """
found AS MATERIALIZED (
  SELECT g.subject_id, g.target_id FROM unnest(%(subjects)s::bigint[], %(targets)s::bigint[]) AS g(subject_id, target_id)
)
"""


def compare(side: Side, pairs: Sequence[tuple[int, int]], *, model: str) -> Mapping[int, list[Candidate]]:
    """The given pairs of subject and target in full, whether or not a search would have found them; by subject."""
    names = tables(side)
    subjects, targets = [subject for subject, _ in pairs], [target for _, target in pairs]
    values = parameters(names, model=model) | {"ids": sorted(set(subjects)), "subjects": subjects, "targets": targets}
    with connections[reading_alias()].cursor() as cursor:
        cursor.execute(f"{SUBJECTS},{_GIVEN}{PAIRS}".format(**vars(names)), values)
        return by_subject(cursor.fetchall())


def by_subject(rows: Iterable[tuple[Any, ...]]) -> Mapping[int, list[Candidate]]:
    """The rows of the statement as values."""
    found: dict[int, list[Candidate]] = defaultdict(list)
    for subject_id, *values in rows:
        found[subject_id].append(Candidate(*values))
    return found


def parameters(names: Tables, *, model: str) -> dict[str, Any]:
    """The values of what is left open in both statements."""
    return {
        "model": model,
        "corpus": names.corpus,
        "searched_words": SEARCHED_WORDS,
        "compared_words": COMPARED_WORDS,
        "matches": WORD_MATCHES,
        "k1": K1,
        "b": B,
    }
