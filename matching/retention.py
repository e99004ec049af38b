"""Removes what nobody needs any more: old lists, what they were made from, and cached vectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from cvmatch.core.text import content_hash
from ingestion.models import CV
from matching.models import Prediction, TextEmbedding
from matching.vectors import cv_texts, forget_vectors


def delete_old_predictions(*, before: datetime, limit: int) -> int:
    """Remove lists made before that moment unless they are the newest of their subject; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.id FROM matching_prediction p
             WHERE p.created_at < %s AND EXISTS (
               SELECT 1 FROM matching_prediction n
                WHERE n.side = p.side AND n.cv_id IS NOT DISTINCT FROM p.cv_id
                  AND n.job_id IS NOT DISTINCT FROM p.job_id AND n.created_at > p.created_at AND n.status = 'completed')
             ORDER BY p.id LIMIT %s
            """,
            [before, limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    Prediction.objects.filter(pk__in=ids).delete()
    return len(ids)


def delete_unused_snapshots(*, limit: int) -> int:
    """Forget what the scorer saw for lists that are gone; returns how many.

    The lock waits for lists that are being stored and lets none begin: one stores its lines before their snapshots, so
    that it either has named them here already, or finds them gone and stores them again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE matching_match, matching_prediction IN SHARE MODE")
        cursor.execute(
            """
            DELETE FROM matching_snapshot WHERE sha256 IN (
              SELECT s.sha256 FROM matching_snapshot s
               WHERE NOT EXISTS (SELECT FROM matching_match m WHERE m.cv_snapshot = s.sha256)
                 AND NOT EXISTS (SELECT FROM matching_match m WHERE m.job_snapshot = s.sha256)
                 AND NOT EXISTS (SELECT FROM matching_prediction p WHERE p.recipe = s.sha256)
               LIMIT %s)
            """,
            [limit],
        )
        return int(cursor.rowcount)


def delete_old_embeddings(*, before: datetime, limit: int) -> int:
    """Forget cached vectors made before that moment; a text that is still here is embedded again when it is needed."""
    old = TextEmbedding.objects.filter(created_at__lt=before).values_list("pk", flat=True)[:limit]
    return int(TextEmbedding.objects.filter(pk__in=list(old)).delete()[0])


def forget_cvs(cv_ids: Sequence[int]) -> None:
    """Forget what is kept of CVs under the hash of their content: what the scorer saw of them, and cached vectors.

    Called while they are still there and locked. What another CV of the same content needs stays.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            DELETE FROM matching_snapshot s
             WHERE s.sha256 IN (SELECT m.cv_snapshot FROM matching_match m WHERE m.cv_id = ANY(%(ids)s))
               AND NOT EXISTS (SELECT FROM ingestion_cv other
                                WHERE other.content_hash = s.body_json ->> 'content_hash' AND NOT other.id = ANY(%(ids)s))
            """,
            {"ids": list(cv_ids)},
        )
    cvs = CV.objects.filter(pk__in=cv_ids).parsed().defer("search")
    texts = {text for cv in cvs for text in cv_texts(cv, cv.parsed).values()}
    forget_vectors({content_hash(text) for text in texts})
