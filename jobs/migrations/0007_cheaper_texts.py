"""Large texts are stored with less work: half of the database's time of an import went into compressing them."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0006_identity")]

    operations = [
        # Payloads are for debugging and seldom read: they stay in their row, compressed only where they would not fit.
        migrations.RunSQL(
            "ALTER TABLE jobs_payload SET (toast_tuple_target = 8160)",
            "ALTER TABLE jobs_payload RESET (toast_tuple_target)",
        ),
        # Only the page of a posting reads its HTML; out of the row it also leaves more postings on a page of the table.
        migrations.RunSQL(
            "ALTER TABLE jobs_job ALTER COLUMN description_html SET STORAGE EXTERNAL",
            "ALTER TABLE jobs_job ALTER COLUMN description_html SET STORAGE EXTENDED",
        ),
    ]
