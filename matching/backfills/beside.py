"""Lists of a back-fill beside those that are shown: how far their first ten agree, and what became of the scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ingestion.models import CV
from jobs.models import Job
from matching.models import Backfill, BackfillItem

# So many lists are looked at, from the first on, and so many of them are shown.
SAMPLE, SHOWN = 200, 10


@dataclass(frozen=True)
class ListedJob:
    """One line of a list; ``title`` is empty where the job is gone."""

    job_id: int
    title: str
    score: float


@dataclass(frozen=True)
class ListPair:
    """Both lists of one CV, ten lines at most. ``overlap`` is 0 to 1 of the longer one; ``change`` is in points, over the jobs
    that are in both, None where there are none."""

    cv: CV
    overlap: float
    change: float | None
    before: Sequence[ListedJob]
    after: Sequence[ListedJob]


@dataclass(frozen=True)
class Beside:
    """The means over ``lists`` CVs that had a list before, and those of them where most differs."""

    lists: int
    overlap: float
    change: float | None
    pairs: Sequence[ListPair]


def lists_beside(backfill: Backfill) -> Beside | None:
    """None for another kind, and while no list has been made; three statements."""
    if backfill.what != Backfill.What.MATCH:
        return None
    items = BackfillItem.objects.filter(backfill=backfill).exclude(new_json={}).select_related("cv")
    items = items.only("new_json", "cv__name", "cv__filename", "cv__candidate_id").order_by("pk")[:SAMPLE]
    compared = [(item, _overlap(item.new_json), _change(item.new_json)) for item in items if item.new_json["before"]]
    if not compared:
        return None
    most = sorted(compared, key=lambda one: one[1])[:SHOWN]
    ids = {job for item, _, _ in most for name in ("jobs", "before") for job in item.new_json[name]}
    titles = dict(Job.objects.filter(pk__in=ids).values_list("pk", "title"))
    return Beside(
        lists=len(compared),
        overlap=fmean(overlap for _, overlap, _ in compared),
        change=_mean([change for _, _, change in compared if change is not None]),
        pairs=[_pair(item, overlap, change, titles) for item, overlap, change in most],
    )


def _overlap(lists: Mapping[str, list[int]]) -> float:
    before, after = {*lists["before"]}, {*lists["jobs"]}
    return len(before & after) / max(len(before), len(after))


def _change(lists: Mapping[str, list[float]]) -> float | None:
    """By so many points the jobs that are in both lists are scored higher, in the mean."""
    before = dict(zip(lists["before"], lists.get("scores_before", ()), strict=False))
    after = dict(zip(lists["jobs"], lists.get("scores", ()), strict=False))
    return _mean([after[job] - before[job] for job in before if job in after])


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _pair(item: BackfillItem, overlap: float, change: float | None, titles: Mapping[int, str]) -> ListPair:
    assert item.cv is not None, "an item of lists goes with its CV"

    def listed(jobs: str, scores: str) -> list[ListedJob]:
        pairs = zip(item.new_json[jobs], item.new_json.get(scores, ()), strict=False)
        return [ListedJob(job, titles.get(job, ""), score) for job, score in pairs]

    return ListPair(item.cv, overlap, change, listed("before", "scores_before"), listed("jobs", "scores"))
