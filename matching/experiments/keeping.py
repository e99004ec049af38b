"""Makes configurations and experiments, starts and ends them: their only writer."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from cvmatch.core.errors import Conflict, InvalidInput, NotFound
from cvmatch.core.models import User
from matching.experiments import judging, running
from matching.experiments.configuring import checked_weights
from matching.experiments.judging import Judgement, Verdict
from matching.experiments.releasing import lock_rankings, release
from matching.models import Experiment, Prediction, RankingConfig, RankingRelease

log = structlog.get_logger(__name__)
State = Experiment.State
_WINNERS = {Verdict.TREATMENT_WINS: Experiment.Arm.TREATMENT, Verdict.CONTROL_WINS: Experiment.Arm.CONTROL}


@dataclass(frozen=True)
class Plan:
    """An experiment as it is asked for; shares are 0 to 1, and no ``control`` is the order as stored."""

    name: str
    side: str
    treatment: int
    control: int | None = None
    method: str = Experiment.Method.SPLIT
    share: float = 1.0
    share_of_treatment: float = 0.5
    max_hide_rate_rise: float = 0.25
    max_open_rate_fall: float = 0.10


@transaction.atomic
def add_config(*, name: str, weights: Mapping[str, float], note: str = "", by: User | None) -> RankingConfig:
    """The next version under this name, or its newest where that is the same. Raises InvalidInput for weights that cannot be."""
    name = name.strip()
    if not 1 <= len(name) <= 60:
        raise InvalidInput("Give the configuration a name of at most 60 characters.", details={"field": "name"})
    if len(note) > 300:
        raise InvalidInput("Keep the note to 300 characters.", details={"field": "note"})
    fine = checked_weights(weights)
    lock_rankings()
    newest = RankingConfig.objects.filter(name=name).order_by("-version").first()
    if newest is not None and newest.weights_json == fine:
        return newest
    version = newest.version + 1 if newest else 1
    return RankingConfig.objects.create(name=name, version=version, weights_json=fine, note=note, created_by=by)


@transaction.atomic
def create_experiment(plan: Plan, *, by: User | None) -> Experiment:
    """A draft, which nobody is shown anything of until it starts. Raises InvalidInput, by field, and NotFound."""
    plan = replace(plan, name=plan.name.strip())
    _check(plan)
    lock_rankings()
    if Experiment.objects.filter(name=plan.name).exists():
        raise InvalidInput(
            "There is an experiment of this name already. Choose another one.", details={"field": "name"}
        )
    return Experiment.objects.create(
        name=plan.name,
        side=plan.side,
        method=plan.method,
        control=_config(plan.control) if plan.control is not None else None,
        treatment=_config(plan.treatment),
        share=plan.share,
        share_of_treatment=plan.share_of_treatment,
        max_hide_rate_rise=plan.max_hide_rate_rise,
        max_open_rate_fall=plan.max_open_rate_fall,
        salt=secrets.token_hex(16),
        created_by=by,
    )


@transaction.atomic
def start(pk: int) -> Experiment:
    """Show it to people. Raises Conflict where it is no draft, or while another one of its side runs."""
    row = _locked(pk)
    if row.state != State.DRAFT:
        raise Conflict(
            f"“{row}” is {row.get_state_display().lower()}; only a draft can be started. Make a new one of it."
        )
    other = Experiment.objects.running().filter(side=row.side).first()
    if other is not None:
        raise Conflict(f"“{other}” runs on the same lists. Stop it first: one at a time, or neither can be read.")
    row.state, row.started_at = State.RUNNING, timezone.now()
    return _saved(row, "state", "started_at")


@transaction.atomic
def stop(pk: int, *, because: str) -> Experiment:
    """Show everybody what is released again. Raises Conflict where it does not run."""
    row = _locked(pk)
    if row.state != State.RUNNING:
        raise Conflict(f"“{row}” does not run; it is {row.get_state_display().lower()}.")
    return _end(row, State.STOPPED, because)


@transaction.atomic
def release_winner(pk: int, *, by: User | None) -> RankingRelease:
    """Put the arm that won into service for everybody, and end the experiment. Raises Conflict where none has won."""
    row = _locked(pk)
    won = winner_of(row)
    if won is None or row.state not in (State.RUNNING, State.STOPPED):
        raise Conflict(f"“{row}” has no winner that could be released. Wait for its judgement, or stop it.")
    config = row.treatment if won == Experiment.Arm.TREATMENT else row.control
    if row.state == State.RUNNING:
        _end(row, State.DECIDED, f"{won.label} won and was released.")
    else:
        row.state = State.DECIDED
        _saved(row, "state")
    return release(row.side, config, by=by, experiment=row)


def judgement_of(row: Experiment) -> Judgement | None:
    """The last one; None before the first."""
    return Judgement.from_json(row.judgement_json) if row.judgement_json else None


def winner_of(row: Experiment) -> Experiment.Arm | None:
    """The arm that surely won, by the last judgement."""
    judged = judgement_of(row)
    return _WINNERS.get(judged.verdict) if judged else None


def judge_running(*, now: datetime | None = None) -> int:
    """Judge what runs, and stop what does harm or cannot be believed; a winner is only marked. Returns how many were judged."""
    rows = list(Experiment.objects.running().select_related("control", "treatment"))
    for row in rows:
        judged_at = now or timezone.now()
        _note(row.pk, judging.judge(row, now=judged_at), judged_at)
    return len(rows)


@transaction.atomic
def _note(pk: int, judged: Judgement, judged_at: datetime) -> None:
    row = _locked(pk)
    if row.state != State.RUNNING:  # somebody has ended it while it was judged
        return
    row.judgement_json, row.judged_at = judged.to_json(), judged_at
    _saved(row, "judgement_json", "judged_at")
    if judged.verdict.stops:
        log.warning(
            "An experiment was stopped by itself", experiment=row.pk, verdict=judged.verdict, reason=judged.reason
        )
        _end(row, State.STOPPED, judged.reason)


def _end(row: Experiment, state: Experiment.State, because: str) -> Experiment:
    row.state, row.ended_at, row.ended_because = state, timezone.now(), because[:300]
    return _saved(row, "state", "ended_at", "ended_because")


def _saved(row: Experiment, *fields: str) -> Experiment:
    row.save(update_fields=fields)
    running.forget()
    return row


def _locked(pk: int) -> Experiment:
    lock_rankings()
    row = Experiment.objects.select_related("control", "treatment").filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no experiment {pk}.")
    return row


def _config(pk: int) -> RankingConfig:
    row = RankingConfig.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound(f"There is no ranking configuration {pk}.")
    return row


def _check(plan: Plan) -> None:
    if not 1 <= len(plan.name) <= 80:
        raise InvalidInput("Give the experiment a name of at most 80 characters.", details={"field": "name"})
    if plan.side not in Prediction.Side.values:
        raise InvalidInput(
            "The side is “jobs” (jobs for a CV) or “cvs” (candidates for a job).", details={"field": "side"}
        )
    if plan.method not in Experiment.Method.values:
        raise InvalidInput("The method is “split” (A/B) or “interleaved”.", details={"field": "method"})
    if not 0 < plan.share <= 1:
        raise InvalidInput("The share of users must lie above 0 and at most at 1.", details={"field": "share"})
    if not 0 < plan.share_of_treatment < 1:
        raise InvalidInput(
            "The share of the treatment must lie between 0 and 1.", details={"field": "share_of_treatment"}
        )
    if not plan.max_hide_rate_rise >= 0:
        raise InvalidInput("The rise that is borne must be 0 or more.", details={"field": "max_hide_rate_rise"})
    if not 0 <= plan.max_open_rate_fall <= 1:
        raise InvalidInput("The fall that is borne must lie between 0 and 1.", details={"field": "max_open_rate_fall"})
