"""Whose doing a deletion was; of older ones, what the log of the channel still knows."""

from corpblog.kernel import triggers
from django.db import migrations, models
from django.db.models import F


def note_authors(apps, editor):
    posts, events = (apps.get_model("posts", name).objects for name in ("Post", "ChannelEvent"))
    gone = events.filter(kind="deleted", post__deleted_at__isnull=False)
    own, others = gone.filter(actor=F("post__author")), gone.exclude(actor=F("post__author"))
    posts.filter(pk__in=own.values("post")).update(deleted_by="author")
    posts.filter(pk__in=others.filter(actor__isnull=False).values("post")).update(deleted_by="owner")


class Migration(migrations.Migration):
    dependencies = [("posts", "0017_followed_searches")]
    # Triggers of the layers above look at posts; Django rebuilds the table under their eyes.
    operations = [
        *triggers.set_aside(
            migrations.AddField(
                model_name="post",
                name="deleted_by",
                field=models.CharField(
                    blank=True,
                    choices=[("author", "Author"), ("owner", "Owner"), ("company", "Company")],
                    default="",
                    help_text="Whose doing it was; empty where nobody noted it.",
                    max_length=7,
                ),
                preserve_default=False,
            ),
        ),
        migrations.RunPython(note_authors, migrations.RunPython.noop, elidable=True),
    ]
