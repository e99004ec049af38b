"""Experiments with the order of lists over HTTP, for admins and their programs: made, started, stopped, released, rolled back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from cvmatch.core.http_api import Page, user_of
from cvmatch.core.models import User
from matching.experiments import keeping, releasing
from matching.experiments.keeping import Plan
from matching.models import Experiment, RankingConfig, RankingRelease

router = Router(tags=["Operations"])

SIDE = Field(description="jobs: jobs for a CV; cvs: candidates for a job", examples=["cvs"])
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class WeightsIn(Schema):
    """A new way to order lists; under a name that there is, its next version."""

    name: str = Field(examples=["skills first"])
    weights: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = Field(
        description="Share of each part of the score, 0 where it is left out; they sum to 1",
        examples=[{"skills": 0.5, "title": 0.3, "semantic": 0.2}],
    )
    note: str = Field("", description="What is hoped of it")


class ConfigOut(Schema):
    """A way to order lists; never changed once it is there."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["skills first"])
    version: int = Field(description="Counted from 1 for each name", examples=[2])
    weights: dict[str, float] = Field(validation_alias="weights_json", examples=[{"skills": 0.5, "title": 0.5}])
    note: str


class ExperimentIn(Schema):
    """A new experiment; nobody is shown anything of it until it starts."""

    name: str = Field(examples=["Skills first for recruiters"])
    side: Literal["jobs", "cvs"] = SIDE
    method: Literal["split", "interleaved"] = Field(
        "split", description="split: each user is shown one order (A/B); interleaved: both, drafted in turn"
    )
    treatment: int | WeightsIn = Field(description="The id of a configuration, or a new one")
    control: int | WeightsIn | None = Field(
        None, description="Likewise; null is the order of the stored list, as shipped"
    )
    share: Share = Field(1.0, description="Of all users")
    share_of_treatment: Share = Field(0.5, description="Of the users of an A/B experiment")
    max_hide_rate_rise: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        0.25, description="It stops where surely more is hidden or rejected than this share above the control's rate"
    )
    max_open_rate_fall: Share = Field(
        0.10, description="It stops where surely less is opened than this share below the control's rate"
    )


class ExperimentOut(Schema):
    """An experiment with what can be said of it by now."""

    id: int = Field(examples=[7])
    name: str
    side: str = SIDE
    method: str = Field(examples=["split"])
    state: str = Field(description="draft, running, stopped or decided", examples=["running"])
    control: ConfigOut | None = Field(description="Null is the order of the stored list, as shipped")
    treatment: ConfigOut
    share: float
    share_of_treatment: float
    max_hide_rate_rise: float
    max_open_rate_fall: float
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    judged_at: datetime | None = Field(description="When the arms were compared last; null before the first time")
    judgement: dict[str, Any] | None = Field(
        validation_alias="judgement_json",
        description="By arm `users` and `rates`; `effect` with its interval from `low` to `high` and `p_value`, valid however "
        "often it is looked at; `sample_ratio_p`; `guards`; `verdict` and `reason`",
    )


class RollBackIn(Schema):
    """Which lists are to be ordered again as before."""

    side: Literal["jobs", "cvs"] = SIDE
    release: int | None = Field(None, description="The release that is taken back; by default the newest")


class ReleaseOut(Schema):
    """What orders the lists of a side from now on."""

    id: int = Field(examples=[12])
    side: str = SIDE
    config: ConfigOut | None = Field(description="Null is the order of the stored list, as shipped")
    released_at: datetime


@router.get("/experiments", response=Page[ExperimentOut], summary="Experiments", operation_id="list_experiments")
def list_experiments(request: HttpRequest) -> Any:
    """All of them, newest first. For admins."""
    return {"items": list(Experiment.objects.select_related("control", "treatment")), "next": None}


@router.post(
    "/experiments", response={201: ExperimentOut}, summary="Make an experiment", operation_id="create_experiment"
)
def create_experiment(request: HttpRequest, body: ExperimentIn) -> Any:
    """A draft of an experiment. For admins."""
    user, given = user_of(request), body.dict(exclude={"treatment", "control"})
    with transaction.atomic():  # a configuration that is made for it is not left behind without it
        treatment = _config(body.treatment, user)
        control = _config(body.control, user) if body.control is not None else None
        made = keeping.create_experiment(Plan(treatment=treatment, control=control, **given), by=user)
    return Status(201, made)


@router.post(
    "/experiments/{experiment_id}/start",
    response=ExperimentOut,
    summary="Start an experiment",
    operation_id="start_experiment",
)
def start_experiment(request: HttpRequest, experiment_id: int) -> Any:
    """Show it to people, within seconds; one of a side runs at a time. For admins."""
    return keeping.start(experiment_id)


@router.post(
    "/experiments/{experiment_id}/stop",
    response=ExperimentOut,
    summary="Stop an experiment",
    operation_id="stop_experiment",
)
def stop_experiment(request: HttpRequest, experiment_id: int) -> Any:
    """Show everybody what is released again, within seconds. For admins."""
    return keeping.stop(experiment_id, because=f"Stopped by {user_of(request)}.")


@router.post(
    "/experiments/{experiment_id}/release",
    response=ReleaseOut,
    summary="Release the winner",
    operation_id="release_experiment",
)
def release_experiment(request: HttpRequest, experiment_id: int) -> Any:
    """Put the arm that won into service for everybody; 409 where none has. For admins."""
    return keeping.release_winner(experiment_id, by=user_of(request))


@router.post("/rankings/roll_back", response=ReleaseOut, summary="Roll back", operation_id="roll_back_ranking")
def roll_back(request: HttpRequest, body: RollBackIn) -> RankingRelease:
    """Order lists as before the newest release; the next call goes a step further back, two at once do not. For admins."""
    return releasing.roll_back(body.side, by=user_of(request), instead_of=body.release)


def _config(given: int | WeightsIn, user: User) -> int:
    if isinstance(given, int):
        return given
    made: RankingConfig = keeping.add_config(name=given.name, weights=given.weights, note=given.note, by=user)
    return made.pk
