"""Changes that loosen a rule of a protected environment wait for a second person."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db.models.functions import Now
from django.conf import settings
from django.db import migrations, models

KINDS = [
    ("change", "Change the rule"),
    ("override", "Give the namespace a rule of its own"),
    ("remove", "Take the rule away"),
]
STATES = [
    ("open", "Waits for a second person"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]


def kept(to: str, name: str = "+", null: bool = False) -> models.ForeignKey[models.Model]:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(to, on_delete=protect, related_name=name, null=null)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("environments", "0009_rule_terms"),
        ("teams", "0005_access_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            "RuleChange",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=KINDS, max_length=8)),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.TextField()),
                ("state", models.CharField(choices=STATES, default="open", max_length=9)),
                ("proposed_at", models.DateTimeField(db_default=Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(blank=True, default="")),
                ("decided_in", models.BigIntegerField(null=True)),
                ("decided_by", kept(settings.AUTH_USER_MODEL, null=True)),
                ("environment", kept("environments.environment", "changes")),
                ("namespace", kept("teams.namespace", "rule_changes")),
                ("proposed_by", kept(settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("environment", "namespace"),
                        name="one_open_change_a_place",
                    )
                ],
            },
        ),
    ]
