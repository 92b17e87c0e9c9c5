"""The heart: posts, what they said before, what people did with them, and the log that live pages follow."""

from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.teams.models import Channel

# What a card shows beside the post itself; `ON_CARD` from what points at a post.
CARD: Final = (
    "author", "channel__person", "best__author", "quotes__author", "quotes__channel__person", "linked_page",
)  # fmt: skip
ON_CARD: Final = tuple(f"post__{path}" for path in CARD)


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, person: Person) -> "PostQuerySet":
        return self.filter(channel__in=Channel.objects.visible_to(person))

    def in_channel(self, channel: Channel) -> "PostQuerySet":
        return self.filter(channel=channel)

    def listed(self) -> "PostQuerySet":
        """What home, channel and other lists show: what starts a thread and is not gone."""
        return self.filter(is_listed=True)

    def alive(self) -> "PostQuerySet":
        return self.filter(deleted_at__isnull=True)

    def older_than(self, cursor: int | None) -> "PostQuerySet":
        return self if cursor is None else self.filter(pk__lt=cursor)

    def newest_first(self) -> "PostQuerySet":
        return self.order_by("-pk")

    def for_cards(self) -> "PostQuerySet":
        return self.select_related(*CARD)


class Post(models.Model):
    """A short message in one channel. A reply points at its thread's first post and at what it answers."""

    class Kind(models.TextChoices):
        """What a post is beside a message; see `posts.parts`."""

        POLL = "poll", _("Poll")
        QUESTION = "question", _("Question")
        PRAISE = "praise", _("Praise")
        ANNOUNCEMENT = "announcement", _("Announcement")

    class Remover(models.TextChoices):
        """Who deleted it, as the stone says; no person is named."""

        AUTHOR = "author"
        OWNER = "owner"
        COMPANY = "company"

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    # Its own index would hold less than `post_in_channel`, which is asked in its stead.
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="posts", db_index=False)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    number = models.BigIntegerField(
        null=True, help_text="Counts the channel's threads without holes (see ChannelCounter.posts); replies have none."
    )
    root = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replies")
    answers = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answered_by")
    quotes = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="quoted_by",
        help_text="What it shows under its own words, to who may see that as well (see `posts.quoting`).",
    )
    is_repost = models.BooleanField(default=False, help_text="It quotes without a word or a file of its own.")
    quote_count = models.PositiveIntegerField(
        default=0, help_text="Quotes and reposts where whoever sees this post may see them, too."
    )
    linked_page = models.ForeignKey(
        "posts.LinkedPage", null=True, on_delete=models.SET_NULL, related_name="posts", help_text="Shown as a preview."
    )
    text = models.TextField()
    html = models.TextField(help_text="The rendered body, the same for every reader.")
    folded = models.TextField(
        blank=True, help_text="Its words and those of its files as they are searched, each between blanks."
    )
    # Null is no empty text here: it marks what the worker has still to read.
    stems = models.TextField(
        null=True, help_text="What the words are forms of (`posts.word_forms`); null where nobody has looked yet."
    )
    is_listed = models.BooleanField(
        default=True, help_text="Starts a thread, and is not deleted without a reply left. Lists show nothing else."
    )
    language = models.CharField(max_length=5, blank=True)
    version = models.PositiveIntegerField(default=1)
    files = models.JSONField(
        default=list, help_text="What it carries, in order, as `Attachment.facts` tells it; changed with the version."
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, blank=True)
    part = models.JSONField(default=dict, help_text="What its card shows of its kind, the same for every reader.")
    best = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="The best answer."
    )
    client_key = models.CharField(max_length=64, blank=True, help_text="The composer's own; echoed in the live frame.")
    reply_count = models.PositiveIntegerField(default=0)
    last_reply_at = models.DateTimeField(null=True)
    reactions = models.JSONField(default=dict, help_text="Emoji to count, kept in step with Reaction.")
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.CharField(
        max_length=7, choices=Remover.choices, blank=True, help_text="Whose doing it was; empty where nobody noted it."
    )

    objects: ClassVar = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "number"], name="post_numbers_have_no_doubles"),
            models.CheckConstraint(condition=~Q(root=models.F("id")), name="a_post_is_not_its_own_thread"),
            models.CheckConstraint(
                condition=Q(root__isnull=True, number__isnull=False) | Q(root__isnull=False, number__isnull=True),
                name="threads_are_numbered_and_replies_not",
            ),
            models.CheckConstraint(condition=Q(is_listed=False) | Q(root__isnull=True), name="replies_are_not_listed"),
            models.CheckConstraint(
                condition=Q(root__isnull=True, answers__isnull=True) | Q(root__isnull=False, answers__isnull=False),
                name="a_reply_answers_something",
            ),
            models.CheckConstraint(condition=~Q(quotes=models.F("id")), name="a_post_does_not_quote_itself"),
            models.CheckConstraint(
                condition=Q(is_repost=False) | Q(quotes__isnull=False, root__isnull=True, text=""),
                name="a_repost_is_of_something_and_adds_nothing",
            ),
            models.UniqueConstraint(
                fields=["author", "channel", "quotes"],
                condition=Q(is_repost=True, deleted_at__isnull=True),
                name="a_post_is_reposted_once",
            ),
            models.CheckConstraint(
                condition=Q(best__isnull=True) | Q(kind="question"), name="only_a_question_has_a_best_answer"
            ),
            # The words of a deleted post live on in its revisions only, so that no page can show them by mistake.
            models.CheckConstraint(
                condition=Q(deleted_at__isnull=True) | Q(text="", html="", folded="", stems="", kind=""),
                name="deleted_posts_say_nothing",
            ),
        ]
        indexes = [
            models.Index(fields=["channel", "-id"], condition=Q(is_listed=True), name="post_by_channel"),
            # With replies: of the posts that a word is in, it tells which are in the channel, without reading them.
            models.Index(fields=["channel", "-id"], name="post_in_channel"),
            models.Index(fields=["author", "-id"], name="post_by_author"),
            models.Index(fields=["root", "id"], name="post_by_thread"),
            models.Index(fields=["kind", "-id"], condition=~Q(kind=""), name="post_by_kind"),
            models.Index(fields=["quotes", "-id"], condition=Q(quotes__isnull=False), name="post_by_quoted"),
            models.Index(fields=["id"], condition=Q(stems__isnull=True), name="post_without_stems"),
        ]

    @property
    def is_on_behalf(self) -> bool:
        """Whether a delegate says it in the name of a company account. Answers there are people's own."""
        return self.channel.is_company and self.root_id is None and not self.is_repost

    @property
    def byline(self) -> str:
        """Who says it, for readers inside: its author, and the company account in whose name."""
        name = self.author.display_name
        return (
            gettext("%(account)s, by %(name)s") % {"account": self.channel.title, "name": name}
            if self.is_on_behalf
            else name
        )

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None

    @property
    def is_edited(self) -> bool:
        return self.edited_at is not None

    @property
    def thread_id(self) -> int:
        """The id of the post that starts the thread; its own where it is that post."""
        return self.root_id or self.pk


