"""Ways to order lists, the experiments that compare them and what was put into service: three new tables, all small."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_WHO = {
    "blank": True,
    "null": True,
    "on_delete": django.db.models.deletion.SET_NULL,
    "related_name": "+",
    "to": settings.AUTH_USER_MODEL,
}
_SIDES = [("jobs", "Jobs for a CV"), ("cvs", "CVs for a job")]
_LEAST = django.core.validators.MinValueValidator(0.0)
_MOST = django.core.validators.MaxValueValidator(1.0)


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0018_impressions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RankingConfig",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField(help_text="Counted from 1 for each name.")),
                ("weights_json", models.JSONField(help_text="Share of each part of the score; they sum to 1.")),
                ("note", models.CharField(blank=True, help_text="What is hoped of it.", max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.ForeignKey(**_WHO)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("name", "version"), name="matching_rankingconfig_version"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Experiment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("side", models.CharField(choices=_SIDES, max_length=4)),
                ("method", models.CharField(choices=[("split", "A/B: each user sees one order"), ("interleaved", "Interleaved: each user sees both, drafted in turn")], default="split", max_length=12)),
                ("share", models.FloatField(default=1.0, help_text="Of all users, 0 < share ≤ 1; those outside see what is released.", validators=[_LEAST, _MOST])),
                ("share_of_treatment", models.FloatField(default=0.5, help_text="Of the users of an A/B experiment; interleaving gives both orders half of the lines.", validators=[_LEAST, _MOST])),
                ("salt", models.CharField(editable=False, help_text="Makes its assignment independent of all others.", max_length=32)),
                ("state", models.CharField(choices=[("draft", "Draft"), ("running", "Running"), ("stopped", "Stopped"), ("decided", "Decided")], default="draft", max_length=8)),
                ("max_hide_rate_rise", models.FloatField(default=0.25, help_text="Stops when surely more of the shown lines are hidden or rejected than in the control, by more than this share of the control's rate: 0.25 is a quarter more.", validators=[_LEAST])),
                ("max_open_rate_fall", models.FloatField(default=0.1, help_text="Stops when surely fewer of the shown lines are opened than in the control, by more than this share of the control's rate: 0.10 is a tenth less.", validators=[_LEAST, _MOST])),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.CharField(blank=True, max_length=300)),
                ("judgement_json", models.JSONField(blank=True, help_text="The last; written and read only through matching.experiments.judging.Judgement.", null=True)),
                ("judged_at", models.DateTimeField(blank=True, null=True)),
                ("control", models.ForeignKey(blank=True, help_text="None is the order of the stored list, as shipped.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matching.rankingconfig")),
                ("created_by", models.ForeignKey(**_WHO)),
                ("treatment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matching.rankingconfig")),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("state", "running")), fields=("side",), name="matching_experiment_one_runs"),
                    models.CheckConstraint(condition=models.Q(("share__gt", 0), ("share__lte", 1), ("share_of_treatment__gt", 0), ("share_of_treatment__lt", 1)), name="matching_experiment_shares"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RankingRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=_SIDES, max_length=4)),
                ("released_at", models.DateTimeField(auto_now_add=True)),
                ("before", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="matching.rankingrelease")),
                ("config", models.ForeignKey(blank=True, help_text="None is the order of the stored list, as shipped.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="matching.rankingconfig")),
                ("experiment", models.ForeignKey(blank=True, help_text="That it won.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name="releases", to="matching.experiment")),
                ("released_by", models.ForeignKey(**_WHO)),
            ],
            options={
                "ordering": ["-pk"],
                "indexes": [models.Index(fields=["side", "-id"], name="matching_release_newest")],
            },
        ),
    ]
