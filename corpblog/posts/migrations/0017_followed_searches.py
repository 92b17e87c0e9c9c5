"""What came since somebody last looked at a search they keep; those that are kept begin with what comes now."""

from corpblog.kernel import clock
from corpblog.kernel.ids import first_id_at
from django.db import migrations, models


def begin_now(apps, editor):
    apps.get_model("posts", "SavedSearch").objects.update(seen=first_id_at(clock.now()))


class Migration(migrations.Migration):
    dependencies = [("posts", "0016_stems")]
    operations = [
        migrations.AddField(
            model_name="savedsearch",
            name="seen",
            field=models.BigIntegerField(
                default=0, help_text="The newest post that was there when its person last looked."
            ),
        ),
        migrations.RunPython(begin_now, migrations.RunPython.noop, elidable=True),
    ]
