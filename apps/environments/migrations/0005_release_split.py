"""Releases by steps: the shares of the traffic are part of the release."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0004_rule_guards")]

    operations: ClassVar = [
        migrations.AddField("release", "split", models.JSONField(null=True)),
        migrations.AlterField(
            "release",
            "how",
            models.CharField(
                choices=[
                    ("publish", "Released"),
                    ("promote", "Promoted"),
                    ("roll_back", "Rolled back"),
                    ("step", "Given another share of the traffic"),
                    ("schedule", "Released at its time"),
                    ("break_glass", "Released without its gates"),
                ],
                max_length=12,
            ),
        ),
    ]
