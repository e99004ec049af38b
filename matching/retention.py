"""Removes what nobody needs any more: old lists, what they were made from, cached vectors, and what was shown long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Q

from cvmatch.core.models import User
from cvmatch.core.text import content_hash
from ingestion.models import CV
from matching.models import (
    CVEmbedding,
    CVPassages,
    CVVector,
    Interaction,
    Match,
    Prediction,
    Tag,
    TextEmbedding,
)
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
    _forget_words(cv_ids)
    cvs = CV.objects.filter(pk__in=cv_ids).parsed().defer("search")
    texts = {text for cv in cvs for text in cv_texts(cv, cv.parsed).values()}
    forget_vectors({content_hash(text) for text in texts})


def forget_lists(cv_ids: Sequence[int]) -> None:
    """Forget all that was made of CVs to match them, while the CVs themselves stay: vectors, lists, lines of jobs' lists."""
    forget_cvs(cv_ids)
    for model in (Prediction, Match, CVVector, CVPassages, CVEmbedding):
        model.objects.filter(cv__in=cv_ids).delete()


def delete_old_impressions(*, before: datetime, limit: int) -> int:
    """Forget which lines were shown before that moment; what people did with them stays, with where they stood."""
    old = Interaction.objects.filter(kind=Interaction.Kind.SHOWN, created_at__lt=before).order_by("created_at")
    return int(Interaction.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0])


def forget_interactions(user: User) -> None:
    """Forget what somebody did with jobs they were shown, and what others did with their CV: what lists are judged by."""
    Interaction.objects.filter(Q(user=user) | Q(cv__candidate__user=user)).delete()


def forget_tags(candidate_id: int) -> None:
    """Forget tags that only this person has: somebody may have written a name into one."""
    only_theirs = Tag.objects.annotate(count=Count("uses")).filter(uses__candidate=candidate_id, count=1)
    Tag.objects.filter(pk__in=list(only_theirs.values_list("pk", flat=True))).delete()


def _forget_words(cv_ids: Sequence[int]) -> None:
    """Words that hardly another CV has would tell of it in the counts of words; the counts are made anew at the next round.

    The lock is that of the counting, which else could keep a word that is being forgotten.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cvmatch.words'))")
        cursor.execute(
            """
            DELETE FROM matching_lexeme l USING (
              SELECT word, count(*) AS texts FROM ingestion_cv c, unnest(tsvector_to_array(c.search)) AS word
               WHERE c.id = ANY(%s) GROUP BY word) gone
             WHERE l.corpus = 'cvs' AND l.lexeme = gone.word AND l.documents <= gone.texts
            """,
            [list(cv_ids)],
        )
        cursor.execute("UPDATE matching_corpus SET refreshed_at = '1970-01-01 00:00+00' WHERE name = 'cvs'")
