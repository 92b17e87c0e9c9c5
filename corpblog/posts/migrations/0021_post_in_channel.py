"""An index of all posts of a channel, for searches there; it takes the place of the one that a foreign key brings."""

import django.db.models.deletion
from corpblog.kernel import triggers
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("posts", "0020_pins_are_told")]
    # Triggers of the layers above look at posts; Django rebuilds the table under their eyes.
    operations = triggers.set_aside(
        migrations.AddIndex(
            model_name="post", index=models.Index(fields=["channel", "-id"], name="post_in_channel")
        ),
        migrations.AlterField(
            model_name="post",
            name="channel",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="posts",
                to="teams.channel",
            ),
        ),
    )
