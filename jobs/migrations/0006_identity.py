"""Which postings are the same vacancy: fingerprints, vacancies, and which posting of each is shown."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BY_THE_DATABASE = """
CREATE FUNCTION jobs_elect(number bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE jobs_listing l SET is_shown = (l.job_id = best.job_id)
    FROM (SELECT m.job_id FROM jobs_listing m JOIN jobs_job j ON j.id = m.job_id
            LEFT JOIN jobs_jobfingerprint f ON f.job_id = m.job_id
           WHERE m.vacancy_id = number
           ORDER BY j.status <> 'active', f.standing NULLS LAST, m.job_id LIMIT 1) best
   WHERE l.vacancy_id = number AND l.is_shown <> (l.job_id = best.job_id)
$$;

CREATE FUNCTION jobs_elect_after_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM jobs_elect(vacancy_id) FROM jobs_listing WHERE job_id = NEW.id;
  RETURN NULL;
END $$;

CREATE FUNCTION jobs_elect_after_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM jobs_elect(OLD.vacancy_id);
  RETURN NULL;
END $$;

CREATE TABLE jobs_fingerprintkey (key bigint, job_id bigint, PRIMARY KEY (key, job_id));
CREATE INDEX jobs_fingerprintkey_job ON jobs_fingerprintkey (job_id);

CREATE FUNCTION jobs_forget_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM jobs_fingerprintkey WHERE job_id = OLD.job_id;
  RETURN NULL;
END $$;

CREATE TRIGGER jobs_fingerprint_gone AFTER DELETE ON jobs_jobfingerprint
  FOR EACH ROW EXECUTE FUNCTION jobs_forget_keys();
CREATE TRIGGER jobs_job_status_changed AFTER UPDATE OF status ON jobs_job
  FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION jobs_elect_after_status();
CREATE TRIGGER jobs_listing_gone AFTER DELETE ON jobs_listing
  FOR EACH ROW WHEN (OLD.is_shown) EXECUTE FUNCTION jobs_elect_after_delete();
"""
DROP = """
DROP TRIGGER jobs_fingerprint_gone ON jobs_jobfingerprint;
DROP FUNCTION jobs_forget_keys;
DROP TABLE jobs_fingerprintkey;
DROP TRIGGER jobs_listing_gone ON jobs_listing;
DROP TRIGGER jobs_job_status_changed ON jobs_job;
DROP FUNCTION jobs_elect_after_delete;
DROP FUNCTION jobs_elect_after_status;
DROP FUNCTION jobs_elect;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("jobs", "0005_sightings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("group_key", ""), _negated=True), fields=["source", "group_key"], name="jobs_job_places"
            ),
        ),
        migrations.CreateModel(
            name="JobFingerprint",
            fields=[
                ("job", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="fingerprint", serialize=False, to="jobs.job")),
                ("made_from", models.DateTimeField(help_text="The posting's changed_at: another one there, and it is compared again.")),
                ("facts", models.JSONField()),
                ("words", models.BinaryField()),
                ("runs", models.BinaryField()),
                ("standing", models.PositiveSmallIntegerField(help_text="Of several postings the one with the least is shown.")),
            ],
        ),
        migrations.CreateModel(
            name="Vacancy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("found_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={"verbose_name_plural": "vacancies"},
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("job", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="listing", serialize=False, to="jobs.job")),
                ("is_shown", models.BooleanField(default=False)),
                ("vacancy", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="listings", to="jobs.vacancy")),
            ],
            options={
                "indexes": [models.Index(models.F("job"), condition=models.Q(("is_shown", False)), name="jobs_listing_hidden")],
            },
        ),
        migrations.CreateModel(
            name="DifferentJobs",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("job", models.ForeignKey(help_text="The older one.", on_delete=django.db.models.deletion.CASCADE, related_name="+", to="jobs.job")),
                ("made_by", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="jobs.job")),
            ],
            options={
                "verbose_name_plural": "different jobs",
                "constraints": [models.UniqueConstraint(fields=("job", "other"), name="jobs_different_once")],
            },
        ),
        migrations.RunSQL(BY_THE_DATABASE, DROP),
    ]
