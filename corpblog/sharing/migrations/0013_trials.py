from django.db import migrations, models

from corpblog.kernel import triggers
from corpblog.sharing.refusals import FIRST as REFUSALS


class Migration(migrations.Migration):
    dependencies = [("sharing", "0012_forgotten_stretch")]

    operations = triggers.around(
        REFUSALS,
        migrations.AddField(
            model_name="share",
            name="is_trial",
            field=models.BooleanField(default=False, help_text="An admin tries the destination with it."),
        ),
    )
