"""What a browser asks for, for mail and pushes to people who chose no language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_data_exports")]
    operations = [
        migrations.AddField(
            model_name="person",
            name="asked_language",
            field=models.CharField(
                blank=True, help_text="What a browser of theirs asked for last, while they chose none.", max_length=5
            ),
        ),
    ]
