"""What was learned of how an organisation chooses: versioned weights, each judged before it may serve."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobs.identity.names import company_key


def organisation_of(company: str) -> str:
    """Whose choices count for a job: the company's that it is at; empty, and nobody's, where the posting names none."""
    return company_key(company)


class LearnedRankerQuerySet(models.QuerySet["LearnedRanker"]):
    def serving(self) -> Self:
        return self.filter(state=LearnedRanker.State.SERVING)

    def serving_for(self, company: str) -> LearnedRanker | None:
        """What orders the candidates of this company's jobs."""
        organisation = organisation_of(company)
        return self.serving().filter(organisation=organisation).first() if organisation else None


class LearnedRanker(models.Model):
    """One training for one organisation: sums over many choices, and nothing of any single person.

    ::

        candidate ──serve──► serving ──another serves, or roll-back──► retired ──roll-back of the one after it──► serving

    At most one of an organisation serves. Rows are never changed besides their state.
    """

    class State(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        SERVING = "serving", _("Serving")
        RETIRED = "retired", _("Retired")

    organisation = models.CharField(max_length=200, help_text="The company whose jobs it is for, in its plain form.")
    version = models.PositiveIntegerField(help_text="Counted from 1 in each organisation.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.CANDIDATE)
    weights_json = models.JSONField(help_text="Share of each part of the score; they sum to 1.")
    wanted_json = models.JSONField(help_text="The shares that choices alone would give, before the caps.")
    steepness = models.FloatField(help_text="How fast attention falls with position.")
    decisions = models.PositiveIntegerField(help_text="Lines that somebody chose or rejected.")
    lists = models.PositiveIntegerField()
    people = models.PositiveIntegerField(help_text="Who were shown them.")
    judgement_json = models.JSONField(
        help_text="On later lists; written only from matching.learning.judging.Judgement."
    )
    obstacle = models.CharField(max_length=300, blank=True, help_text="Why it may not serve; empty where it may.")
    trained_at = models.DateTimeField(auto_now_add=True)
    served_from = models.DateTimeField(null=True, blank=True)
    # Where a roll-back leads; none leads to the order of the score alone.
    before = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = LearnedRankerQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="matching_ranker_version"),
            models.UniqueConstraint(
                fields=["organisation"], name="matching_ranker_one_serves", condition=Q(state="serving")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.version}"
