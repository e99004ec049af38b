"""Market figures by day, the models that pay is estimated with, and what jobs are estimated to pay."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0010_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Insight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('kind', models.CharField(choices=[('skill', 'A skill that is asked for'), ('title', 'What a title asks for'), ('pay', 'What is paid'), ('time', 'How long jobs are open'), ('source', 'How good a source is'), ('funnel', 'How far candidates come')], max_length=8)),
                ('name', models.CharField(blank=True, help_text='Of the skill, title, source or step; empty for all.', max_length=200)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('level', models.CharField(blank=True, max_length=12)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('count', models.PositiveIntegerField(help_text='Jobs, or for the funnel candidates, that it was counted from.')),
                ('figures', models.JSONField()),
            ],
            options={
                'indexes': [models.Index(fields=['day'], name='jobs_insight_day')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'day', 'name', 'country', 'level', 'currency'), name='jobs_insight_once')],
            },
        ),
        migrations.CreateModel(
            name='PayModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('paid_jobs', models.PositiveIntegerField(help_text='That said their pay then.')),
                ('trained_on', models.PositiveIntegerField(help_text='Of these, each vacancy and each text once.')),
                ('measured', models.JSONField(help_text='By currency, what it was worth on jobs that it had not seen.')),
                ('body', models.BinaryField(help_text='Written and read only through jobs.pay.PayModels.')),
            ],
        ),
        migrations.CreateModel(
            name='PayEstimate',
            fields=[
                ('job', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='pay_estimate', serialize=False, to='jobs.job')),
                ('made_from', models.DateTimeField()),
                ('low', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('middle', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('high', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('based_on', models.PositiveIntegerField(default=0, help_text='Jobs of a like title that say their pay.')),
                ('model', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='jobs.paymodel')),
            ],
        ),
    ]
