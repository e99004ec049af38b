"""Since when each index of vectors is as it is, and how many vectors had left its table by then."""

from __future__ import annotations

from django.db import models


class IndexHealth(models.Model):
    """One index of vectors; ``removed_before`` is where the table's count of removed rows stood when it was built."""

    name = models.CharField(max_length=63, primary_key=True)
    file = models.BigIntegerField(
        help_text="PostgreSQL's number of its file: another one means that it was built anew."
    )
    removed_before = models.BigIntegerField(default=0)
    rebuilt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "index health"

    def __str__(self) -> str:
        return self.name
