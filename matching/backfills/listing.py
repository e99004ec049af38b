"""Back-fill of lists: the jobs of every CV are ranked as today's code does, and compared with the list that is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from cvmatch.core.errors import InvalidInput
from cvmatch.core.models import Status
from ingestion.models import CV
from matching.backfills.values import Made, Side, Summary
from matching.embedding import get_provider
from matching.models import Backfill, BackfillItem, Match, Prediction
from matching.ranking import Ranked, rank, ranking_version
from matching.search import Side as Direction
from matching.services import store_prediction

State = BackfillItem.State
# What people look at.
FIRST = 10


class Listing:
    """CVs that are embedded. Until the switch a new list is only counted; then it is made and kept beside the one before,
    which is shown again after a roll-back (``manage.py diff_predictions`` says what moved and why)."""

    sides: tuple[Side, ...] = (Side.CV,)
    chunk = 16

    def versions(self, to_version: str) -> tuple[str, str]:
        now = ranking_version()
        if to_version not in {"", now}:
            raise InvalidInput(f"This code ranks by {now}; there is no other here.")
        lists = Prediction.objects.filter(side=Direction.JOBS_FOR_CV, status=Status.COMPLETED).exclude(
            config_version=now
        )
        before = lists.order_by("-pk").values_list("config_version", flat=True).first()
        return before or now, now

    def rows(self, backfill: Backfill, side: Side) -> QuerySet[CV]:
        return CV.objects.current().filter(
            embedding__status=Status.COMPLETED,
            embedding__content_hash=F("content_hash"),
            embedding__model=get_provider().name,
        )

    def make(self, backfill: Backfill, side: Side, ids: Sequence[int]) -> list[Made]:
        ranked = rank(Direction.JOBS_FOR_CV, ids, now=timezone.now(), top=settings.MATCH_TOP)
        shown = _shown(list(ranked))
        return [_made(pk, found, shown.get(pk, [])) for pk, found in ranked.items()]

    def keep(self, backfill: Backfill, side: Side, made: Sequence[Made]) -> None:
        """All of it is in the items."""

    def measure(self, backfill: Backfill) -> dict[str, float]:
        return (
            {gettext_noop("Lists whose first ten are the same"): 1 - backfill.differing / backfill.done}
            if backfill.done
            else {}
        )

    def switch(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Lists are of this moment: jobs that ended since they were counted are in none."""
        ranked = rank(
            Direction.JOBS_FOR_CV, [item.cv_id or 0 for item in items], now=timezone.now(), top=settings.MATCH_TOP
        )
        for item in items:
            found = ranked.get(item.cv_id or 0)
            item.state = State.LEFT if found is None else State.SWITCHED
            if found is not None:
                item.old_json = {"made": _stored(item.cv_id or 0, found).pk}
        BackfillItem.objects.bulk_update(items, ["state", "old_json"])

    def roll_back(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        Prediction.objects.filter(pk__in=[item.old_json["made"] for item in items]).delete()
        for item in items:
            item.state = State.ROLLED_BACK
        BackfillItem.objects.bulk_update(items, ["state", "old_json"])

    def forget(self, backfill: Backfill, items: Sequence[BackfillItem]) -> None:
        """Lists are kept and go as all others do."""


def _shown(cv_ids: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
    """The jobs of the newest list of each with their scores, best first."""
    lists = Prediction.objects.filter(side=Direction.JOBS_FOR_CV, cv__in=cv_ids, status=Status.COMPLETED)
    newest = lists.order_by("cv", "-created_at", "-pk").distinct("cv").values("pk")
    shown: dict[int, list[tuple[int, float]]] = {}
    lines = Match.objects.filter(prediction__in=newest, rank__lte=FIRST).order_by("prediction", "rank")
    for cv, job, score in lines.values_list("cv_id", "job_id", "score"):
        shown.setdefault(cv, []).append((job, float(score)))
    return shown


def _made(pk: int, found: Ranked, shown: Sequence[tuple[int, float]]) -> Made:
    first = found.lines[:FIRST]
    now, before = [line.job_id for line in first], [job for job, _ in shown]
    entered, left = len({*now} - {*before}), len({*before} - {*now})
    moved = sum(a != b for a, b in zip(before, now, strict=False) if a in now and b in before)
    facts = Counter({f"First {FIRST} · job · {way}": n for way, n in
                     (("added", entered), ("removed", left), ("changed", moved)) if n})  # fmt: skip
    new = {
        "jobs": now, "scores": [line.score.score for line in first],
        "before": before, "scores_before": [score for _, score in shown],
    }  # fmt: skip
    return Made(pk, found.input_hash, entered + left + moved, new, summary=Summary(facts))


def _stored(cv_id: int, found: Ranked) -> Prediction:
    prediction = Prediction.objects.create(
        side=Direction.JOBS_FOR_CV, cv_id=cv_id, status=Status.COMPLETED, finished_at=timezone.now()
    )
    store_prediction(prediction, found)
    return prediction
