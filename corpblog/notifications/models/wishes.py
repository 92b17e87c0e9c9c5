"""What somebody wishes to be told, of which channels and words, and when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.teams.models import Channel


class ChannelLevel(models.Model):
    """How much somebody hears of a channel; without a row it is `mentions`."""

    class Level(models.TextChoices):
        ALL = "all", _("Every post")
        MENTIONS = "mentions", _("Mentions and replies")
        NONE = "none", _("Nothing")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=8, choices=Level.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="one_level_per_channel")]
        indexes = [models.Index(fields=["channel", "level"], name="level_by_channel")]


class Keyword(models.Model):
    """Words whose appearance somebody wishes to hear of, wherever they may read them."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keywords")
    phrase = models.CharField(max_length=80, help_text="As it was typed.")
    folded = models.CharField(max_length=80, db_index=True, help_text="Its words as they are searched.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "folded"], name="a_keyword_counts_once")]


class Reach(models.Model):
    """How far notices of a kind go; without a row they are shown on the page."""

    class How(models.TextChoices):
        OFF = "off", _("Not at all")
        PAGE = "page", _("In Corpblog")
        DIGEST = "digest", _("In Corpblog, and in the digest")
        MAIL = "mail", _("In Corpblog, and by e-mail at once")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12)
    how = models.CharField(max_length=6, choices=How.choices)
    push = models.BooleanField(null=True, help_text="Whether devices are told at once; null: as for everybody.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="one_reach_per_kind")]


class Rhythm(models.Model):
    """When somebody is written to: how often a digest comes, and the hours that stay quiet, in their time zone."""

    class Digest(models.TextChoices):
        DAILY = "daily", _("Every working day")
        WEEKLY = "weekly", _("Every Monday")

    person = models.OneToOneField(Person, primary_key=True, on_delete=models.CASCADE, related_name="rhythm")
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.DAILY)
    quiet_from = models.PositiveSmallIntegerField(null=True)
    quiet_to = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False, quiet_from__lt=24, quiet_to__lt=24),
                name="quiet_hours_are_hours",
            )
        ]
