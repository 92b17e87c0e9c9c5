"""Where posts go: channels, who is in them, and how far each person has read."""

from collections.abc import Collection
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import DirectoryGroup, Person


class Classification(models.TextChoices):
    """A channel's label, in rising order; it caps what may leave and follows quotes and pastes."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    CONFIDENTIAL = "confidential", _("Confidential")
    RESTRICTED = "restricted", _("Restricted")

    @property
    def rank(self) -> int:
        """How confidential, from 0: labels compare by it."""
        return list(type(self)).index(self)

    @classmethod
    def strictest(cls, *labels: str) -> "Classification":
        """Return the most confidential of these."""
        return max(map(cls, labels), key=lambda label: label.rank)


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, person: Person) -> "ChannelQuerySet":
        """Channels whose posts the person may read: the open ones, and those they are a member of."""
        if not person.is_active:
            return self.none()
        mine = Membership.objects.filter(channel=OuterRef("pk"), person=person)
        return self.filter(Q(is_private=False) | Exists(mine))

    def known_to(self, person: Person) -> "ChannelQuerySet":
        """Channels whose name the person may know: those they read, and closed ones that are listed."""
        return self.filter(Q(is_listed=True) | Q(pk__in=self.visible_to(person))) if person.is_active else self.none()

    def of_member(self, person: Person) -> "ChannelQuerySet":
        return self.filter(memberships__person=person)

    def called(self, names: Collection[str]) -> "ChannelQuerySet":
        """Channels by address, former address or name, in small letters; `@alice` is her storyline."""
        people = [name.removeprefix("@") for name in names if name.startswith("@")]
        former = FormerAddress.objects.filter(slug__in=names).values("channel")
        found = Q(slug__in=names) | Q(pk__in=former) | Q(kind=Channel.Kind.STORYLINE, person__username__in=people)
        for name in names:
            found |= Q(name__iexact=name, kind__in=[Channel.Kind.TEAM, Channel.Kind.COMPANY])
        return self.filter(found)

    def to_join(self) -> "ChannelQuerySet":
        """Team channels and company accounts: what people find in the list of channels."""
        return self.filter(kind__in=[Channel.Kind.TEAM, Channel.Kind.COMPANY])

    def open(self) -> "ChannelQuerySet":
        return self.filter(archived_at__isnull=True)

    def for_pages(self) -> "ChannelQuerySet":
        return self.select_related("person", "counter")


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
    folded = models.CharField(max_length=700, blank=True, help_text="Name and description as they are searched.")
    is_private = models.BooleanField(default=False)
    is_listed = models.BooleanField(
        default=False, help_text="A private channel whose name everybody may see, and ask to join."
    )
    is_announce_only = models.BooleanField(default=False, help_text="Only owners start threads.")
    classification = models.CharField(max_length=12, choices=Classification.choices, default=Classification.INTERNAL)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="storyline", help_text="Whose storyline."
    )
    mirrors = models.ForeignKey(
        DirectoryGroup,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="channels",
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
            # A storyline is open and everybody's own: a bug in a door cannot hide one or fill it from a group.
            models.CheckConstraint(
                condition=~Q(kind="storyline") | Q(is_private=False, mirrors__isnull=True, archived_at__isnull=True),
                name="storylines_stay_open",
            ),
            models.CheckConstraint(condition=~Q(kind="direct") | Q(is_private=True), name="direct_talk_is_private"),
            # What the company says, everybody in it may read; and nobody speaks for it because of a directory group.
            models.CheckConstraint(
                condition=~Q(kind="company") | Q(is_private=False, mirrors__isnull=True),
                name="company_accounts_are_open",
            ),
            models.CheckConstraint(
                condition=Q(is_listed=False) | Q(is_private=True, kind="team"),
                name="only_private_team_channels_are_listed",
            ),
            models.CheckConstraint(
                condition=Q(classification__in=Classification.values), name="a_channel_has_a_known_label"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def title(self) -> str:
        """What people call it; a storyline is called as its person is called today."""
        return self.person.display_name if self.person else self.name

    @property
    def is_open(self) -> bool:
        return self.archived_at is None

    @property
    def is_storyline(self) -> bool:
        return self.kind == self.Kind.STORYLINE

    @property
    def is_direct(self) -> bool:
        return self.kind == self.Kind.DIRECT

    @property
    def is_company(self) -> bool:
        return self.kind == self.Kind.COMPANY

    @property
    def label(self) -> Classification:
        return Classification(self.classification)


class ChannelCounter(models.Model):
    """The channel's numbers, in a row of their own: taking one locks nothing that readers of the channel need.

    `last_seq` counts events (posts, edits, deletes, reactions) without holes, so a page sees that it missed one.
    `posts` counts what starts a thread, so that unread counts cost one subtraction. `last_post_id` is the newest post
    that lists show; it lets the home page look only at the channels with the newest posts. `last_number` is the largest
    number that lists show: who read that far has read all, though later posts were deleted.
    """

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.CASCADE, related_name="counter")
    last_seq = models.BigIntegerField(default=0)
    posts = models.BigIntegerField(default=0)
    last_number = models.BigIntegerField(default=0)
    last_post_id = models.BigIntegerField(null=True, db_index=True)
    last_post_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(posts__gte=0, last_seq__gte=F("posts")), name="posts_are_events_too"),
            models.CheckConstraint(condition=Q(last_number__lte=F("posts")), name="nothing_shown_is_uncounted"),
        ]


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
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="a_person_is_a_member_once"),
            models.CheckConstraint(condition=Q(read_posts__gte=0), name="a_read_mark_is_a_number"),
        ]
        indexes = [models.Index(fields=["channel", "person"])]

    @property
    def is_owner(self) -> bool:
        return self.role == self.Role.OWNER

    @staticmethod
    def unread() -> Combinable:
        """Expression: how many posts came since the mark."""
        return F("channel__counter__posts") - F("read_posts")


class FormerAddress(models.Model):
    """An address that a channel had before; it still leads there, and no other channel may take it."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="former_addresses")


class JoinRequest(models.Model):
    """Somebody asks to be let into a closed channel; gone once an owner answered."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="join_requests")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="one_request_at_a_time")]
