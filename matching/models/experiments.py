"""Ways to order lists as versioned weights, the experiments that compare them, and the ledger of what was put into service."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cvmatch.core.errors import Conflict
from matching.models.predictions import Prediction

_FIXED = "A ranking configuration is never changed or deleted: lists were shown by it. Add a new version of it."


def _who() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class FixedQuerySet(models.QuerySet["RankingConfig"]):
    def update(self, **kwargs: Any) -> int:
        raise Conflict(_FIXED)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Conflict(_FIXED)


class RankingConfig(models.Model):
    """Shares of the parts of the score by which the lines of a list are ordered when somebody looks; scores stay.

    Rows are never changed: another weight is another version. Written only by ``matching.experiments.configs``.
    """

    name = models.CharField(max_length=60)
    version = models.PositiveIntegerField(help_text="Counted from 1 for each name.")
    weights_json = models.JSONField(help_text="Share of each part of the score; they sum to 1.")
    note = models.CharField(max_length=300, blank=True, help_text="What is hoped of it.")
    created_by = _who()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FixedQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="matching_rankingconfig_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises Conflict for a row that is stored already."""
        if not self._state.adding:
            raise Conflict(_FIXED)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Conflict(_FIXED)


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def running(self) -> Self:
        return self.filter(state=Experiment.State.RUNNING)


class Experiment(models.Model):
    """Two ways to order the lists of one side, and who is shown which: a pure function of the salt and the user.

    ::

        draft ──start──► running ──stop, a guard rail, wrong numbers of users──► stopped
                            └──release──► decided

    At most one of a side runs. What was shown says which arm showed it (``variant``): ``"{id}:control"`` or
    ``"{id}:treatment"``.
    """

    class Method(models.TextChoices):
        SPLIT = "split", _("A/B: each user sees one order")
        INTERLEAVED = "interleaved", _("Interleaved: each user sees both, drafted in turn")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        DECIDED = "decided", _("Decided")

    class Arm(models.TextChoices):
        CONTROL = "control", _("Control")
        TREATMENT = "treatment", _("Treatment")

    name = models.CharField(max_length=80, unique=True)
    side = models.CharField(max_length=4, choices=Prediction.Side.choices)
    method = models.CharField(max_length=12, choices=Method.choices, default=Method.SPLIT)
    control = models.ForeignKey(
        RankingConfig, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text="None is the order of the stored list, as shipped.",
    )  # fmt: skip
    treatment = models.ForeignKey(RankingConfig, on_delete=models.PROTECT, related_name="+")
    share = models.FloatField(
        default=1.0,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="Of all users, 0 < share ≤ 1; those outside see what is released.",
    )
    share_of_treatment = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="Of the users of an A/B experiment; interleaving gives both orders half of the lines.",
    )
    salt = models.CharField(max_length=32, editable=False, help_text="Makes its assignment independent of all others.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    max_hide_rate_rise = models.FloatField(
        default=0.25,
        validators=[MinValueValidator(0.0)],
        help_text="Stops when surely more of the shown lines are hidden or rejected than in the control, by more than this "
        "share of the control's rate: 0.25 is a quarter more.",
    )
    max_open_rate_fall = models.FloatField(
        default=0.10,
        validators=[MinValueValidator(0.0), MaxValueValidator(1.0)],
        help_text="Stops when surely fewer of the shown lines are opened than in the control, by more than this share of the "
        "control's rate: 0.10 is a tenth less.",
    )
    created_by = _who()
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)
    judgement_json = models.JSONField(
        null=True,
        blank=True,
        help_text="The last; written and read only through matching.experiments.judging.Judgement.",
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["side"], name="matching_experiment_one_runs", condition=Q(state="running")),
            models.CheckConstraint(
                name="matching_experiment_shares",
                condition=Q(share__gt=0, share__lte=1, share_of_treatment__gt=0, share_of_treatment__lt=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def variant(self, arm: str) -> str:
        """The tag of a line that this arm put where it was shown."""
        return f"{self.pk}:{arm}"


class RankingReleaseQuerySet(models.QuerySet["RankingRelease"]):
    def of(self, side: str) -> Self:
        """Newest first."""
        return self.filter(side=side).order_by("-pk")


class RankingRelease(models.Model):
    """One line of the ledger of what orders the lists of a side: the newest serves. Rows are only added.

    ``before`` is where a roll-back leads; a roll-back is a row of its own, so that the next one goes a step further back.
    """

    side = models.CharField(max_length=4, choices=Prediction.Side.choices)
    config = models.ForeignKey(
        RankingConfig, null=True, blank=True, on_delete=models.PROTECT, related_name="releases",
        help_text="None is the order of the stored list, as shipped.",
    )  # fmt: skip
    experiment = models.ForeignKey(
        Experiment, null=True, blank=True, on_delete=models.PROTECT, related_name="releases", help_text="That it won."
    )
    before = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(auto_now_add=True)
    released_by = _who()

    objects = RankingReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["side", "-id"], name="matching_release_newest")]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.config or 'as shipped'}"
