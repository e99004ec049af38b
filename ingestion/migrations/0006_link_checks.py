import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ingestion', '0005_expiring_cvs'),
        ('jobs', '0006_identity'),
    ]

    operations = [
        migrations.CreateModel(
            name='LinkCheck',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='link_check', serialize=False, to='jobs.job')),
                ('checked_at', models.DateTimeField()),
                ('outcome', models.CharField(choices=[('works', 'Works'), ('gone', 'Gone'), ('astray', 'Leads to the front page'), ('unknown', 'Could not be told')], max_length=8)),
                ('gone_since', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['checked_at'], name='ingestion_linkcheck_checked')],
            },
        ),
    ]
