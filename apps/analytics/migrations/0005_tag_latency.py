"""How long calls with a tag take: hours that were counted before are counted again, as far as their
events are still there."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

COUNT_AGAIN = """
INSERT INTO delivery_touchedhour (environment_id, prompt_id, hour)
SELECT DISTINCT environment_id, prompt_id, hour FROM analytics_taghour
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("analytics", "0004_live_check_guards"),
        ("delivery", "0003_what_is_kept"),
    ]

    operations: ClassVar = [
        migrations.AddField("taghour", "latency_bins", models.BinaryField(default=b"")),
        migrations.RunSQL(COUNT_AGAIN, migrations.RunSQL.noop),
    ]
