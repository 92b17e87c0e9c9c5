from django.db import migrations, models

from corpblog.kernel import triggers
from corpblog.sharing.refusals import FIRST as REFUSALS


class Migration(migrations.Migration):
    dependencies = [("sharing", "0006_recalls")]

    operations = triggers.around(
        REFUSALS,
        migrations.AddField(
            model_name="share",
            name="words",
            field=models.TextField(
                blank=True,
                default="",
                help_text="The words for this destination; empty for those of the post.",
            ),
            preserve_default=False,
        ),
    )
