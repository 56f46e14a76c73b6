"""Who takes part in an experiment: fixed when it starts, as the release says that began it."""

from __future__ import annotations

import importlib
from typing import ClassVar

from django.db import migrations, models

BEFORE: str = importlib.import_module("apps.experiments.migrations.0002_guards").CHECK
CHECK = BEFORE.split("CREATE TRIGGER", 1)[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
NOW = (
    CHECK.replace("NEW.guards, NEW.days,", "NEW.guards, NEW.days, NEW.audience,")
    .replace("OLD.guards, OLD.days,", "OLD.guards, OLD.days, OLD.audience,")
    .replace(
        "AND split->'arms' = NEW.arms",
        "AND split->'arms' = NEW.arms\n"
        "       AND coalesce(split->'audience'->'all', '[]'::jsonb) = NEW.audience",
    )
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("experiments", "0002_guards")]

    operations: ClassVar = [
        migrations.AddField(
            model_name=name, name="audience", field=models.JSONField(default=list)
        )
        for name in ("experiment", "historicalexperiment")
    ] + [migrations.RunSQL(NOW, CHECK)]
