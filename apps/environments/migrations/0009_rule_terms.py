"""More terms of a rule: how old an approval may be, whether a roll back needs one, when nothing is
released, and whose signature a change of some blocks needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

TERMS = (
    ("approval_days", models.PositiveSmallIntegerField(default=14)),
    ("roll_back_approved", models.BooleanField(default=False)),
    ("freezes", models.JSONField(default=list)),
    ("locks", models.JSONField(default=list)),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("environments", "0008_keys_that_act")]

    operations: ClassVar = [
        migrations.AddField(model, name, field)
        for model in ("rule", "historicalrule")
        for name, field in TERMS
    ]
