"""The three environments of a new installation, and their rules on the root namespace."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import migrations

# name, position, protected, approvals, in_order, on_last_approval
SEEDS = (
    ("development", None, False, 0, False, "release"),
    ("staging", 1, False, 1, True, "release"),
    ("production", 2, True, 1, True, "wait"),
)


def seed(apps: Any, editor: Any) -> None:
    Environment = apps.get_model("environments", "Environment")
    Rule = apps.get_model("environments", "Rule")
    root = apps.get_model("teams", "Namespace").objects.using(editor.connection.alias).get(path="")
    for name, position, protected, approvals, in_order, on_last_approval in SEEDS:
        environment = Environment.objects.using(editor.connection.alias).create(
            name=name, position=position, protected=protected
        )
        Rule.objects.using(editor.connection.alias).create(
            environment=environment, namespace=root, approvals=approvals, in_order=in_order,
            on_last_approval=on_last_approval,
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("environments", "0002_guards"),
        ("teams", "0002_root_namespace"),
    ]

    operations: ClassVar = [migrations.RunPython(seed, migrations.RunPython.noop)]
