"""What recruiters decide about a candidate for a job, with every step kept, and what they note about people."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ingestion.models import Candidate
from jobs.models import Job


class Stage(models.TextChoices):
    """How far a candidate has come for a job; ``new`` is nobody's decision yet."""

    NEW = "new", _("Undecided")
    SHORTLISTED = "shortlisted", _("Shortlisted")
    CONTACTED = "contacted", _("Contacted")
    INTERVIEW = "interview", _("Interview")
    OFFER = "offer", _("Offer")
    HIRED = "hired", _("Hired")
    REJECTED = "rejected", _("Rejected")


class Reason(models.TextChoices):
    """Why somebody decided so, in words that speak of the fit and never of the person."""

    MUST_HAVE = "must_have", _("A must-have was not found")
    EXPERIENCE = "experience", _("Experience does not suit")
    PLACE = "place", _("Place does not suit")
    PAY = "pay", _("Pay does not suit")
    LATER = "later", _("Not available in time")
    WITHDREW = "withdrew", _("The candidate withdrew")
    FILLED = "filled", _("The job was filled")
    OTHER = "other", _("Another reason")


class Outcome(models.Model):
    """What a decision says: a stage, and why."""

    stage = models.CharField(max_length=12, choices=Stage.choices, default=Stage.NEW)
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    comment = models.CharField(max_length=500, blank=True, help_text="The reason in the recruiter's own words.")

    class Meta:
        abstract = True

    @property
    def outcome(self) -> tuple[str, str, str]:
        return self.stage, self.reason, self.comment


class Decision(Outcome):
    """What holds of a candidate for a job now: of two recruiters the one who decided last.

    It is made with the first event and says what the last one says; undoing all of them leaves it at ``new``.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="decisions")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="decisions")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "candidate"], name="matching_decision_key")]

    def __str__(self) -> str:
        return f"candidate {self.candidate_id} · job {self.job_id}: {self.get_stage_display()}"


class DecisionEvent(Outcome):
    """One step of a decision, never changed. Those of one click share their ``batch``, by which they are undone together."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="events")
    batch = models.UUIDField(help_text="The same for all that was decided at once.")
    undoes = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="undone_by",
        help_text="The step it takes back.",
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["batch"], name="matching_decisionevent_batch")]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} at {self.made_at:%d %b %Y, %H:%M}"


class Note(models.Model):
    """What a recruiter wrote down about a candidate for a job; every recruiter can read it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="notes")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(max_length=2000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["job", "candidate"], name="matching_note_pair")]

    def __str__(self) -> str:
        return f"candidate {self.candidate_id} · job {self.job_id}"


class Tag(models.Model):
    """A word that recruiters sort candidates by, whatever the job; the same word in other case is the same tag."""

    name = models.CharField(max_length=40)
    candidates = models.ManyToManyField(Candidate, through="CandidateTag", related_name="tags")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="matching_tag_name")]

    def __str__(self) -> str:
        return self.name


class CandidateTag(models.Model):
    """A tag on a candidate."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="candidate_tags")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "tag"], name="matching_candidatetag_key")]

    def __str__(self) -> str:
        return f"candidate {self.candidate_id}: {self.tag_id}"
