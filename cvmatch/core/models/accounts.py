"""Users and their API keys."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person or a program; the role decides which pages and endpoints open."""

    class Role(models.TextChoices):
        CANDIDATE = "candidate", "Candidate"
        RECRUITER = "recruiter", "Recruiter"
        ADMIN = "admin", "Admin"
        SERVICE = "service", "Service"

    role = models.CharField(max_length=16, choices=Role.choices, default=Role.CANDIDATE)

    @property
    def is_recruiter(self) -> bool:
        """May see all jobs and all candidates: recruiters, admins and other programs."""
        return self.is_superuser or self.role in {self.Role.RECRUITER, self.Role.ADMIN, self.Role.SERVICE}

    @property
    def is_operator(self) -> bool:
        """May see the operations pages and retry failures."""
        return self.is_superuser or self.role == self.Role.ADMIN


class ApiKey(models.Model):
    """A key of one user; only its SHA-256 is kept, since a key has 256 random bits and needs no slow hash."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, help_text="The first characters, to tell keys apart.")
    key_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
