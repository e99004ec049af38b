"""When postings were seen, what was sent for them, and whether they were read; soft deletion."""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0004_posting_details'),
    ]

    operations = [
        migrations.CreateModel(
            name='JobReading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('processing', 'Processing'), ('completed', 'Completed'), ('failed', 'Failed')], default='pending', max_length=12)),
                ('interactive', models.BooleanField(default=False, help_text='Somebody is waiting for it.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('retry_at', models.DateTimeField(blank=True, null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('claim_token', models.UUIDField(blank=True, editable=False, null=True)),
                ('error', models.CharField(blank=True, max_length=500)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Payload',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='payload', serialize=False, to='jobs.job')),
                ('raw', models.TextField(help_text="JSON in ASCII; text, since PostgreSQL's jsonb does not take all that JSON allows.")),
            ],
        ),
        migrations.CreateModel(
            name='Sighting',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='sighting', serialize=False, to='jobs.job')),
                ('item_hash', models.UUIDField(help_text='Of the item it was made from: the same again needs no mapping.', null=True)),
                ('seen_at', models.DateTimeField(help_text='When the run began that saw it last.')),
                ('missed_since', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='job',
            name='ended_at',
            field=models.DateTimeField(blank=True, help_text='When it was closed; empty while it is open.', null=True),
        ),
        # What is stored stays; only PostgreSQL does not compute it any more.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL("ALTER TABLE jobs_job ALTER COLUMN search DROP EXPRESSION IF EXISTS", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name='job',
                    name='search',
                    field=django.contrib.postgres.search.SearchVectorField(editable=False, help_text='Written with the requirements, from WORDS.', null=True),
                ),
            ],
        ),
        migrations.AlterField(
            model_name='job',
            name='status',
            field=models.CharField(choices=[('active', 'Active'), ('expired', 'Expired'), ('deleted', 'Deleted')], default='active', max_length=10),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('status', 'active'), _negated=True), fields=['ended_at'], name='jobs_job_ended'),
        ),
        migrations.AddField(
            model_name='jobreading',
            name='job',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='reading', to='jobs.job'),
        ),
        migrations.AddIndex(
            model_name='sighting',
            index=models.Index(fields=['item_hash'], name='jobs_sighting_item'),
        ),
        migrations.AddIndex(
            model_name='sighting',
            index=models.Index(condition=models.Q(('missed_since__isnull', False)), fields=['missed_since'], name='jobs_sighting_missed'),
        ),
        migrations.AddIndex(
            model_name='jobreading',
            index=models.Index(condition=models.Q(('status__in', ['pending', 'processing'])), fields=['-interactive', 'id'], name='jobs_reading_claimable'),
        ),
        migrations.AddIndex(
            model_name='jobreading',
            index=models.Index(condition=models.Q(('status', 'failed')), fields=['retry_at'], name='jobs_reading_failed'),
        ),
        # A posting that is seen again changes this row and no index of it: there is room for that on the same page.
        migrations.RunSQL("ALTER TABLE jobs_sighting SET (fillfactor = 60)", migrations.RunSQL.noop),
        migrations.RunSQL(
            """
            UPDATE jobs_job SET ended_at = coalesce(expires_at, changed_at) WHERE status <> 'active';
            INSERT INTO jobs_sighting (job_id, seen_at) SELECT id, changed_at FROM jobs_job;
            INSERT INTO jobs_jobreading (job_id, status, interactive, attempts, error, finished_at)
            SELECT id, 'completed', false, 0, '', changed_at FROM jobs_job;
            """,
            migrations.RunSQL.noop,
        ),
    ]
