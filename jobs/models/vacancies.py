"""Which postings are the same vacancy, and what they are compared by.

Tables of their own: a vacancy that is found or shown elsewhere changes no posting and none of its indexes.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class JobFingerprint(models.Model):
    """What a posting is compared by, made from it as it was at ``made_from``; jobs.identity.Fingerprint as it is stored.

    The keys that others are looked up by are in the table jobs_fingerprintkey (migration 0006), which only SQL reads: it
    has some twenty rows a posting, and a column of ids and its index would double it.
    """

    job = models.OneToOneField("jobs.Job", on_delete=models.CASCADE, primary_key=True, related_name="fingerprint")
    made_from = models.DateTimeField(help_text="The posting's changed_at: another one there, and it is compared again.")
    facts = models.JSONField()
    words = models.BinaryField()
    runs = models.BinaryField()
    standing = models.PositiveSmallIntegerField(help_text="Of several postings the one with the least is shown.")

    def __str__(self) -> str:
        return f"Job {self.job_id}"


class Vacancy(models.Model):
    """One job to be filled that several postings advertise; a vacancy with a single posting has no row."""

    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "vacancies"

    def __str__(self) -> str:
        return f"Vacancy {self.pk}"


class Listing(models.Model):
    """A posting that shares its vacancy with others. One of them is shown, for as long as it is open.

    Which one that is, the database decides whenever the status of one of them changes (jobs_elect in migration 0006).
    """

    job = models.OneToOneField("jobs.Job", on_delete=models.CASCADE, primary_key=True, related_name="listing")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="listings")
    is_shown = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(F("job"), name="jobs_listing_hidden", condition=Q(is_shown=False))]

    def __str__(self) -> str:
        return f"Job {self.job_id} of {self.vacancy_id}"


class DifferentJobs(models.Model):
    """Two postings that people have said are different vacancies; they are never put together again."""

    job = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="+", help_text="The older one.")
    other = models.ForeignKey("jobs.Job", on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "different jobs"
        constraints = [models.UniqueConstraint(fields=["job", "other"], name="jobs_different_once")]

    def __str__(self) -> str:
        return f"{self.job_id} is not {self.other_id}"
