"""The heart: posts, what they said before, what people did with them, and the log that live pages follow."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.teams.models import Channel


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, person: Person) -> "PostQuerySet":
        return self.filter(channel__in=Channel.objects.visible_to(person))

    def in_channel(self, channel: Channel) -> "PostQuerySet":
        return self.filter(channel=channel)

    def roots(self) -> "PostQuerySet":
        return self.filter(root__isnull=True)

    def alive(self) -> "PostQuerySet":
        return self.filter(deleted_at__isnull=True)

    def older_than(self, cursor: int | None) -> "PostQuerySet":
        return self if cursor is None else self.filter(pk__lt=cursor)

    def newest_first(self) -> "PostQuerySet":
        return self.order_by("-pk")

    def for_cards(self) -> "PostQuerySet":
        return self.select_related("author", "channel")


class Post(models.Model):
    """A short message in one channel. A reply points at its thread's first post and at what it answers."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="posts")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    number = models.BigIntegerField(help_text="Counts the channel's posts without holes; see ChannelCounter.posts.")
    root = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_by")
    text = models.TextField()
    html = models.TextField(help_text="The rendered body, the same for every reader.")
    language = models.CharField(max_length=5, blank=True)
    version = models.PositiveIntegerField(default=1)
    client_key = models.CharField(max_length=64, blank=True, help_text="Made by the composer, echoed in the live frame.")
    reply_count = models.PositiveIntegerField(default=0)
    last_reply_at = models.DateTimeField(null=True)
    reactions = models.JSONField(default=dict, help_text="Emoji to count, kept in step with Reaction.")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects: ClassVar = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="post_numbers_have_no_doubles"),
            models.CheckConstraint(condition=~Q(root=models.F("id")), name="a_post_is_not_its_own_thread"),
        ]
        indexes = [
            models.Index(fields=["channel", "-id"], name="post_by_channel"),
            models.Index(fields=["author", "-id"], name="post_by_author"),
            models.Index(fields=["root", "id"], name="post_by_thread"),
        ]


class PostRevision(models.Model):
    """What a post said from one edit to the next; version 1 is what was first posted."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()
    editor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="one_text_per_version")]


class IdempotencyKey(models.Model):
    """A client's name for one act, written in the act's own transaction, so that a retry returns the first answer."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    body_digest = models.CharField(max_length=64)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="a_key_acts_once")]


class Reaction(models.Model):
    """One person's emoji on one post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="given_reactions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person", "emoji"], name="a_reaction_counts_once")]


class Mention(models.Model):
    """A person named in a post."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentioned_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "person"], name="a_mention_counts_once")]


class PostTag(models.Model):
    """A hashtag in a post, folded, without the sign."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="tags")
    tag = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="a_tag_counts_once")]
        indexes = [models.Index(fields=["tag", "-post"], name="post_by_tag")]


class Bookmark(models.Model):
    """A post somebody keeps for later; nobody else sees it."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="bookmarks")
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="a_post_is_bookmarked_once")]


class Draft(models.Model):
    """What somebody typed and did not post yet, one per place."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(max_length=100, help_text="`new`, `channel:<id>` or `reply:<post id>`.")
    text = models.TextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="one_draft_per_place")]


class ChannelEvent(models.Model):
    """One change of a channel, numbered without holes: what live pages read, and catch up from."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Posted")
        EDITED = "edited", _("Edited")
        DELETED = "deleted", _("Deleted")
        REACTED = "reacted", _("Reacted")
        REPLIED = "replied", _("Thread grew")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="event_numbers_have_no_doubles")]
