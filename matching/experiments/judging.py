"""Judges an experiment by what its users did until now; it only reads."""

from __future__ import annotations

from datetime import datetime

from matching.experiments.counting import tallies_of
from matching.experiments.verdicts import Guard, Judgement, Terms, Verdict, judged
from matching.models import Experiment

__all__ = ["Guard", "Judgement", "Verdict", "judge", "terms_of"]


def judge(experiment: Experiment, *, now: datetime) -> Judgement:
    """What can be said at ``now``; to be asked as often as one likes."""
    return judged(tallies_of(experiment, until=now), terms_of(experiment))


def terms_of(experiment: Experiment) -> Terms:
    return Terms(
        interleaved=experiment.method == Experiment.Method.INTERLEAVED,
        share_of_treatment=experiment.share_of_treatment,
        max_hide_rate_rise=experiment.max_hide_rate_rise,
        max_open_rate_fall=experiment.max_open_rate_fall,
    )
