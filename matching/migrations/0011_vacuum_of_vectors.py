"""Vectors that are dead cost every search, so their tables are vacuumed earlier and analysed more often than others."""

from __future__ import annotations

from django.db import migrations

# A graph still leads through dead vectors until a vacuum takes them out, and each of them is read and thrown away. At the
# default of a fifth, 200,000 of a million would lie about. Cleaning a graph reads all of it, so not much more often either;
# and with the default pauses (cost 200) that takes hours.
TABLES = ("matching_jobvector", "matching_cvvector")
SETTINGS = {
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
}
FORWARD = [
    f"ALTER TABLE {table} SET ({', '.join(f'{name} = {value}' for name, value in SETTINGS.items())})" for table in TABLES
]
BACKWARD = [f"ALTER TABLE {table} RESET ({', '.join(SETTINGS)})" for table in TABLES]


class Migration(migrations.Migration):
    dependencies = [("matching", "0010_tallies")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
