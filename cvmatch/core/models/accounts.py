"""Users and their API keys."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a key can be allowed; a key never may do more than its user."""

    JOBS_READ = "jobs:read", _("Read jobs")
    JOBS_WRITE = "jobs:write", _("Push, close and open jobs")
    CVS_READ = "cvs:read", _("Read CVs")
    CVS_WRITE = "cvs:write", _("Upload and correct CVs")
    MATCHES_READ = "matches:read", _("Read matches")
    MATCHES_WRITE = "matches:write", _("Ask for matches")
    FEEDBACK_WRITE = "feedback:write", _("Give feedback on matches")
    SEARCHES_WRITE = "searches:write", _("Keep, change and delete saved searches")
    ALERTS_WRITE = "alerts:write", _("See and set up alerts")
    WEBHOOKS_WRITE = "webhooks:write", _("See and set up webhooks")
    OPERATIONS_READ = "operations:read", _("See sources and how the system is doing")
    OPERATIONS_WRITE = "operations:write", _("Run and pause sources, retry failures")


OF_RECRUITERS = {Scope.JOBS_WRITE}
OF_OPERATORS = {Scope.OPERATIONS_READ, Scope.OPERATIONS_WRITE}


class Purpose(models.TextChoices):
    """What a person's data may be used for; each can be refused by itself (``ingestion.consents``)."""

    MATCHING = "matching", _("Matching")
    ALERTS = "alerts", _("Alerts")
    STATISTICS = "statistics", _("Statistics and learning")


class User(AbstractUser):
    """A person or a program; the role decides which pages and endpoints open."""

    class Role(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        RECRUITER = "recruiter", _("Recruiter")
        ADMIN = "admin", _("Admin")
        SERVICE = "service", _("Service")

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CANDIDATE)
    reads_blind = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Hides from this user who the candidates are: names, contacts, schools.",
    )
    refused = models.JSONField(
        default=list,
        db_default=[],
        blank=True,
        editable=False,
        help_text="Purposes that the person does not agree to now; written only by ingestion.consents.",
    )

    def refuses(self, purpose: Purpose) -> bool:
        """Whether the person does not want their data used for this; costs nothing to ask."""
        return purpose.value in self.refused

    @property
    def is_recruiter(self) -> bool:
        """May see all jobs and all candidates: recruiters, admins and other programs."""
        return self.is_superuser or self.role in {self.Role.RECRUITER, self.Role.ADMIN, self.Role.SERVICE}

    @property
    def is_blind(self) -> bool:
        """Whether candidates are numbers to this user; nobody is kept from seeing themselves."""
        return self.reads_blind and self.is_recruiter

    @property
    def is_operator(self) -> bool:
        """May see the operations pages and retry failures."""
        return self.is_superuser or self.role == self.Role.ADMIN

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What a key of this user can be allowed, by role."""
        closed = set() if self.is_recruiter else OF_RECRUITERS
        if not (self.is_operator or self.role == self.Role.SERVICE):
            closed = closed | OF_OPERATORS
        return tuple(scope for scope in Scope if scope not in closed)


# The same as ``is_recruiter``, for queries.
RECRUITING = Q(is_superuser=True) | Q(role__in=[User.Role.RECRUITER, User.Role.ADMIN, User.Role.SERVICE])


class ApiKey(models.Model):
    """A key of one user; only its SHA-256 is kept, since a key has 256 random bits and needs no slow hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters, to tell keys apart.")
    key_hash = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    daily_limit = models.PositiveIntegerField(
        null=True, blank=True, help_text="Requests in 24 hours, over all that it is used for; empty for no such limit."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def is_valid(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > timezone.now())

    def allows(self, scope: Scope) -> bool:
        """Whether the key was made for this; whether its user may do it is another question."""
        return scope in self.scopes
