"""Every thread knows its prompt: those of before are given their review's."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# Checked at once, so that no check of a changed row is still pending when the column is altered.
FILL = """
SET CONSTRAINTS ALL IMMEDIATE;
UPDATE reviews_thread t SET prompt_id = r.prompt_id FROM reviews_review r
 WHERE r.id = t.review_id AND t.prompt_id IS NULL;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reviews", "0003_discussion")]

    operations: ClassVar = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="thread",
            name="prompt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="threads",
                to="prompts.prompt",
            ),
        ),
    ]
