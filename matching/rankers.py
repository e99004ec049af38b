"""Rankers by name, over the rows in the database: the production one, and the plain ones it has to beat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from matching.embedding import get_provider
from matching.ranking import rank
from matching.search import Side, get_search
from matching.search.comparing import K1, B
from matching.search.tables import tables

# The usual constant of reciprocal-rank fusion, and how deep both lists are read.
RRF_K, RRF_DEPTH = 60, 1000
# What a ranker gives: target ids with their scores, best first.
RankedIds = list[tuple[int, float]]
Ranker = Callable[[Side, int, int], RankedIds]

# Okapi BM25 over the stems of the whole texts, title and body alike, without any selection of query words.
_BM25 = """
WITH corpus AS (
  SELECT greatest(max(documents), 1)::float8 AS documents, greatest(max(mean_length), 1)::float8 AS mean_length
    FROM matching_corpus WHERE name = %(corpus)s
),
query AS (
  SELECT w.lexeme, cardinality(w.positions) AS weight,
         ln(1 + (c.documents - coalesce(l.documents, 1) + 0.5) / (coalesce(l.documents, 1) + 0.5)) AS rarity
    FROM corpus c, {subject} s CROSS JOIN LATERAL unnest(s.search) AS w(lexeme, positions, weights)
    LEFT JOIN matching_lexeme l ON l.corpus = %(corpus)s AND l.lexeme = w.lexeme
   WHERE s.id = %(id)s
)
SELECT t.id, sum(q.weight * q.rarity * tf.tf * (%(k1)s + 1)
                 / (tf.tf + %(k1)s * (1 - %(b)s + %(b)s * length(t.search) / c.mean_length)))::float8 AS score
  FROM corpus c, {target} t
 CROSS JOIN LATERAL unnest(t.search) AS w(lexeme, positions, weights)
  JOIN query q ON q.lexeme = w.lexeme
 CROSS JOIN LATERAL (SELECT cardinality(w.positions)::float8 AS tf) tf
 WHERE {open_targets}
 GROUP BY t.id ORDER BY score DESC, t.id LIMIT %(top)s
"""


def default(side: Side, subject: int, top: int) -> RankedIds:
    """What the product shows: hybrid search, then the score by parts."""
    lines = rank(side, [subject], now=timezone.now(), top=top)[subject].lines
    return [(line.job_id if side is Side.JOBS_FOR_CV else line.cv_id, 100 * line.score.mean) for line in lines]


def dense(side: Side, subject: int, top: int) -> RankedIds:
    """Cosine of the whole texts' vectors and nothing else."""
    found = get_search().find(side, [subject], model=get_provider().name, limit=top)[subject]
    scored = [(c.target_id, c.text_cosine) for c in found if c.text_cosine is not None]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0]))[:top]


def bm25(side: Side, subject: int, top: int) -> RankedIds:
    """Words and nothing else."""
    names = tables(side)
    parameters: dict[str, Any] = {"id": subject, "corpus": names.corpus, "k1": K1, "b": B, "top": top}
    with connection.cursor() as cursor:
        cursor.execute(_BM25.format(**vars(names)), parameters)
        return [(pk, score) for pk, score in cursor.fetchall()]


def rrf(side: Side, subject: int, top: int) -> RankedIds:
    """Reciprocal-rank fusion of words and meaning with equal weights (Cormack, Clarke and Büttcher 2009)."""
    fused: dict[int, float] = defaultdict(float)
    for ranker in (bm25, dense):
        for place, (target, _) in enumerate(ranker(side, subject, RRF_DEPTH), start=1):
            fused[target] += 1 / (RRF_K + place)
    return sorted(fused.items(), key=lambda pair: (-pair[1], pair[0]))[:top]


RANKERS: dict[str, Ranker] = {"default": default, "bm25": bm25, "dense": dense, "rrf": rrf}


def ranker_names() -> Sequence[str]:
    return tuple(RANKERS)
