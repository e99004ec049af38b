"""CVs as they came in and as we read them, with their versions per candidate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models, transaction
from django.db.models import Q, Value
from django.utils import timezone

from cvmatch.core.models import Staged, StagedQuerySet, User, WebhookEvent
from cvmatch.core.models.accounts import RECRUITING
from cvmatch.core.webhooks import tell
from ingestion.changes import ADD, CHANGE, REMOVE, Anchor, Change
from ingestion.values import ParsedCV, Resume
from jobs.skills import SkillMention, in_use


def skills_to_json(mentions: Sequence[SkillMention]) -> list[dict[str, Any]]:
    """Every mention of every skill in reading order, in the form of the column ``CV.skills_json``."""
    return [asdict(mention) for mention in sorted(mentions, key=lambda mention: (mention.start, -mention.end))]


def kept_until() -> datetime:
    """Until when a person is kept from whom nothing more is heard."""
    return timezone.now() + timedelta(days=settings.CANDIDATE_DAYS)


class Candidate(models.Model):
    """A person whose CVs we hold; ``user`` is set when they have an account here.

    ``kept_until`` is the end of the time that they are kept, which begins anew with each upload and each time they say so
    (``ingestion.clock``); null in rows from before there was a clock, until the stage has looked at them.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="candidate"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    desired_pay = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True, help_text="Per year.")
    desired_currency = models.CharField(max_length=3, blank=True)
    kept_until = models.DateTimeField(null=True, blank=True, default=kept_until)
    reminded_at = models.DateTimeField(
        null=True, blank=True, help_text="When they were told that their time is nearly over."
    )
    is_withheld = models.BooleanField(
        default=False, db_default=False, help_text="They do not agree to matching: recruiters do not see their CV."
    )

    def __str__(self) -> str:
        return f"Candidate {self.pk}"


def upload_path(cv: CV, filename: str) -> str:
    """Stored under the hash of the bytes: the person's own file name never becomes a path.

    Each upload has a place of its own, so that none can take the file of another with it when it goes.
    """
    return f"cvs/{cv.sha256[:2]}/{cv.sha256}-{uuid4().hex}"


class CVQuerySet(StagedQuerySet["CV"]):
    def current(self) -> Self:
        """The version of each candidate that is matched, of those that are kept."""
        return self.kept().filter(is_latest=True)

    def kept(self) -> Self:
        """All but those that somebody only wants to be matched once: no list, page or search shows these."""
        return self.filter(expires_at=None)

    def parsed(self) -> Self:
        """Those that have been read; a reading stays in use while its file is being read again."""
        return self.exclude(content_hash="")

    def visible_to(self, user: Any) -> Self:
        """Recruiters see every CV that is kept and not withheld; all people the CVs of their own candidate."""
        own = Q(candidate__user=user)
        return self.kept().filter(own | Q(candidate__is_withheld=False) if user.is_recruiter else own)


