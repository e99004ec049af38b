"""Who opened whose CV: kept for the candidate, who may ask, and for admins."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ingestion.models.cvs import CV, Candidate


class CVView(models.Model):
    """Somebody other than the candidate opened a CV in this hour, in this way; more often in the hour is the same row.

    The name of who it was is kept beside the account, which may go before the CV does.
    """

    class How(models.TextChoices):
        PAGE = "page", _("Page of the CV")
        FILE = "file", _("Original file")
        MATCH = "match", _("Beside a job")
        API = "api", _("Program, by the API")
        EXPORT = "list-export", _("Exported list")
        ADMIN = "admin", _("Admin pages")
        ARCHIVE = "archive", _("Download of everything")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="cv_views", verbose_name="account"
    )
    user_name = models.CharField("who", max_length=150)
    cv = models.ForeignKey(CV, on_delete=models.CASCADE, related_name="views", verbose_name="CV")
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="cv_views")
    how = models.CharField(max_length=12, choices=How.choices)
    hour = models.DateTimeField(help_text="The hour that it was in.")
    at = models.DateTimeField(help_text="First in that hour.")

    class Meta:
        verbose_name = "view of a CV"
        verbose_name_plural = "views of CVs"
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "cv", "how", "hour"], name="ingestion_cvview_once")]
        indexes = [
            models.Index(fields=["candidate", "-at"], name="ingestion_cvview_candidate"),
            models.Index(fields=["at"], name="ingestion_cvview_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_name}, CV {self.cv_id}"
