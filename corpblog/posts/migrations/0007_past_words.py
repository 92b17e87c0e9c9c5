"""The words of what posts said before, for officers who search them."""

from corpblog.kernel.folding import words
from django.db import migrations, models
from django.db.models import F, Q


def note_past_words(apps, editor):
    revisions = apps.get_model("posts", "PostRevision").objects
    past = revisions.filter(Q(version__lt=F("post__version")) | Q(post__deleted_at__isnull=False))
    for pk, text in past.values_list("pk", "text").iterator(1_000):
        revisions.filter(pk=pk).update(folded=" ".join(words(text)))


class Migration(migrations.Migration):

    dependencies = [
        ('posts', '0006_keeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='postrevision',
            name='folded',
            field=models.TextField(blank=True, help_text='Its words as they are searched, once the post says something else or is deleted.'),
        ),
        migrations.RunPython(note_past_words, migrations.RunPython.noop, elidable=True),
    ]
