"""Consents, the ledger of erasures, and the time that people are kept."""

import uuid

import django.db.models.deletion
import ingestion.models.cvs
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ingestion", "0007_cv_views"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="candidate",
            name="kept_until",
            field=models.DateTimeField(blank=True, default=ingestion.models.cvs.kept_until, null=True),
        ),
        migrations.AddField(
            model_name="candidate",
            name="reminded_at",
            field=models.DateTimeField(
                blank=True, help_text="When they were told that their time is nearly over.", null=True
            ),
        ),
        migrations.AddField(
            model_name="candidate",
            name="is_withheld",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="They do not agree to matching: recruiters do not see their CV.",
            ),
        ),
        migrations.AlterField(
            model_name="cvview",
            name="how",
            field=models.CharField(
                choices=[
                    ("page", "Page of the CV"),
                    ("file", "Original file"),
                    ("match", "Beside a job"),
                    ("api", "Program, by the API"),
                    ("list-export", "Exported list"),
                    ("admin", "Admin pages"),
                    ("archive", "Download of everything"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("matching", "Matching"),
                            ("alerts", "Alerts"),
                            ("statistics", "Statistics and learning"),
                        ],
                        max_length=12,
                    ),
                ),
                ("is_given", models.BooleanField(help_text="False where it was refused or taken back.")),
                (
                    "text_version",
                    models.CharField(help_text="Of the words that they had before them.", max_length=12),
                ),
                (
                    "how",
                    models.CharField(help_text="Where they said so: page, api, or upload of a CV.", max_length=12),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["user", "purpose", "-id"], name="ingestion_consent_newest")],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("cv", "CV"), ("candidate", "Candidate"), ("user", "Account")], max_length=12
                    ),
                ),
                ("row_id", models.BigIntegerField()),
                ("mark", models.CharField(max_length=64)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "file",
                    models.CharField(blank=True, help_text="Stored file that is still to be removed.", max_length=200),
                ),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)), fields=["at"], name="ingestion_erasure_open"
                    )
                ],
            },
        ),
    ]