class CV(Staged):
    """One version of a candidate's CV; its own stage is parsing (see :class:`Staged` for the states)."""

    stages: ClassVar[tuple[str, ...]] = ("parse_cvs",)

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="cvs")
    version = models.PositiveIntegerField()
    is_latest = models.BooleanField(default=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Came only to be matched once and is erased then; empty where it is kept."
    )

    file = models.FileField(upload_to=upload_path, max_length=200)
    filename = models.CharField(max_length=200)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    format = models.CharField(
        max_length=12, blank=True, help_text="By content; scan where letters had to be recognised."
    )

    name = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True, help_text="The text that every span points into.")
    matched_text = models.TextField(
        blank=True,
        help_text="The same text with the person and corrected words hidden, then what was added; all that matching sees.",
    )
    parsed_json = models.JSONField(
        default=dict, help_text="What was read with the corrections in it; written and read only through ParsedCV."
    )
    read_json = models.JSONField(
        default=dict, blank=True, help_text="What the parser read; empty while nothing in it is corrected."
    )
    parser_version = models.CharField(max_length=20, blank=True, help_text="Of the parser that read it last.")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When it was last read or corrected.")
    skills_json = models.JSONField(default=list, help_text="Written and read only through skills_to_json.")
    completeness = models.FloatField(null=True, blank=True, help_text="Share of the expected facts found, 0 to 1.")
    findings = models.JSONField(default=list, blank=True)
    quality = models.JSONField(
        default=dict,
        blank=True,
        help_text="Of what the parser read, without corrections; written only through Quality.",
    )
    content_hash = models.CharField(max_length=64, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("matched_text", config=Value("english")),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = CVQuerySet.as_manager()

    class Meta:
        verbose_name = "CV"
        constraints = [
            models.UniqueConstraint(fields=["candidate", "version"], name="ingestion_cv_version"),
            models.UniqueConstraint(fields=["candidate"], name="ingestion_cv_one_latest", condition=Q(is_latest=True)),
        ]
        indexes = [
            *Staged.stage_indexes("ingestion_cv"),
            GinIndex(fields=["search"], name="ingestion_cv_search"),
            models.Index(fields=["-uploaded_at"], name="ingestion_cv_newest"),
            models.Index(fields=["-finished_at"], name="ingestion_cv_finished"),
            models.Index(fields=["expires_at"], name="ingestion_cv_expiring", condition=Q(expires_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.name or self.filename

    @property
    def parsed(self) -> ParsedCV:
        """What holds of the person: what was read, with what people corrected in it."""
        return ParsedCV.from_json(self.parsed_json)

    @property
    def read(self) -> ParsedCV:
        """What the parser read."""
        return ParsedCV.from_json(self.read_json or self.parsed_json)

    @property
    def is_read(self) -> bool:
        """Whether there is a reading, though its file may be waiting to be read again or have failed to be."""
        return bool(self.content_hash)

    @property
    def skill_mentions(self) -> tuple[SkillMention, ...]:
        """Every place that names a skill or language, in reading order; of skills merged since, under the name they have now."""
        return tuple(in_use(SkillMention(**row)) for row in self.skills_json)

    @property
    def skills(self) -> tuple[SkillMention, ...]:
        """Each skill and language once, where it is named first."""
        first = {mention.skill_id: mention for mention in reversed(self.skill_mentions)}
        return tuple(sorted(first.values(), key=lambda mention: mention.start))

    @transaction.atomic
    def park(self, error: str, *, permanent: bool, wait_s: float = 0.0) -> bool:
        """As any row; webhooks are told of a file that nobody tries to read again."""
        held = super().park(error, permanent=permanent, wait_s=wait_s)
        if held and not self.is_read and (permanent or self.attempts >= self.most_attempts):
            self.tell(WebhookEvent.CV_FAILED)
        return held

    def tell(self, event: WebhookEvent) -> None:
        """Tell the webhooks of the candidate and of whoever uploaded it; nobody of one that came only to be matched."""
        if self.expires_at is not None:
            return
        owner = Q(pk__in=Candidate.objects.filter(pk=self.candidate_id).values("user"))
        people = User.objects.filter(owner | (RECRUITING & Q(pk=self.uploaded_by_id)))
        address = f"/api/v1/cvs/{self.pk}{'' if event == WebhookEvent.CV_READ else '/status'}"
        tell(event, to=people, data=lambda _: {"cv_id": self.pk, "address": address})


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def active(self) -> Self:
        return self.filter(undone_at=None)


class Correction(models.Model):
    """One thing that a person says is otherwise than it was read. The parse itself is kept as it is.

    How corrections and a parse, the first or any later one, become what holds (``ingestion.corrections`` computes it):

    - They are applied in the order of their ids, so that of two for the same field the later holds. An undone one is
      kept with who undid it and is not applied; what was corrected before it holds again.
    - ``anchor_json`` says which entry is meant: by a key made of what was read in it. In a later parse it is the entry of
      the same key, else the one that is most like it, by name in sections whose entries have one, by half of all its
      words in others; an entry serves one anchor only, the surest first. Texts in lists are found the same way.
    - Where an entry or a text is not found any more, a change of it brings it back as it was with the change in it; a
      removal has nothing to do. Removed skills and languages never count, wherever the text may name them.
    - An added entry that a later parse reads itself becomes one with it, and the values of the person hold.
    - Undoing the addition of an entry takes away what was changed in it too.
    - A new upload is a new document: it begins without corrections.
    """

    class Kind(models.TextChoices):
        CHANGE = CHANGE, "Changed"
        REMOVE = REMOVE, "Removed"
        ADD = ADD, "Added"

    cv = models.ForeignKey(CV, on_delete=models.CASCADE, related_name="corrections", verbose_name="CV")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    section = models.CharField(max_length=20)
    field = models.CharField(max_length=30, blank=True, help_text="Empty for an entry as a whole.")
    anchor_json = models.JSONField(default=dict, help_text="Written and read only through Anchor.")
    was_json = models.JSONField(default=str, help_text="What stood there before: a text, or the fields of an entry.")
    value_json = models.JSONField(default=str, help_text="What holds instead: a text, or the fields of an added entry.")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="corrections_made"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="corrections_undone"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.section}{f' {self.field}' if self.field else ''}"

    @property
    def change(self) -> Change:
        anchor = Anchor.from_json(self.anchor_json)
        return Change(self.pk, self.kind, self.section, self.field, anchor, self.value_json)

    @property
    def path(self) -> str:
        """Where it holds: the address by keys, as ``work[e3f1c2a94b].position``; what is added has a key of its own."""
        anchor, added = self.change.anchor, f"a{self.pk}" if self.kind == ADD else ""
        entry, item = (anchor.entry, anchor.item or added) if self.field else (anchor.entry or added, "")
        place = f"{self.section}[{entry}]" if entry else self.section
        place += f".{self.field}" if self.field else ""
        return f"{place}[{item}]" if item else place


class Confirmation(models.Model):
    """Somebody has looked at all that holds of a CV and says that it is right: truth to measure the parser by.

    It keeps what was confirmed, since a later parser may read other things; a correction after it takes it away.
    """

    cv = models.OneToOneField(CV, on_delete=models.CASCADE, related_name="confirmation", verbose_name="CV")
    resume_json = models.JSONField(help_text="What was confirmed; written and read only through ParsedCV.")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"CV {self.cv_id}"

    @property
    def resume(self) -> Resume:
        return ParsedCV.from_json(self.resume_json).resume
