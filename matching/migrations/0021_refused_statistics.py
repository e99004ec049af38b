"""Nothing is kept of what anybody does with the CV of somebody who refuses statistics, whichever code writes it."""

from __future__ import annotations

from django.db import migrations

# In the table itself: impressions, opens and decisions are written in many places and in batches, each in one statement that
# knows CVs by number only. Three look-ups by key for each row.
KEEP = """
CREATE FUNCTION matching_interaction_wanted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.cv_id IS NOT NULL AND EXISTS (
    SELECT FROM ingestion_cv c JOIN ingestion_candidate d ON d.id = c.candidate_id JOIN core_user u ON u.id = d.user_id
     WHERE c.id = NEW.cv_id AND u.refused @> '["statistics"]') THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER matching_interaction_wanted BEFORE INSERT ON matching_interaction
  FOR EACH ROW EXECUTE FUNCTION matching_interaction_wanted();
"""
UNDO = """
DROP TRIGGER matching_interaction_wanted ON matching_interaction;
DROP FUNCTION matching_interaction_wanted();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_refused"),
        ("ingestion", "0001_initial"),
        ("matching", "0020_engagement"),
    ]

    operations = [migrations.RunSQL(KEEP, UNDO)]
