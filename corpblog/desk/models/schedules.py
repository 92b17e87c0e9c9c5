"""How long what people wrote is kept, by kind and by channel; put in force by two."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.teams.models import Channel


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def in_force(self) -> "ScheduleQuerySet":
        return self.filter(agreed_at__isnull=False, ended_at__isnull=True)

    def proposed(self) -> "ScheduleQuerySet":
        return self.filter(agreed_at__isnull=True, ended_at__isnull=True)

    def for_pages(self) -> "ScheduleQuerySet":
        return self.select_related("channel__person", "proposed_by", "agreed_by", "ended_by")


class Schedule(models.Model):
    """What of one kind goes after so many days: in one channel, or wherever no schedule of its own stands.

    One officer proposes it and sees what it would remove; it counts when a second one agreed, in place of the one
    before. Going on keeping needs nobody's agreement: one officer ends it.
    """

    class Kind(models.TextChoices):
        POSTS = "posts", _("Posts")
        CONVERSATIONS = "conversations", _("Messages in conversations")
        FILES = "files", _("Files of posts")
        PAST = "past", _("What was deleted or edited away")
        NOTICES = "notices", _("Notices")

    OF_A_CHANNEL = (Kind.POSTS, Kind.FILES, Kind.PAST)
    FEWEST_DAYS = 7
    MOST_DAYS = 36_500

    kind = models.CharField(max_length=13, choices=Kind.choices)
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField(null=True, help_text="None: what is in this channel is kept for good.")
    foreseen = models.PositiveIntegerField(help_text="What it would have removed when it was proposed.")
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    removed = models.PositiveIntegerField(default=0, help_text="What it removed so far.")

    objects: ClassVar = ScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__isnull=True) | Q(days__gte=7), name="a_schedule_leaves_a_week"),
            models.CheckConstraint(
                condition=Q(days__isnull=False) | Q(channel__isnull=False), name="for_good_is_said_of_a_channel"
            ),
            models.CheckConstraint(
                condition=Q(channel__isnull=True) | Q(kind__in=["posts", "files", "past"]),
                name="a_schedule_of_a_channel_is_of_posts",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("proposed_by"))),
                name="two_officers_put_a_schedule_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ended_by__isnull=True, ended_at__isnull=True)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="a_schedule_is_ended_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind", "channel"],
                condition=Q(agreed_at__isnull=False, ended_at__isnull=True),
                name="one_schedule_per_kind_and_channel",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(agreed_at__isnull=False, ended_at__isnull=True, channel__isnull=True),
                name="one_schedule_per_kind",
            ),
        ]

    @property
    def subject(self) -> str:
        """The schedule's name in the audit log."""
        return f"schedule:{self.pk}"

    @property
    def is_in_force(self) -> bool:
        return self.agreed_at is not None and self.ended_at is None
