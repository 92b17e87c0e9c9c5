"""Who must know: notices, read or not. Nothing held is ever quoted in one."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.teams.models import Channel


class NoticeQuerySet(models.QuerySet["Notice"]):
    def of(self, person: Person) -> "NoticeQuerySet":
        return self.filter(person=person)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at__isnull=True)

    def showable(self, person: Person) -> "NoticeQuerySet":
        """Those whose post and channel the person may see now: a notice outlives a membership, its words do not."""
        channels = Channel.objects.visible_to(person)
        no_post, no_channel = Q(post__isnull=True), Q(channel__isnull=True)
        return self.filter(
            no_post | Q(post__deleted_at__isnull=True, post__channel__in=channels),
            no_channel | Q(channel__in=channels),
        )


class Notice(models.Model):
    """One thing one person should know."""

    class Kind(models.TextChoices):
        MENTION = "mention", _("Mention")
        REPLY = "reply", pgettext_lazy("notice", "Reply")
        QUOTE = "quote", pgettext_lazy("notice", "Quote or repost")
        REACTION = "reaction", _("Reaction")
        FOLLOW = "follow", _("Follower")
        INVITE = "invite", _("Invitation")
        REQUEST = "request", _("Request to join")
        DIRECT = "direct", _("Direct message")
        THREAD = "thread", _("Thread you follow")
        KEYWORD = "keyword", _("Keyword")
        POST = "post", _("Post in a channel")
        POLL = "poll", _("Poll that ended")
        ANNOUNCEMENT = "announcement", _("Announcement")
        SCHEDULED = "scheduled", _("Scheduled post")
        BEST = "best", _("Best answer")
        PRAISE = "praise", _("Praise")
        REPORT = "report", _("Reported post")
        REVIEW = "review", _("Case at the desk")
        SHARE = "share", _("Share")
        POLICY = "policy", _("Policy")
        DESTINATION = "destination", _("Destination")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.CASCADE, related_name="+")
    # What a layer above needs to name its thing: {"share": 12, "state": "approved"}; sentences are made when shown.
    facts = models.JSONField(default=dict)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True, help_text="When it is to be mailed, if it is unread by then.")

    push_due_at = models.DateTimeField(null=True, help_text="When devices are told, if it is unread by then.")

    objects: ClassVar = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            # Listeners may be told twice; people are told once.
            models.UniqueConstraint(
                fields=["person", "post"],
                condition=Q(kind__in=["mention", "reply", "quote", "thread", "keyword", "post", "praise"]),
                name="told_once_of_a_posts_words",
            ),
            models.UniqueConstraint(
                fields=["person", "post"], condition=Q(kind="poll"), name="told_once_of_a_polls_end"
            ),
            models.UniqueConstraint(
                fields=["person", "post"],
                condition=Q(kind="reaction", read_at__isnull=True),
                name="reactions_are_grouped",
            ),
            models.UniqueConstraint(
                fields=["person", "post"],
                condition=Q(kind="announcement", read_at__isnull=True),
                name="one_unread_call_to_acknowledge",
            ),
            models.UniqueConstraint(
                fields=["person", "channel"],
                condition=Q(kind="direct", read_at__isnull=True),
                name="direct_messages_are_grouped",
            ),
            models.UniqueConstraint(
                fields=["person", "url"],
                condition=Q(kind="review", read_at__isnull=True),
                name="one_unread_call_to_a_case",
            ),
            models.UniqueConstraint(
                fields=["person", "actor"], condition=Q(kind="follow"), name="told_once_of_a_follower"
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_by_person"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["mail_due_at"], condition=Q(mail_due_at__isnull=False), name="notice_mail_due"),
            models.Index(fields=["push_due_at"], condition=Q(push_due_at__isnull=False), name="notice_push_due"),
        ]

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    @property
    def sentence(self) -> str:
        """What it says, in the language of who looks."""
        from corpblog.notifications.wording import sentence

        return sentence(self)
