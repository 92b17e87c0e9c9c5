"""Where posts go: channels, who is in them, and how far each person has read."""

from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import DirectoryGroup, Person


class Classification(models.TextChoices):
    """A channel's label, in rising order; it caps what may leave and follows quotes and pastes."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    RESTRICTED = "restricted", _("Restricted")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, person: Person) -> "ChannelQuerySet":
        """Channels whose posts the person may read: the open ones, and those they are a member of."""
        mine = Membership.objects.filter(channel=OuterRef("pk"), person=person)
        return self.filter(Q(is_private=False) | Exists(mine))

    def of_member(self, person: Person) -> "ChannelQuerySet":
        return self.filter(memberships__person=person)

    def team_channels(self) -> "ChannelQuerySet":
        return self.filter(kind=Channel.Kind.TEAM)

    def open(self) -> "ChannelQuerySet":
        return self.filter(archived_at__isnull=True)


class Channel(models.Model):
    """A place for posts. Every post lives in exactly one."""

    class Kind(models.TextChoices):
        TEAM = "team", _("Team channel")
        STORYLINE = "storyline", _("Storyline")
        COMPANY = "company", _("Company account")
        DIRECT = "direct", _("Direct conversation")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEAM)
    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=500, blank=True)
    is_private = models.BooleanField(default=False)
    is_announce_only = models.BooleanField(default=False, help_text="Only owners start threads.")
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.INTERNAL)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="storyline", help_text="Whose storyline."
    )
    mirrors = models.ForeignKey(
        DirectoryGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="channels",
        help_text="Directory group whose people are members.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ChannelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("slug"), name="one_channel_per_slug"),
            models.CheckConstraint(
                condition=Q(kind="storyline", person__isnull=False) | ~Q(kind="storyline") & Q(person__isnull=True),
                name="storylines_and_only_they_have_a_person",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class ChannelCounter(models.Model):
    """The channel's numbers, in a row of their own: taking one locks nothing that readers of the channel need.

    `last_seq` counts events (posts, edits, deletes, reactions) without holes, so a page sees that it missed one.
    `posts` counts posts, so that unread counts cost one subtraction. `last_post_id` lets the home page look only at the
    channels with the newest posts.
    """

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.CASCADE, related_name="counter")
    last_seq = models.BigIntegerField(default=0)
    posts = models.BigIntegerField(default=0)
    last_post_id = models.BigIntegerField(null=True, db_index=True)
    last_post_at = models.DateTimeField(null=True)


class Membership(models.Model):
    """A person reads a channel; following somebody is a membership of their storyline."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        OWNER = "owner", _("Owner")

    class Source(models.TextChoices):
        PERSON = "person", _("Joined")
        DIRECTORY = "directory", _("From the directory")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=6, choices=Role.choices, default=Role.MEMBER)
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.PERSON)
    read_posts = models.BigIntegerField(default=0, help_text="Number of the last post that was read.")
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="a_person_is_a_member_once")]
        indexes = [models.Index(fields=["channel", "person"])]

    @staticmethod
    def unread() -> F:
        """Expression: how many posts came since the mark."""
        return F("channel__counter__posts") - F("read_posts")
