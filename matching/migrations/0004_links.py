from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0003_predictions_and_evaluations'),
    ]

    operations = [
        migrations.AddField(
            model_name='cvpassages',
            name='links_json',
            field=models.JSONField(db_default=[], default=list, help_text='Phrases that mean a skill without naming it; written and read only through matching.values.links.'),
        ),
    ]
