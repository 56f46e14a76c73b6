from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0004_thread_prompt")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="round", name="summary", field=models.TextField(blank=True, default="")
        ),
    ]
