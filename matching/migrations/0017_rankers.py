"""Rankers learned from choices, and what they re-ordered: new columns that are empty, so that no row is written anew."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0016_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LearnedRanker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.CharField(help_text="The company whose jobs it is for, in its plain form.", max_length=200)),
                ("version", models.PositiveIntegerField(help_text="Counted from 1 in each organisation.")),
                ("state", models.CharField(choices=[("candidate", "Candidate"), ("serving", "Serving"), ("retired", "Retired")], default="candidate", max_length=9)),
                ("weights_json", models.JSONField(help_text="Share of each part of the score; they sum to 1.")),
                ("wanted_json", models.JSONField(help_text="The shares that choices alone would give, before the caps.")),
                ("steepness", models.FloatField(help_text="How fast attention falls with position.")),
                ("decisions", models.PositiveIntegerField(help_text="Lines that somebody chose or rejected.")),
                ("lists", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField(help_text="Who were shown them.")),
                ("judgement_json", models.JSONField(help_text="On later lists; written only from matching.learning.judging.Judgement.")),
                ("obstacle", models.CharField(blank=True, help_text="Why it may not serve; empty where it may.", max_length=300)),
                ("trained_at", models.DateTimeField(auto_now_add=True)),
                ("served_from", models.DateTimeField(blank=True, null=True)),
                ("before", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="matching.learnedranker")),
                ("changed_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "version"), name="matching_ranker_version"),
                    models.UniqueConstraint(condition=models.Q(("state", "serving")), fields=("organisation",), name="matching_ranker_one_serves"),
                ],
            },
        ),
        migrations.AddField(
            model_name="match",
            name="rank_by_score",
            field=models.SmallIntegerField(blank=True, help_text="Its rank by score alone, in a list that was re-ordered.", null=True),
        ),
        migrations.AddField(
            model_name="prediction",
            name="ranker",
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, help_text="What re-ordered the list; none where it stands by score alone.", null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+", to="matching.learnedranker"),
        ),
    ]
