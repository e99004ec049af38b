"""What a person does not want their data used for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0007_caches")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="refused",
            field=models.JSONField(
                blank=True,
                db_default=[],
                default=list,
                editable=False,
                help_text="Purposes that the person does not agree to now; written only by ingestion.consents.",
            ),
        ),
    ]
