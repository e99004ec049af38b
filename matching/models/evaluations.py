"""What rankers were measured to be worth, run by run."""

from __future__ import annotations

from django.db import models


class EvaluationRun(models.Model):
    """One ranker measured on one labelled collection; runs of the same moment were made together, on the same rows."""

    run_at = models.DateTimeField(help_text="When the evaluation began; the same for all rankers of it.")
    collection = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, help_text="What the queries and the documents are.")
    ranker = models.CharField(max_length=40)
    queries = models.PositiveIntegerField()
    documents = models.PositiveIntegerField()
    measures_json = models.JSONField(help_text="Means by measure, 0 to 1.")
    by_query_json = models.JSONField(help_text="By measure, then by query id: what the means are of.")
    against_json = models.JSONField(
        default=dict, help_text="By measure: how likely the default ranker's difference is by chance (Holm)."
    )
    model = models.CharField(max_length=60, help_text="Embedding model.")
    config_version = models.CharField(max_length=60, help_text="Weights, vocabulary and parser.")
    commit = models.CharField(max_length=60, blank=True, help_text="Of the code; empty where it is not known.")
    machine = models.CharField(max_length=200)
    duration_s = models.FloatField(help_text="Ranking alone, without reading and embedding.")

    class Meta:
        ordering = ["-run_at", "collection", "ranker"]
        constraints = [
            models.UniqueConstraint(fields=["run_at", "collection", "ranker"], name="matching_evaluationrun_key")
        ]
        indexes = [models.Index(fields=["collection", "-run_at"], name="matching_evaluationrun_by_set")]

    def __str__(self) -> str:
        return f"{self.collection} by {self.ranker}"
