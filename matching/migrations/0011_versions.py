"""Every change of vectors and passages of jobs makes another version of them, and functions tell those of ranked lists."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER matching_jobvector_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matching_jobvector
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('vectors');
CREATE TRIGGER matching_jobpassages_versions AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON matching_jobpassages
  FOR EACH STATEMENT EXECUTE FUNCTION core_note_change('vectors');

-- Of all that a list of jobs is answered with: the CV, whose it is, the list, its lines with their explanations and jobs.
CREATE FUNCTION matching_list_version(list bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT concat_ws(' ', c.id, c.xmin, d.id, d.xmin, p.id, p.xmin, (
             SELECT md5(string_agg(concat_ws(' ', m.id, m.xmin, e.xmin, j.xmin), ',' ORDER BY m.id))
               FROM matching_match m JOIN matching_explanation e ON e.match_id = m.id JOIN jobs_job j ON j.id = m.job_id
              WHERE m.prediction_id = p.id))
      FROM matching_prediction p JOIN ingestion_cv c ON c.id = p.cv_id JOIN ingestion_candidate d ON d.id = c.candidate_id
     WHERE p.id = list AND p.side = 'jobs');
END $$;

-- Of the newest list that is there; while there is none, of the one that is being made, else of the CV alone.
CREATE FUNCTION matching_recommended_version(cv bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  newest bigint := (
    SELECT p.id FROM matching_prediction p WHERE p.cv_id = cv AND p.side = 'jobs'
     ORDER BY p.status = 'completed' DESC, p.created_at DESC, p.id DESC LIMIT 1);
BEGIN
  IF newest IS NOT NULL THEN
    RETURN matching_list_version(newest);
  END IF;
  RETURN (SELECT concat_ws(' ', c.id, c.xmin, d.id, d.xmin)
            FROM ingestion_cv c JOIN ingestion_candidate d ON d.id = c.candidate_id WHERE c.id = cv);
END $$;
"""
DROP = """
DROP FUNCTION matching_recommended_version;
DROP FUNCTION matching_list_version;
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
