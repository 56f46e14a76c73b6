from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_told_and_ended")]

    operations = [
        migrations.AddField(
            model_name="toldcomment",
            name="edited_at",
            field=models.DateTimeField(null=True),
        ),
    ]
