"""Ranked lists for pages: the jobs for a CV, and the candidates for a job."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Max, QuerySet
from django.utils import timezone

from cvmatch.core.models import Status, User
from ingestion.models import CV
from ingestion.selectors import has_concerns
from jobs.models import Job
from matching.experiments.serving import arrange
from matching.models import CVEmbedding, JobEmbedding, LearnedRanker, Match, Prediction
from matching.selectors.lines import Line, line_of
from matching.values.asked import asked_by

OPEN = (Status.PENDING, Status.PROCESSING)
RECENT = timedelta(days=7)
MARKS = 6

JOB_FIELDS = ("title", "company", "url", "city", "country", "remote", "hybrid", "status", "posted_at",
               "source", "salary_min", "salary_max", "salary_currency", "salary_period", "salary_estimated")  # fmt: skip
ESTIMATE_FIELDS = tuple(f"pay_estimate__{name}" for name in ("low", "middle", "high", "currency", "based_on"))
_LINE_FIELDS = (
    "prediction_id", "rank", "cv_id", "job_id", "score", "low", "high", "band", "parts_json",
    "explanation__status", "explanation__body_json", "explanation__error",
)  # fmt: skip


@dataclass(frozen=True)
class RankedList:
    """The list to show, and what is happening to it.

    ``shown`` is the newest finished prediction; ``newest`` may be a later one that is still being made, or failed.
    """

    newest: Prediction | None
    shown: Prediction | None
    lines: tuple[Line, ...] = ()

    @property
    def is_being_made(self) -> bool:
        return self.newest is not None and self.newest.status in OPEN

    @property
    def failure(self) -> Prediction | None:
        return self.newest if self.newest is not None and self.newest.status == Status.FAILED else None

    @property
    def settled(self) -> int:
        """How many lines have their explanation, or have failed to get one."""
        return sum(line.account is not None or bool(line.error) for line in self.lines)

    @property
    def is_final(self) -> bool:
        """Nothing on the page will change by itself."""
        return not self.is_being_made and self.settled == len(self.lines)

    @property
    def bands(self) -> Counter[str]:
        return Counter(line.match.band for line in self.lines)

    @property
    def good_or_better(self) -> int:
        return self.bands["strong"] + self.bands["good"]


@dataclass(frozen=True)
class Candidates:
    """A job with its ranked candidates."""

    job: Job
    ranked: RankedList
    must_names: tuple[str, ...]

    @property
    def fits_one_by_one(self) -> bool:
        """Whether each must-have can have a mark of its own in a line of the list."""
        return len(self.must_names) <= MARKS


def jobs_for_cv(cv: CV, viewer: User | None = None) -> RankedList:
    """The jobs for a CV, best first, without the texts; three queries however long it is.

    For a viewer in the order in which they are shown lists, else as it is stored.
    """
    lines = Match.objects.select_related("job__pay_estimate", "explanation").only(
        *_LINE_FIELDS, *(f"job__{name}" for name in (*JOB_FIELDS, *ESTIMATE_FIELDS))
    )
    ranked = _ranked(Prediction.objects.filter(cv=cv, side=Prediction.Side.JOBS_FOR_CV), lines)
    return _as_shown(ranked, viewer)


def candidates_for_job(job: Job, viewer: User | None = None, *, prediction: int | None = None) -> Candidates:
    """The candidates for a job, best first, without the texts; only for users who may see all CVs.

    For a viewer in the order in which they are shown lists, else as it is stored. ``prediction`` shows that list of the job
    instead of its newest, if it is still kept.
    """
    lines = (
        Match.objects.select_related("cv", "explanation")
        .only(*_LINE_FIELDS, "cv__name", "cv__label", "cv__candidate")
        .annotate(cv_has_concerns=has_concerns("cv__"))
    )
    lists = Prediction.objects.filter(job=job, side=Prediction.Side.CVS_FOR_JOB)
    kept = lists.filter(pk=prediction, status=Status.COMPLETED) if prediction else lists.none()
    ranked = _as_shown(_ranked(kept if prediction and kept.exists() else lists, lines), viewer)
    return Candidates(job, ranked, tuple(asked.name for asked in asked_by(job.requirements) if asked.must))


def needs_new_list(job: Job, ranked: RankedList, *, fresh_for: timedelta) -> bool:
    """Whether to look for candidates again: no list yet, an old one, CVs were embedded since, new or corrected, or the list
    was ordered by something else than what orders this company's lists now.

    A list that failed is left to the retry stage and to people.
    """
    newest = ranked.newest
    if job.status != Job.Status.ACTIVE or ranked.is_being_made or ranked.failure:
        return False
    if newest is None or newest.created_at < timezone.now() - fresh_for:
        return True
    embedded = CVEmbedding.objects.filter(status=Status.COMPLETED).aggregate(newest=Max("finished_at"))["newest"]
    if embedded is not None and embedded > newest.created_at:
        return True
    serving = LearnedRanker.objects.serving_for(job.company)
    return newest.ranker_id != (serving.pk if serving else None)


def is_searchable(job: Job) -> bool:
    """Whether the job has its vectors; until then a list of candidates has to wait."""
    return JobEmbedding.objects.filter(job=job, status=Status.COMPLETED).exists()


def candidate_lists(job: Job) -> RankedList:
    """The same lists of a job's candidates without their lines."""
    return RankedList(*_newest_and_shown(Prediction.objects.filter(job=job, side=Prediction.Side.CVS_FOR_JOB)))


def _ranked(predictions: QuerySet[Prediction], lines: QuerySet[Match]) -> RankedList:
    newest, shown = _newest_and_shown(predictions)
    if shown is None:
        return RankedList(newest, None)
    return RankedList(newest, shown, tuple(line_of(match) for match in lines.filter(prediction=shown).order_by("rank")))


def _as_shown(ranked: RankedList, viewer: User | None) -> RankedList:
    if viewer is None or ranked.shown is None:
        return ranked
    return replace(ranked, lines=arrange(viewer, ranked.shown.side, ranked.lines))


def _newest_and_shown(predictions: QuerySet[Prediction]) -> tuple[Prediction | None, Prediction | None]:
    newest = predictions.order_by("-created_at", "-pk").first()
    if newest is None or newest.status == Status.COMPLETED:
        return newest, newest
    return newest, predictions.filter(status=Status.COMPLETED).order_by("-created_at", "-pk").first()
