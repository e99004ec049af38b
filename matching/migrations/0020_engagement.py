"""When something was done can be said by who writes it down: only in the code, nothing changes in the database."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0019_experiments"),
    ]

    operations = [
        migrations.AlterField(
            model_name="interaction",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
    ]
