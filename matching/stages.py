"""What the pipeline does for matching: embed, match both ways, explain, tailor."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from cvmatch.core.errors import CvmatchError
from cvmatch.core.models import Status
from cvmatch.core.runner import StageReport, work_off
from jobs.models import JobReading
from matching import asking, catalogue, optimising, services
from matching.accounts import accounts_of
from matching.alerts import digesting, mailing
from matching.backfills import running
from matching.embedding import get_provider
from matching.experiments.keeping import judge_running
from matching.index_health import MOST_ROWS_OF_A_WORKER, keep_healthy
from matching.learning.keeping import train_due
from matching.models import AlertDigest, CVEmbedding, Explanation, JobEmbedding, Prediction, Tailoring, TalentPosting
from matching.narrating import narrated
from matching.optimising import Made
from matching.proposing import ModelProposer
from matching.ranking import Ranked, rank
from matching.search import Side, get_search
from matching.search.google_talent.placing import BATCH
from matching.search.pgvector import PgvectorSearch
from matching.search.recall import keep_recall
from matching.tailoring import tailor
from matching.values import Account
from matching.vectors import TextVectors, cv_vectors, job_vectors


def embed_cvs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Turn parsed CVs into vectors; ``only`` are CV ids."""
    services.plan_cv_embeddings(only)
    rows = CVEmbedding.objects.select_related("cv")
    rows = rows if only is None else rows.filter(cv_id__in=only)
    return work_off(rows, limit=limit, work=_embed_cvs, save=services.store_cv_vectors, chunk=16, most=64)


def embed_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Turn new and changed jobs into vectors; ``only`` are job ids."""
    services.plan_job_embeddings(only)
    unread = JobReading.objects.exclude(status=Status.COMPLETED)
    rows = JobEmbedding.objects.exclude(job__in=unread.values("job")).select_related("job")
    rows = rows if only is None else rows.filter(job_id__in=only)
    return work_off(rows, limit=limit, work=_embed_jobs, save=services.store_job_vectors, chunk=32, most=128)


def match_cvs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Rank the jobs for embedded CVs that have no list of the last 24 hours; ``only`` are CV ids."""
    services.plan_cv_predictions(only)
    rows = Prediction.objects.filter(
        side=Side.JOBS_FOR_CV,
        cv__embedding__status=Status.COMPLETED,
        cv__embedding__content_hash=F("cv__content_hash"),
        cv__embedding__model=get_provider().name,
    )
    rows = rows if only is None else rows.filter(cv_id__in=only)
    return work_off(rows, limit=limit, work=_match_cvs, save=services.store_prediction, chunk=16, most=64)


def match_jobs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Rank the CVs for jobs that somebody asked about; ``only`` are job ids."""
    rows = Prediction.objects.filter(
        side=Side.CVS_FOR_JOB,
        job__embedding__status=Status.COMPLETED,
        job__embedding__content_hash=F("job__content_hash"),
        job__embedding__model=get_provider().name,
    )
    rows = rows if only is None else rows.filter(job_id__in=only)
    return work_off(rows, limit=limit, work=_match_jobs, save=services.store_prediction, chunk=4, most=16)


def explain_matches(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Write down why matches scored as they did; ``only`` are prediction ids."""
    rows = Explanation.objects.select_related("match__cv__candidate", "match__job", "match__prediction")
    rows = rows if only is None else rows.filter(match__prediction_id__in=only)
    return work_off(rows, limit=limit, work=_explain, save=services.store_explanation, chunk=50, most=200)


