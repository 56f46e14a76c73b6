import django.core.validators
from django.db import migrations, models

BOUNDS = [
    django.core.validators.MinValueValidator(31),
    django.core.validators.MaxValueValidator(90),
]


class Migration(migrations.Migration):
    dependencies = [("delivery", "0005_words_that_are_kept")]

    operations = [
        migrations.RemoveConstraint(
            model_name="keepingrule", name="keeping_rule_within_bounds"
        ),
        *(
            migrations.AddField(
                model_name=name,
                name="call_days",
                field=models.PositiveSmallIntegerField(default=90, validators=BOUNDS),
            )
            for name in ("keepingrule", "historicalkeepingrule")
        ),
        migrations.AddConstraint(
            model_name="keepingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("call_days__range", (31, 90)),
                    ("keep_days__range", (1, 90)),
                    ("sample_share__range", (1, 100)),
                ),
                name="keeping_rule_within_bounds",
            ),
        ),
    ]
