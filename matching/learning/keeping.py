"""Trains, puts into service and takes back: the only writer of learned rankers."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cvmatch.core.errors import InvalidInput, NotFound
from cvmatch.core.models import User
from matching.learning.reading import choices_of, organisations_to_train
from matching.learning.serving import serving_of
from matching.learning.training import DECISIONS_LEAST, Trained, train
from matching.models import LearnedRanker

State = LearnedRanker.State


def train_due(limit: int) -> int:
    """Train for the organisations in which most was decided since they were trained; returns for how many."""
    names = organisations_to_train(least=DECISIONS_LEAST)[:limit]
    for name in names:
        train_organisation(name)
    return len(names)


def train_organisation(organisation: str) -> LearnedRanker:
    """Learn from all that is kept of an organisation's choices; what comes out is a candidate and serves nobody yet."""
    serving = serving_of([organisation]).get(organisation)
    return keep(organisation, train(choices_of(organisation), serving=serving.weights if serving else None))


@transaction.atomic
def keep(organisation: str, trained: Trained) -> LearnedRanker:
    """Store a candidate; one that was never put into service retires for it."""
    rows = LearnedRanker.objects.filter(organisation=organisation)
    rows.filter(state=State.CANDIDATE).update(state=State.RETIRED)
    newest = rows.aggregate(newest=Max("version"))["newest"]
    return LearnedRanker.objects.create(
        organisation=organisation,
        version=(newest or 0) + 1,
        weights_json=dict(trained.weights),
        wanted_json=dict(trained.wanted),
        steepness=trained.examination.steepness,
        decisions=trained.decisions,
        lists=trained.lists,
        people=trained.people,
        judgement_json=asdict(trained.judgement),
        obstacle=trained.obstacle,
    )


@transaction.atomic
def serve(pk: int, *, by: User | None) -> LearnedRanker:
    """Let new lists of its organisation be ordered by it. Raises InvalidInput where it is no candidate or may not serve."""
    row = _locked(pk)
    if row.state != State.CANDIDATE:
        raise InvalidInput(
            f"{row} is {row.get_state_display().lower()}; only the newest candidate can be put into service."
        )
    if row.obstacle:
        raise InvalidInput(f"{row} may not serve. {row.obstacle}")
    serving = LearnedRanker.objects.serving().filter(organisation=row.organisation).first()
    if serving is not None:
        _change(serving, State.RETIRED, by)
    row.before, row.served_from = serving, timezone.now()
    _change(row, State.SERVING, by)
    return row


@transaction.atomic
def roll_back(organisation: str, *, by: User | None) -> LearnedRanker | None:
    """Take what serves out of service; what served before it serves again, or (None) nothing does. Raises NotFound."""
    row = LearnedRanker.objects.select_for_update().serving().filter(organisation=organisation).first()
    if row is None:
        raise NotFound(f"Nothing learned serves for “{organisation}”: its lists stand by score alone.")
    _change(row, State.RETIRED, by)
    before = row.before
    if before is not None:
        _change(before, State.SERVING, by)
    return before


def _locked(pk: int) -> LearnedRanker:
    row = LearnedRanker.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no learned ranker {pk}.")
    # One change at a time in an organisation: two that are put into service at once wait for each other here.
    list(LearnedRanker.objects.select_for_update(of=("self",)).filter(organisation=row.organisation).order_by("pk"))
    row.refresh_from_db()
    return row


def _change(row: LearnedRanker, state: LearnedRanker.State, by: User | None) -> None:
    row.state, row.changed_by = state, by
    row.save(update_fields=["state", "changed_by", "before", "served_from"])
