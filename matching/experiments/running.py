"""What orders lists at the moment: kept in this process for some seconds, so that a list costs no statement to know it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import DEFAULT_DB_ALIAS, transaction

from matching.experiments.configuring import is_shipped
from matching.learning.choices import Weights, shipped_weights
from matching.models import Experiment, RankingConfig, RankingRelease

# What an admin starts, stops or takes back holds in every process this much later at most, in their own at once.
KEPT_S = 5.0


@dataclass(frozen=True)
class Trial:
    """A running experiment as far as it orders lists; without weights an arm shows them as they are stored."""

    experiment: int
    is_interleaved: bool
    control: Weights | None
    treatment: Weights | None
    share: float
    share_of_treatment: float
    salt: str


@dataclass(frozen=True)
class InEffect:
    """Of one side: the configuration that was released, with its id, and the experiment that runs."""

    config: int | None = None
    released: Weights | None = None
    trial: Trial | None = None


NOTHING = InEffect()


@dataclass(frozen=True)
class _Kept:
    until: float = float("-inf")
    by_side: Mapping[str, InEffect] = field(default_factory=dict)


_kept = _Kept()


def in_effect(side: str) -> InEffect:
    """What orders the lists of this side; asked of the database every few seconds only."""
    global _kept
    kept = _kept
    if kept.until < time.monotonic():
        _kept = kept = _Kept(time.monotonic() + KEPT_S, _read())
    return kept.by_side.get(side, NOTHING)


def forget() -> None:
    """Something has changed: ask anew, now and after the transaction, before whose end others still read what was."""
    _forget()
    transaction.on_commit(_forget)


def assume_nothing(for_s: float = float("inf")) -> None:
    """Do not ask for so long, unless something changes in this process."""
    global _kept
    _kept = _Kept(time.monotonic() + for_s)


def _forget() -> None:
    global _kept
    _kept = _Kept()


def _read() -> dict[str, InEffect]:
    """From the primary: a replica may not have what this process has just changed."""
    newest = RankingRelease.objects.using(DEFAULT_DB_ALIAS).order_by("side", "-pk").distinct("side")
    released = {row.side: row.config for row in newest.select_related("config")}
    running = Experiment.objects.using(DEFAULT_DB_ALIAS).running().select_related("control", "treatment")
    trials = {row.side: _trial(row) for row in running}
    return {
        side: InEffect(config.pk if config else None, _weights(config), trials.get(side))
        for side, config in {**dict.fromkeys(trials), **released}.items()
    }


def _trial(row: Experiment) -> Trial:
    return Trial(
        experiment=row.pk,
        is_interleaved=row.method == Experiment.Method.INTERLEAVED,
        control=_weights(row.control),
        treatment=_weights(row.treatment),
        share=row.share,
        share_of_treatment=row.share_of_treatment,
        salt=row.salt,
    )


def _weights(config: RankingConfig | None) -> Weights | None:
    """By each part that scores have now: one that an old configuration did not know counts nothing in it. None as shipped."""
    if config is None or is_shipped(config.weights_json):
        return None
    return {name: config.weights_json.get(name, 0.0) for name in shipped_weights()}
