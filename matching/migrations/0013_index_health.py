"""A small table that says of each index of vectors how many vectors had left when it was built."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0012_versions")]

    operations = [
        migrations.CreateModel(
            name="IndexHealth",
            fields=[
                ("name", models.CharField(max_length=63, primary_key=True, serialize=False)),
                (
                    "file",
                    models.BigIntegerField(
                        help_text="PostgreSQL's number of its file: another one means that it was built anew."
                    ),
                ),
                ("removed_before", models.BigIntegerField(default=0)),
                ("rebuilt_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={"verbose_name_plural": "index health"},
        ),
    ]
