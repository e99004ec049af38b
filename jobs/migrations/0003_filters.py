"""Columns and indexes to filter jobs by, filled for the rows that are there."""

from __future__ import annotations

import datetime

import django.db.models.functions.comparison
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from cvmatch.core.places import fold, locate
from jobs.values import employment_type


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One update a town and a spelling, however many rows have it."""
    jobs = apps.get_model("jobs", "Job").objects.order_by()
    for city, country in jobs.exclude(city="").values_list("city", "country").distinct():
        here = jobs.filter(city=city, country=country)
        here.update(city_key=fold(city)[:120])
        town = locate(city, country)
        if town is not None:
            here.filter(latitude=None).update(latitude=town.latitude, longitude=town.longitude)
    for spelling in list(jobs.exclude(employment_type="").values_list("employment_type", flat=True).distinct()):
        jobs.filter(employment_type=spelling).update(employment_type=employment_type(spelling))


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_taxonomy")]

    operations = [
        migrations.RemoveIndex(model_name="job", name="jobs_job_newest"),
        migrations.RemoveIndex(model_name="job", name="jobs_job_place"),
        migrations.AddField(
            model_name="job",
            name="city_key",
            field=models.CharField(blank=True, db_default="", help_text="Without case and accents.", max_length=120),
        ),
        migrations.AddField(
            model_name="job",
            name="listed_at",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.comparison.Coalesce(
                    "posted_at", models.Value(datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC))
                ),
                help_text="When it was posted, and never empty: pages of a list follow each other by one comparison of rows.",
                output_field=models.DateTimeField(),
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                models.OrderBy(models.F("listed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("status", "active")),
                name="jobs_job_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status", "active")),
                fields=["country", "city_key"],
                include=(
                    "id",
                    "city",
                    "level",
                    "employment_type",
                    "remote",
                    "source",
                    "salary_currency",
                    "salary_year_min",
                    "salary_year_max",
                    "listed_at",
                    "latitude",
                    "longitude",
                ),
                name="jobs_job_filters",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("status", "active")), fields=["latitude", "longitude"], name="jobs_job_around"
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                models.F("salary_currency"),
                django.db.models.functions.comparison.Coalesce("salary_year_max", "salary_year_min"),
                condition=models.Q(("status", "active")),
                name="jobs_job_pay",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("remote", True), ("status", "active")), fields=["id"], name="jobs_job_remote"
            ),
        ),
        # A town lies in one country: without this the planner takes the two for independent and expects too few rows.
        migrations.RunSQL(
            "CREATE STATISTICS jobs_job_places (dependencies, mcv) ON country, city_key FROM jobs_job",
            "DROP STATISTICS jobs_job_places",
        ),
        # Without this it takes any bound on pay to keep a third of all jobs.
        migrations.RunSQL(
            "CREATE STATISTICS jobs_job_pays ON (coalesce(salary_year_max, salary_year_min)) FROM jobs_job",
            "DROP STATISTICS jobs_job_pays",
        ),
    ]
