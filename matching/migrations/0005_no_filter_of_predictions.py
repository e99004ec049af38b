from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0004_links")]

    operations = [
        migrations.RemoveField(model_name="prediction", name="filter_json"),
        migrations.AlterField(
            model_name="prediction",
            name="searched",
            field=models.PositiveIntegerField(
                default=0, help_text="How many search found; the most promising were compared in full."
            ),
        ),
    ]
