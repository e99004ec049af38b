"""Every change of jobs makes another version of them (cvmatch.core.cache.versions)."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER jobs_job_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON jobs_job
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('jobs');
CREATE TRIGGER jobs_listing_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON jobs_listing
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('jobs');
"""
DROP = """
DROP TRIGGER jobs_job_versions ON jobs_job;
DROP TRIGGER jobs_listing_versions ON jobs_listing;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("jobs", "0008_saved_searches"),
        ("core", "0007_caches"),
    ]

    operations = [
        migrations.RunSQL(TRIGGERS, DROP),
    ]