class PostRevision(models.Model):
    """What a post said from one edit to the next; version 1 is what was first posted."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField()
    text = models.TextField()
    html = models.TextField()
    files = models.JSONField(default=list)
    part = models.JSONField(default=dict, help_text="As it was posted: a deleted poll's answers live on here.")
    editor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verdict = models.JSONField(default=dict, help_text="What policy said inside, where it had something to say.")
    reason = models.CharField(max_length=300, blank=True, help_text="What the author answered, where policy asked why.")
    folded = models.TextField(
        blank=True, help_text="Its words as they are searched, once the post says something else or is deleted."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "version"], name="one_text_per_version")]
        indexes = [models.Index(fields=["created_at"], name="version_by_time")]


class Attachment(models.Model):
    """A file that somebody added to a draft, and then to a post. Whoever may see the post may see it."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, null=True, blank=True, on_delete=models.CASCADE, related_name="attachments")
    place = models.CharField(max_length=100, help_text="The draft it was added to; see `Draft`.")
    position = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="Of the bytes as they are kept: pictures were encoded anew.")
    thumbnail = models.CharField(max_length=64, blank=True, help_text="Digest of a small picture of it.")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=100, help_text="Media type, by content.")
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    alt = models.TextField(blank=True)
    is_decorative = models.BooleanField(default=False, help_text="Its author says that it needs no description.")
    removed_at = models.DateTimeField(
        null=True, help_text="Taken out of its draft; kept while another version of that draft has it."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="a_file_is_not_empty"),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(post__isnull=True), name="a_file_of_a_post_was_not_removed"
            ),
            models.CheckConstraint(
                condition=Q(width__isnull=True, height__isnull=True, thumbnail="")
                | (Q(width__gt=0, height__gt=0) & ~Q(thumbnail="")),
                name="a_picture_has_a_size_and_a_thumbnail",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "place"], condition=Q(post__isnull=True), name="files_of_a_draft"),
            models.Index(fields=["sha256"], name="file_by_digest"),
            models.Index(fields=["thumbnail"], name="file_by_thumbnail"),
        ]

    @property
    def is_image(self) -> bool:
        """Whether it is a picture that we encoded, which pages may show."""
        return self.width is not None

    @property
    def facts(self) -> dict[str, Any]:
        """What a post carries of it."""
        return {
            "id": str(self.pk),
            "name": self.name,
            "kind": self.kind,
            "sha256": self.sha256,
            "size": self.size,
            "alt": self.alt,
            "width": self.width,
            "height": self.height,
        }


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
        constraints = [
            models.UniqueConstraint(fields=["post", "person", "emoji"], name="a_reaction_counts_once"),
            models.CheckConstraint(condition=~Q(emoji=""), name="a_reaction_says_something"),
        ]


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
    folder = models.ForeignKey("posts.Folder", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "post"], name="a_post_is_bookmarked_once")]


class Draft(models.Model):
    """What somebody typed and did not post yet, one per place."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="drafts")
    place = models.CharField(
        max_length=100, help_text="`new`, `channel:<id>`, `reply:<post id>`, … (see `save_draft`)."
    )
    text = models.TextField()
    fields = models.JSONField(default=dict, help_text="What was typed beside the text: see `posts.draft_fields`.")
    others = models.JSONField(
        default=list,
        help_text="What other devices wrote and this one wrote over, as text and fields; the last one last.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "place"], name="one_draft_per_place")]


class Passage(models.Model):
    """One hash of the fingerprint of a post in a closed channel, by which its words are known elsewhere."""

    value = models.BigIntegerField(db_index=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="passages")


class ChannelToRead(models.Model):
    """A channel that was closed after posts were written in it: their passages are still to be noted."""

    channel = models.OneToOneField(Channel, primary_key=True, on_delete=models.CASCADE, related_name="+")
    after = models.BigIntegerField(default=0, help_text="The posts up to this one are noted.")


class ChannelEvent(models.Model):
    """One change of a channel, numbered without holes: what live pages read, and catch up from."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Posted")
        EDITED = "edited", _("Edited")
        DELETED = "deleted", _("Deleted")
        REACTED = "reacted", _("Reacted")
        REPLIED = "replied", _("Thread grew")
        CHANGED = "changed", _("Changed by others")
        PINNED = "pinned", _("Pinned or taken down")

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="events")
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "seq"], name="event_numbers_have_no_doubles")]
