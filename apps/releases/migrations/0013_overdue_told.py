from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("releases", "0012_freezes_and_locks")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="followup",
            name="overdue_told_at",
            field=models.DateTimeField(null=True),
        ),
    ]
