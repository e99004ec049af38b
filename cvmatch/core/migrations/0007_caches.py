"""Which transactions changed what answers are made from, and how often caches had what was asked for."""

from django.db import migrations

# Of each kind of data, the transactions that changed it: the set of those that are seen is its version. Unlike a number that
# all raise, nobody waits for anybody, and unlike one that is raised after the commit, no reader is between the two.
# Where there are many, one transaction stands for all that it sees besides itself: as it was not there before, every set
# after it differs from every one before it.
TABLES = """
CREATE TABLE core_datachange (name text, xid xid8, PRIMARY KEY (name, xid));

CREATE FUNCTION core_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO core_datachange (name, xid) VALUES (TG_ARGV[0], pg_current_xact_id()) ON CONFLICT DO NOTHING;
  IF FOUND AND (SELECT count(*) FROM core_datachange WHERE name = TG_ARGV[0]) > 100 THEN
    DELETE FROM core_datachange WHERE (name, xid) IN (
      SELECT name, xid FROM core_datachange WHERE name = TG_ARGV[0] AND xid <> pg_current_xact_id()
         FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN NULL;
END $$;

CREATE TABLE core_cachecount (
  layer text PRIMARY KEY, hits bigint NOT NULL DEFAULT 0, misses bigint NOT NULL DEFAULT 0
);
"""
DROP = """
DROP TABLE core_cachecount;
DROP FUNCTION core_note_change;
DROP TABLE core_datachange;
"""


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0006_webhooks"),
    ]

    operations = [
        migrations.RunSQL(TABLES, DROP),
    ]
