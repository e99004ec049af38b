"""The only writers of vectors, predictions and explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from cvmatch.core.models import Status, User
from cvmatch.core.queue import announce
from ingestion.models import CV
from jobs.models import Job
from matching.embedding import get_provider
from matching.models import (
    Corpus,
    CVEmbedding,
    CVPassages,
    CVVector,
    EvaluationRun,
    Explanation,
    JobEmbedding,
    JobPassages,
    JobVector,
    Match,
    Prediction,
    Snapshot,
)
from matching.ranking import Ranked, ranking_version
from matching.scoring.relations import partial_credits
from matching.snapshots import Gathered, current_recipe
from matching.telling import tell_ready
from matching.values import Account, Passages, fits_to_json, links_to_json, parts_to_json
from matching.vectors import TextVectors

# A list that is older than this is made again, for the jobs that came in meanwhile (PIP4).
FRESH_FOR = timedelta(hours=24)
PLAN_ROWS = 2000
OPEN = (Status.PENDING, Status.PROCESSING)
NEVER = datetime.min.replace(tzinfo=UTC)

_TEXTS = {
    "jobs": "SELECT search FROM jobs_job WHERE status = 'active'",
    "cvs": "SELECT cv.search FROM ingestion_cv cv JOIN ingestion_candidate c ON c.id = cv.candidate_id "
    "WHERE cv.is_latest AND cv.expires_at IS NULL AND cv.content_hash <> '' AND NOT c.is_withheld",
}

# One statement, so that two planners at once cannot undo each other's claims: a row is reset only when its input differs.
_PLAN_EMBEDDINGS = """
INSERT INTO {table} AS e ({key}, content_hash, model, status, interactive, attempts, error)
SELECT s.id, s.content_hash, %(model)s, 'pending', {interactive}, 0, ''
  FROM {subject} s LEFT JOIN {table} e ON e.{key} = s.id
 WHERE {ready} AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
   AND (e.id IS NULL OR e.content_hash <> s.content_hash OR e.model <> %(model)s)
 ORDER BY s.id LIMIT %(limit)s
ON CONFLICT ({key}) DO UPDATE
   SET content_hash = EXCLUDED.content_hash, model = EXCLUDED.model, status = 'pending', interactive = EXCLUDED.interactive,
       attempts = 0, error = '', retry_at = NULL, lease_until = NULL, claim_token = NULL
 WHERE e.content_hash <> EXCLUDED.content_hash OR e.model <> EXCLUDED.model
"""

# A CV is matched again when its list is old, or was made from another text, model or configuration. A failed list of the
# same input is not made anew behind the back of the retry stage. One that is open already conflicts and stays as it is.
_PLAN_CV_PREDICTIONS = """
INSERT INTO matching_prediction
       (side, cv_id, status, interactive, attempts, error, created_at, model, config_version, input_hash, searched)
SELECT 'jobs', s.id, 'pending', s.interactive AND %(only)s::bigint[] IS NOT NULL, 0, '', now(), '', '', '', 0
  FROM ingestion_cv s JOIN matching_cvembedding e
    ON e.cv_id = s.id AND e.status = 'completed' AND e.content_hash = s.content_hash AND e.model = %(model)s
 WHERE s.is_latest AND s.content_hash <> '' AND (%(only)s::bigint[] IS NULL OR s.id = ANY(%(only)s))
   AND NOT EXISTS (
     SELECT 1 FROM matching_prediction p
      WHERE p.side = 'jobs' AND p.cv_id = s.id AND p.created_at > %(since)s
        AND (p.status = 'failed' OR (p.input_hash = s.content_hash AND p.config_version = %(config)s AND p.model = %(model)s)))
 ORDER BY s.id LIMIT %(limit)s
