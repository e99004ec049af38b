"""Tables of back-fills: what is on its way, and what came of each CV or job until it is switched to or thrown away."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ingestion", "0007_cv_views"),
        ("jobs", "0010_versions"),
        ("matching", "0014_tailoring"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Backfill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("parse", "CVs: read files again"),
                            ("read", "Jobs: read what they ask for again"),
                            ("embed", "CVs and jobs: vectors of another model"),
                            ("match", "CVs: make their lists again"),
                        ],
                        max_length=8,
                    ),
                ),
                ("from_version", models.CharField(blank=True, max_length=60)),
                ("to_version", models.CharField(max_length=60)),
                (
                    "everything",
                    models.BooleanField(default=False, help_text="Also rows that are of that version already."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("ready", "Ready"),
                            ("switching", "Switching"),
                            ("switched", "Switched"),
                            ("rolling back", "Rolling back"),
                            ("rolled back", "Rolled back"),
                            ("cleaned", "Cleaned"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=12,
                    ),
                ),
                ("rate", models.PositiveIntegerField(help_text="Most rows in a minute.")),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                (
                    "differing",
                    models.PositiveIntegerField(default=0, help_text="Rows of which something would be otherwise."),
                ),
                (
                    "cursors",
                    models.JSONField(default=dict, help_text="By side, cv or job: the last row that is through."),
                ),
                (
                    "switch_cursor",
                    models.BigIntegerField(default=0, help_text="The last item that was switched, or put back."),
                ),
                ("switched", models.PositiveIntegerField(default=0)),
                (
                    "next_at",
                    models.DateTimeField(blank=True, help_text="Not before: so many rows a minute.", null=True),
                ),
                (
                    "held_until",
                    models.DateTimeField(blank=True, help_text="A worker is at it until then, or has died.", null=True),
                ),
                ("summary_json", models.JSONField(default=dict, help_text="Written and read only through Summary.")),
                ("error", models.CharField(blank=True, max_length=300)),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("ready_at", models.DateTimeField(blank=True, null=True)),
                ("switched_at", models.DateTimeField(blank=True, null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="BackfillItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("made", "Made"),
                            ("failed", "Failed"),
                            ("switched", "Switched"),
                            ("left", "Left as it was: it changed meanwhile"),
                            ("rolled back", "Rolled back"),
                        ],
                        default="made",
                        max_length=12,
                    ),
                ),
                (
                    "made_of",
                    models.CharField(blank=True, help_text="The content hash of the CV or job.", max_length=64),
                ),
                ("differs", models.PositiveIntegerField(default=0, help_text="How much would be otherwise.")),
                ("new_json", models.JSONField(default=dict)),
                ("new_vectors", models.BinaryField(default=b"")),
                ("old_json", models.JSONField(default=dict)),
                ("old_vectors", models.BinaryField(default=b"")),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "backfill",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="matching.backfill"
                    ),
                ),
                (
                    "cv",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="ingestion.cv"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="jobs.job"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="backfill",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["running", "paused", "ready", "switching", "rolling back"])),
                fields=("what",),
                name="matching_backfill_one_open",
            ),
        ),
        migrations.AddIndex(
            model_name="backfillitem",
            index=models.Index(fields=["backfill", "-differs"], name="matching_backfillitem_most"),
        ),
        migrations.AddConstraint(
            model_name="backfillitem",
            constraint=models.UniqueConstraint(fields=("backfill", "cv"), name="matching_backfillitem_cv"),
        ),
        migrations.AddConstraint(
            model_name="backfillitem",
            constraint=models.UniqueConstraint(fields=("backfill", "job"), name="matching_backfillitem_job"),
        ),
    ]