def tailor_cvs(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Make CVs for one job each that somebody asked for; ``only`` are ids of the rows."""
    rows = Tailoring.objects.select_related("cv", "job").defer("cv__search", "job__search", "job__description_html")
    rows = rows if only is None else rows.filter(pk__in=only)
    # One at a time: a model that is asked may take as long as a whole run may.
    return work_off(rows, limit=limit, work=_tailor, save=optimising.store_tailoring, chunk=1)


def send_alerts(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Tell people what is new to what they follow; ``only`` are prediction ids, for those who are told at once."""
    looked = digesting.gather(limit=limit, predictions=only)
    rows = AlertDigest.objects.select_related("subscription__user", "subscription__job", "subscription__search")
    return looked + work_off(rows, limit=limit, work=mailing.compose_all, save=mailing.send, chunk=8, budget_s=30.0)


def count_words(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Count how rare each word is among jobs and CVs, where texts have changed since the last count."""
    counted = services.refresh_words()
    return StageReport(claimed=counted, done=counted)


def sync_talent(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Tell Google Cloud Talent Solution which jobs are open, where this installation searches there; else nothing."""
    if not catalogue.is_on():
        return StageReport()
    catalogue.plan()
    rows = TalentPosting.objects.all()
    gone = work_off(
        rows.leaving(), limit=limit, work=catalogue.remove, save=catalogue.store, chunk=BATCH, budget_s=10.0
    )
    told = work_off(rows.wanted(), limit=limit, work=catalogue.place, save=catalogue.store, chunk=BATCH, budget_s=20.0)
    catalogue.drop_companies(BATCH)
    until = catalogue.held_until()
    return (
        gone + told + StageReport(error=f"The service takes no more until {until:%Y-%m-%d %H:%M} UTC." if until else "")
    )


def sample_recall(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Sample how much of what is truly nearest the vector indexes find, ``limit`` searches each way; elsewhere nothing."""
    search = get_search()
    if isinstance(search, PgvectorSearch):
        for side in Side:
            keep_recall(side, model=get_provider().name, subjects=limit, ef_search=search.ef_search)
    return StageReport()  # no rows were waiting for it


def keep_indexes(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Build indexes of vectors anew that many vectors have left; at most ``limit`` in one run, and none that takes too long."""
    kept = keep_healthy(share=settings.REINDEX_SHARE, most_rows=MOST_ROWS_OF_A_WORKER, most=limit)
    error = f"Too large for a worker; run manage.py keep_indexes: {', '.join(kept.left)}." if kept.left else ""
    done = len(kept.rebuilt)
    return StageReport(claimed=done, done=done, error=error, more=bool(kept.waiting))


def work_backfills(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Work on the back-fills that are on their way, no faster than they may."""
    return running.work_backfills()


def forget_expired(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Erase texts and files that came only to be matched, once their time is over."""
    erased = asking.forget_expired(limit=limit)
    return StageReport(claimed=erased, done=erased, more=erased >= limit)


def train_rankers(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Learn from what recruiters chose, for at most ``limit`` organisations; what is learned serves nobody by itself."""
    trained = train_due(limit)
    return StageReport(claimed=trained, done=trained)


def judge_experiments(limit: int, only: Sequence[int] | None = None) -> StageReport:
    """Judge the experiments that run, and stop one that does harm or whose numbers cannot be; a winner is only marked."""
    judged = judge_running()
    return StageReport(claimed=judged, done=judged)


def _embed_cvs(rows: Sequence[CVEmbedding]) -> Sequence[TextVectors]:
    return cv_vectors([row.cv for row in rows])


def _embed_jobs(rows: Sequence[JobEmbedding]) -> Sequence[TextVectors]:
    return job_vectors([row.job for row in rows])


def _match_cvs(predictions: Sequence[Prediction]) -> Sequence[Ranked]:
    return _match(Side.JOBS_FOR_CV, predictions, [prediction.cv_id or 0 for prediction in predictions])


def _match_jobs(predictions: Sequence[Prediction]) -> Sequence[Ranked]:
    return _match(Side.CVS_FOR_JOB, predictions, [prediction.job_id or 0 for prediction in predictions])


def _match(side: Side, predictions: Sequence[Prediction], subjects: Sequence[int]) -> Sequence[Ranked]:
    ranked = rank(side, subjects, now=timezone.now(), top=settings.MATCH_TOP)
    missing = [subject for subject in subjects if subject not in ranked]
    if missing:
        raise CvmatchError("What was to be matched is gone.", permanent=True, details={"ids": missing})
    return [ranked[subject] for subject in subjects]


def _tailor(rows: Sequence[Tailoring]) -> Sequence[Made]:
    return [_tailored(row) for row in rows]


def _tailored(row: Tailoring) -> Made:
    if (row.cv_hash, row.job_hash) != (row.cv.content_hash, row.job.content_hash):
        raise CvmatchError("The CV or the job has changed since. Ask again.", permanent=True)
    if row.by == Tailoring.By.RULES:
        return Made(tailor(row.cv, row.job))
    proposer = ModelProposer()
    return Made(tailor(row.cv, row.job, proposer=proposer), proposer.fell_back)


def _explain(rows: Sequence[Explanation]) -> Sequence[Account]:
    matches = [row.match for row in rows]
    return narrated(matches, accounts_of(matches))
