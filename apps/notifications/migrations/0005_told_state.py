from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_told_of_edits")]

    operations = [
        migrations.AddField(
            model_name="toldsuggestion",
            name="state",
            field=models.CharField(default="", max_length=10),
        ),
    ]
