"""Reads from the tables what recruiters made of the candidates they were shown: the only place that knows where that is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from matching.learning.choices import Choice, Kind
from matching.models import Decision, Interaction, LearnedRanker, Match, Prediction, Reason, Stage, organisation_of
from matching.values import parts_from_json

# Who was shortlisted and rejected is read from decisions, which say what holds of it; the interactions of the same say how
# lists did (matching.deciding writes both).
_KINDS = {
    Interaction.Kind.OPEN: Kind.OPENED,
    Interaction.Kind.THUMB_UP: Kind.CHOSEN,
    Interaction.Kind.THUMB_DOWN: Kind.REJECTED,
}
# Who withdrew, or came too late, was not rejected for what the score compares.
_NOT_OF_THE_FIT = (Reason.WITHDREW, Reason.FILLED, Reason.LATER)
_LISTS = {"match__prediction__side": Prediction.Side.CVS_FOR_JOB, "kind__in": list(_KINDS)}


@dataclass(frozen=True, slots=True)
class _Event:
    person: int
    list_id: int
    cv: int
    kind: Kind
    at: datetime


def organisations_to_train(*, least: int) -> list[str]:
    """Those with so many choices, something among them that is newer than what was learned last; most choices first."""
    known: dict[str, tuple[int, datetime]] = {}
    for company, count, newest in _companies():
        if name := organisation_of(company):
            before = known.get(name)
            known[name] = (count + before[0], max(newest, before[1])) if before else (count, newest)
    trained = dict(LearnedRanker.objects.values_list("organisation").annotate(Max("trained_at")))
    due = [
        name
        for name, (count, newest) in known.items()
        if count >= least and newest > trained.get(name, _before(newest))
    ]
    return sorted(due, key=lambda name: (-known[name][0], name))


def choices_of(organisation: str) -> list[Choice]:
    """Every line that somebody was shown of a list of which they made something, where it stood; five statements.

    Of a list without impressions people are taken to have seen all down to the last line that they did something with.
    """
    companies = [company for company, _, _ in _companies() if organisation_of(company) == organisation]
    by_list: dict[tuple[int, int], list[_Event]] = defaultdict(list)
    for event in sorted([*_interactions(companies), *_decisions(companies)], key=lambda event: event.at):
        by_list[event.list_id, event.person].append(event)
    list_ids = {list_id for list_id, _ in by_list}
    lines, shown = _lines(list_ids), _shown(list_ids)
    return [
        choice
        for (list_id, person), events in by_list.items()
        for choice in _choices(organisation, person, events, lines[list_id], shown[list_id, person])
    ]


def _choices(
    organisation: str, person: int, events: Iterable[_Event], lines: Iterable[Match], shown: Mapping[int, int]
) -> Iterator[Choice]:
    """``shown`` is the position by CV of what the person was shown of the list, empty where that is not known.

    What they did something with without having been shown it, by a link, they have seen at its rank.
    """
    made: dict[int, _Event] = {}
    for event in events:
        if event.kind.decides or event.cv not in made:
            made[event.cv] = event
    first = min(event.at for event in made.values())
    last = max((line.rank for line in lines if line.cv_id in made), default=0)
    for line in lines:
        done = made.get(line.cv_id)
        if done or (line.cv_id in shown if shown else line.rank <= last):
            kind, at = (done.kind, done.at) if done else (Kind.SHOWN, first)
            position, parts = shown.get(line.cv_id, line.rank), parts_from_json(line.parts_json)
            yield Choice(organisation, person, line.prediction_id, line.cv_id, position, kind, at, parts)


def _companies() -> Iterator[tuple[str, int, datetime]]:
    """As postings write them, with how much was done and when last."""
    noted = Interaction.objects.filter(**_LISTS)
    yield from noted.order_by().values_list("job__company").annotate(Count("pk"), Max("created_at"))
    decided = Decision.objects.exclude(decided_at=None)
    yield from decided.values_list("job__company").annotate(Count("pk"), Max("decided_at"))


def _interactions(companies: Collection[str]) -> Iterator[_Event]:
    rows = Interaction.objects.filter(**_LISTS, job__company__in=companies)
    for row in rows.values_list("user", "match__prediction", "match__cv", "kind", "created_at"):
        yield _Event(row[0], row[1], row[2], _KINDS[Interaction.Kind(row[3])], row[4])


def _decisions(companies: Collection[str]) -> Iterator[_Event]:
    """What holds of each candidate now, of the newest list that they were in by then."""
    rows = Decision.objects.filter(job__company__in=companies, decided_by__isnull=False).exclude(stage=Stage.NEW)
    lines = Match.objects.filter(prediction__side=Prediction.Side.CVS_FOR_JOB, job__company__in=companies)
    shown: dict[tuple[int, int], list[Match]] = defaultdict(list)
    for line in (
        lines.filter(cv__candidate__decisions__in=rows)
        .distinct()
        .select_related("prediction", "cv")
        .only("job_id", "cv__candidate_id", "prediction__created_at")
    ):
        shown[line.job_id, line.cv.candidate_id].append(line)
    for row in rows.exclude(reason__in=_NOT_OF_THE_FIT):
        at, by = row.decided_at, row.decided_by_id
        before = [one for one in shown[row.job_id, row.candidate_id] if at and one.prediction.created_at <= at]
        if before and at and by:
            line = max(before, key=lambda one: one.prediction.created_at)
            kind = Kind.REJECTED if row.stage == Stage.REJECTED else Kind.CHOSEN
            yield _Event(by, line.prediction_id, line.cv_id, kind, at)


def _lines(list_ids: Collection[int]) -> Mapping[int, list[Match]]:
    found: dict[int, list[Match]] = defaultdict(list)
    rows: Any = Match.objects.filter(prediction__in=list_ids).only("prediction_id", "rank", "cv_id", "parts_json")
    for line in rows.order_by("prediction_id", "rank"):
        found[line.prediction_id].append(line)
    return found


def _shown(list_ids: Collection[int]) -> Mapping[tuple[int, int], dict[int, int]]:
    """By list and person the CVs that they were shown of it, with the position at which each stood first."""
    found: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    rows: Any = Interaction.objects.filter(
        kind=Interaction.Kind.SHOWN, match__prediction__in=list_ids, position__isnull=False
    ).order_by("created_at")
    for list_id, person, cv, position in rows.values_list("match__prediction", "user", "cv", "position"):
        found[list_id, person].setdefault(cv, position)
    return found


def _before(moment: datetime) -> datetime:
    return datetime.min.replace(tzinfo=moment.tzinfo)
