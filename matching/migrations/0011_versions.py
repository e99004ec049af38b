"""Every change of vectors and passages of jobs makes another version of them (cvmatch.core.cache.versions)."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER matching_jobvector_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matching_jobvector
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('vectors');
CREATE TRIGGER matching_jobpassages_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matching_jobpassages
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('vectors');
"""
DROP = """
DROP TRIGGER matching_jobvector_versions ON matching_jobvector;
DROP TRIGGER matching_jobpassages_versions ON matching_jobpassages;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("matching", "0010_tallies"),
        ("core", "0007_caches"),
    ]

    operations = [
        migrations.RunSQL(TRIGGERS, DROP),
    ]