ON CONFLICT DO NOTHING
"""


def plan_cv_embeddings(only: Sequence[int] | None) -> None:
    """Make a pending row for each parsed CV whose text or model is not embedded yet."""
    _plan_embeddings(
        only,
        table="matching_cvembedding",
        key="cv_id",
        subject="ingestion_cv",
        interactive="s.interactive AND %(only)s::bigint[] IS NOT NULL",
        ready="s.content_hash <> '' AND s.is_latest AND NOT EXISTS "
        "(SELECT FROM ingestion_candidate c WHERE c.id = s.candidate_id AND c.is_withheld)",
    )


def plan_job_embeddings(only: Sequence[int] | None) -> None:
    """Make a pending row for each active job that has been read and whose text or model is not embedded yet."""
    _plan_embeddings(
        only, table="matching_jobembedding", key="job_id", subject="jobs_job", interactive="false",
        ready="s.status = 'active' AND NOT EXISTS "
              "(SELECT FROM jobs_jobreading r WHERE r.job_id = s.id AND r.status <> 'completed')",
    )  # fmt: skip


def plan_cv_predictions(only: Sequence[int] | None) -> None:
    """Make a pending prediction for each embedded CV that has no fresh one."""
    parameters = {
        "only": _array(only),
        "since": timezone.now() - FRESH_FOR,
        "config": ranking_version(),
        "model": get_provider().name,
        "limit": PLAN_ROWS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN_CV_PREDICTIONS, parameters)


def request_matches(*, cv: CV | None = None, job: Job | None = None, requested_by: User | None) -> Prediction:
    """Ask for a new ranked list, for a CV or for a job; while one is being made, that one is returned."""
    side = Prediction.Side.JOBS_FOR_CV if cv is not None else Prediction.Side.CVS_FOR_JOB
    with transaction.atomic():
        prediction, _ = Prediction.objects.get_or_create(
            side=side,
            cv=cv,
            job=job,
            status__in=["pending", "processing"],
            defaults={"requested_by": requested_by, "interactive": True, "status": "pending"},
        )
        if cv is not None:
            announce("cv.match_requested", [cv.pk], interactive=True)
        if job is not None:
            announce("job.match_requested", [job.pk], interactive=True)
    return prediction


def request_many(*, cv_ids: Sequence[int], requested_by: User | None) -> dict[int, Prediction]:
    """The same for the jobs of many CVs at once, by CV; one that is gone has none. Bulk work: nobody waits for a single one."""
    with transaction.atomic():
        there = set(CV.objects.filter(pk__in=cv_ids).select_for_update(no_key=True).values_list("pk", flat=True))
        wanted = [pk for pk in cv_ids if pk in there]
        Prediction.objects.bulk_create(
            [Prediction(side=Prediction.Side.JOBS_FOR_CV, cv_id=pk, requested_by=requested_by) for pk in wanted],
            ignore_conflicts=True,
        )
        open_ = Prediction.objects.filter(side=Prediction.Side.JOBS_FOR_CV, cv__in=wanted, status__in=OPEN)
        announce("cv.match_requested", wanted)
        return {prediction.cv_id or 0: prediction for prediction in open_}


def request_candidates(*, job_ids: Sequence[int], requested_by: User | None) -> int:
    """Ask for the candidates of many jobs at once; returns how many lists are open now. A job that has ended gets none."""
    with transaction.atomic():
        wanted = list(Job.objects.active().filter(pk__in=job_ids).order_by("pk").values_list("pk", flat=True))
        Prediction.objects.bulk_create(
            [Prediction(side=Prediction.Side.CVS_FOR_JOB, job_id=pk, requested_by=requested_by) for pk in wanted],
            ignore_conflicts=True,
        )
        announce("job.match_requested", wanted)
        return len(wanted)


def store_cv_vectors(row: CVEmbedding, vectors: TextVectors) -> None:
    """Replace the vectors of a CV and announce it; called inside the transaction that completes the row."""
    CVVector.objects.bulk_create(
        [
            CVVector(cv_id=row.cv_id, kind=kind, model=row.model, embedding=vector)
            for kind, vector in vectors.by_kind.items()
        ],
        update_conflicts=True,
        unique_fields=["cv", "kind", "model"],
        update_fields=["embedding"],
    )
    CVVector.objects.filter(cv_id=row.cv_id).exclude(model=row.model, kind__in=vectors.by_kind).delete()
    columns = _passage_columns(row.model, vectors.passages) | {"links_json": links_to_json(vectors.links)}
    CVPassages.objects.update_or_create(cv_id=row.cv_id, defaults=columns)
    announce("cv.embedded", [row.cv_id], interactive=row.interactive)


def store_job_vectors(row: JobEmbedding, vectors: TextVectors) -> None:
    """Replace the vectors of a job; called inside the transaction that completes the row."""
    JobVector.objects.bulk_create(
        [
            JobVector(job_id=row.job_id, kind=kind, model=row.model, embedding=vector)
            for kind, vector in vectors.by_kind.items()
        ],
        update_conflicts=True,
        unique_fields=["job", "kind", "model"],
        update_fields=["embedding"],
    )
    JobVector.objects.filter(job_id=row.job_id).exclude(model=row.model, kind__in=vectors.by_kind).delete()
    JobPassages.objects.update_or_create(job_id=row.job_id, defaults=_passage_columns(row.model, vectors.passages))
    if Prediction.objects.filter(job_id=row.job_id, status=Status.PENDING).exists():
        announce("job.match_requested", [row.job_id], interactive=True)  # somebody asked before it was embedded


def store_prediction(prediction: Prediction, ranked: Ranked) -> None:
    """Keep a ranked list with an open explanation per line; called inside the transaction that completes the row."""
    facts = ("as_of", "model", "config_version", "input_hash", "searched")
    for name in facts:
        setattr(prediction, name, getattr(ranked, name))
    seen = Gathered()
    prediction.recipe = seen.name(current_recipe())
    bands = Counter(line.score.band for line in ranked.lines)
    prediction.strong, prediction.good = bands["strong"], bands["good"]
    prediction.ranker_id = ranked.ranker
    prediction.save(update_fields=[*facts, "recipe", "strong", "good", "ranker"])
    matches = Match.objects.bulk_create(
        Match(
            prediction=prediction,
            rank=rank,
            rank_by_score=by_score,
            cv_id=line.cv_id,
            job_id=line.job_id,
            score=line.score.score,
            low=line.score.low,
            high=line.score.high,
            band=line.score.band,
            for_job=line.score.for_job.value if line.score.for_job else None,
            for_person=line.score.for_person.value if line.score.for_person else None,
            fits_json=fits_to_json(line.score),
            parts_json=parts_to_json(line.score.parts),
            signals_json=line.found.to_json(),
            related_json=partial_credits(line.cv_seen.profile, line.job_seen.profile),
            cv_snapshot=seen.name(line.cv_seen),
            job_snapshot=seen.name(line.job_seen),
        )
        for rank, (line, by_score) in enumerate(zip_longest(ranked.lines, ranked.by_score), start=1)
    )
    # After the lines that name them: see retention.delete_unused_snapshots.
    Snapshot.objects.bulk_create(seen.rows, ignore_conflicts=True)
    Explanation.objects.bulk_create(Explanation(match=match, interactive=prediction.interactive) for match in matches)
    announce("prediction.ready", [prediction.pk], interactive=prediction.interactive)
    tell_ready(prediction)


def store_explanation(explanation: Explanation, account: Account) -> None:
    """Keep the account of a match; called inside the transaction that completes the row."""
    explanation.body_json = account.to_json()
    explanation.save(update_fields=["body_json"])


def store_evaluation(rows: Sequence[EvaluationRun]) -> None:
    """Keep how good rankers were on one collection."""
    EvaluationRun.objects.bulk_create(rows)


def refresh_words() -> int:
    """Count anew in how many texts each word stem occurs, on each side that has changed; returns how many sides."""
    counted = dict(Corpus.objects.values_list("name", "refreshed_at"))
    newest = {
        "jobs": Job.objects.aggregate(newest=Max("changed_at"))["newest"],
        "cvs": CV.objects.parsed().aggregate(newest=Max("read_at"))["newest"],
    }
    stale = [name for name, changed in newest.items() if changed and changed > counted.get(name, NEVER)]
    for name in stale:
        _count_words(name, _TEXTS[name])
    return len(stale)


def _count_words(corpus: str, texts: str) -> None:
    counted_at = timezone.now()  # before the count: what changes meanwhile is counted the next time
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cvmatch.words'))")
        cursor.execute("DELETE FROM matching_lexeme WHERE corpus = %s", [corpus])
        cursor.execute(
            "INSERT INTO matching_lexeme (corpus, lexeme, documents) SELECT %s, word, ndoc FROM ts_stat(%s)",
            [corpus, texts],
        )
        cursor.execute(
            f"""
            INSERT INTO matching_corpus (name, documents, mean_length, refreshed_at)
            SELECT %s, count(*), coalesce(avg(length(search)), 0), %s FROM ({texts}) t
            ON CONFLICT (name) DO UPDATE SET documents = EXCLUDED.documents, mean_length = EXCLUDED.mean_length,
                                             refreshed_at = EXCLUDED.refreshed_at
            """,  # noqa: S608 - ``texts`` is one of the constants above
            [corpus, counted_at],
        )


def _plan_embeddings(only: Sequence[int] | None, **names: str) -> None:
    parameters = {"model": get_provider().name, "only": _array(only), "limit": PLAN_ROWS}
    with connection.cursor() as cursor:
        cursor.execute(_PLAN_EMBEDDINGS.format(**names), parameters)


def _passage_columns(model: str, passages: Passages) -> dict[str, Any]:
    return {"model": model, "spans_json": passages.to_json(), "vectors": passages.to_bytes()}


def _array(only: Sequence[int] | None) -> list[int] | None:
    return None if only is None else list(only)
