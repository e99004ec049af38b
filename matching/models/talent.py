"""What of our jobs is at Google Cloud Talent Solution, and what has to be told to it next."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, Q
from django.db.models.functions import Now

from cvmatch.core.models import Staged, StagedQuerySet, Status
from jobs.models import Job


class TalentPostingQuerySet(StagedQuerySet["TalentPosting"]):
    # Where the service takes only so many, the newest come first, of one day those that say most.
    claim_order = ("-listed_on", "-quality", "pk")

    def claimable(self) -> Self:
        """Nothing while any row waits for a moment to come: what the service refused to one it would refuse to the next."""
        return super().claimable().exclude(Exists(self.model._base_manager.filter(_HELD)))

    def held(self) -> Self:
        return self.filter(_HELD)

    def wanted(self) -> Self:
        return self.filter(wanted=True)

    def leaving(self) -> Self:
        return self.filter(wanted=False)


class TalentPosting(Staged):
    """One job at the service (see :class:`Staged`): pending when it has to be told something.

    ::

        job opens or changes ──► wanted, pending ──created or updated──► completed ──25 days──► pending (renewed)
        job closes or is gone ─► not wanted, pending ──deleted──► no row
        the service takes no more ──► pending, ``queued_until`` the next day; nobody is sent before then

    The row outlives its job, which therefore is no foreign key in the database.
    """

    stages: ClassVar[tuple[str, ...]] = ("sync_talent",)

    requisition_id = models.CharField(max_length=255, unique=True, help_text="Source and id there: ours for the job.")
    job = models.ForeignKey(Job, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    wanted = models.BooleanField(default=True, help_text="Off: it is to be deleted there.")
    content_hash = models.CharField(max_length=64, help_text="Of what it is to say there.")
    listed_on = models.DateField(help_text="With the quality, the order in which jobs are sent.")
    quality = models.PositiveSmallIntegerField(default=0, help_text="How much of what people look for it says.")
    name = models.CharField(max_length=200, blank=True, help_text="What the service calls it; empty until it is there.")
    company_id = models.CharField(max_length=255, blank=True, help_text="Under which company it stands there.")
    placed_at = models.DateTimeField(null=True, blank=True, help_text="When the service last took it.")
    queued_until = models.DateTimeField(null=True, blank=True, help_text="Not sent before.")

    objects = TalentPostingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["-listed_on", "-quality", "id"],
                name="matching_talent_claimable",
                condition=Q(status__in=[Status.PENDING, Status.PROCESSING]),
            ),
            models.Index(fields=["retry_at"], name="matching_talent_failed", condition=Q(status=Status.FAILED)),
            models.Index(fields=["queued_until"], name="matching_talent_held", condition=Q(status=Status.PENDING)),
            models.Index(fields=["company_id"], name="matching_talent_by_company"),
        ]

    def __str__(self) -> str:
        return self.requisition_id


_HELD = Q(status=Status.PENDING, queued_until__gt=Now())


class TalentCompany(models.Model):
    """A company at the service, under which jobs stand there."""

    external_id = models.CharField(max_length=255, unique=True, help_text="Ours for it: its name without case.")
    name = models.CharField(max_length=200, help_text="What the service calls it.")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "talent companies"

    def __str__(self) -> str:
        return self.external_id
