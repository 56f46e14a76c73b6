"""An item can be about a looser rule that waits for a second person."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("notifications", "0006_muted_threads"),
        ("environments", "0010_rule_changes"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "inboxitem",
            "rule_change",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="environments.rulechange",
            ),
        ),
    ]
