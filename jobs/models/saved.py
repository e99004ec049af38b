"""Searches for jobs that people keep under a name, and when each person looked at them last."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class SavedSearch(models.Model):
    """What somebody asks for again and again; goes with its owner. A shared one is there for all recruiters."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000, blank=True, help_text="As in an address; written through canonical().")
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name_plural = "saved searches"
        constraints = [models.UniqueConstraint("user", Lower("name"), name="jobs_savedsearch_name")]
        indexes = [models.Index(fields=["name"], name="jobs_savedsearch_shared", condition=models.Q(is_shared=True))]

    def __str__(self) -> str:
        return self.name


class SearchLook(models.Model):
    """When a person opened a saved search last: what came in since is new to them."""

    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    looked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["search", "user"], name="jobs_searchlook_one")]

    def __str__(self) -> str:
        return f"search {self.search_id}, user {self.user_id}"
