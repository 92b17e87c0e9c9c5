"""What somebody asked to send out, every form it took, and what reviewers ruled."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.posts.models import Post
from corpblog.sharing.models.destinations import Destination
from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Channel
from corpblog.teams.selectors import accounts_of


class ShareQuerySet(models.QuerySet["Share"]):
    def of(self, person: Person) -> "ShareQuerySet":
        return self.filter(Q(author=person) | Q(requester=person))

    def visible_to(self, person: Person) -> "ShareQuerySet":
        """What `access.can_see` lets the person see."""
        if has_role(person, Role.COMPLIANCE, Role.AUDITOR):
            return self.all()
        on_behalf = Q(post__channel__kind=Channel.Kind.COMPANY, post__root=None, post__is_repost=False, revoices=None)
        if not has_role(person, Role.COMMUNICATIONS):
            on_behalf &= Q(post__channel__in=accounts_of(person))
        return self.filter(Q(author=person) | Q(requester=person) | on_behalf)

    def waiting_for_review(self) -> "ShareQuerySet":
        return self.filter(state=Share.State.HELD)

    def may_still_be_stopped(self) -> "ShareQuerySet":
        return self.filter(state__in=Share.STOPPABLE)

    def not_touched_by(self, person: Person) -> "ShareQuerySet":
        return self.exclude(hands__person=person)

    def on_their_way(self) -> "ShareQuerySet":
        return self.filter(state__in=(*Share.RELEASED, Share.State.SENDING))

    def out(self) -> "ShareQuerySet":
        return self.filter(state__in=(Share.State.SENT, Share.State.UNKNOWN, Share.State.RECALLED))

    def out_or_called(self) -> "ShareQuerySet":
        return self.out() | self.filter(state=Share.State.SENDING)

    def originals(self) -> "ShareQuerySet":
        """Those that put something outside, without those that change what is there."""
        return self.filter(corrects=None)

    def companys(self) -> "ShareQuerySet":
        """Those that speak for the company, without what employees say on their own accounts."""
        return self.filter(revoices=None)

    def called_since(self, instant: datetime) -> "ShareQuerySet":
        return self.filter(job__last_call_at__gte=instant)

    def of_thread(self, post: Post) -> "ShareQuerySet":
        first = post.root_id or post.pk
        return self.filter(Q(post=first) | Q(post__root=first))

    def for_rows(self) -> "ShareQuerySet":
        return self.select_related("post__channel", "author", "requester", "destination", "revision", "job", "corrects")


class Share(models.Model):
    """A request that a post's content leave through a destination. What leaves is its revision, never the post."""

    class State(models.TextChoices):
        HELD = "held", _("In review")
        CLEARED = "cleared", _("Cleared")
        APPROVED = "approved", _("Approved")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        UNKNOWN = "unknown", _("Unclear whether it was sent")
        REJECTED = "rejected", _("Rejected")
        CHANGES_ASKED = "changes_asked", _("Changes asked for")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        VOID = "void", _("Void")
        RECALLED = "recalled", _("Taken back")

    STOPPABLE = (State.HELD, State.CLEARED, State.APPROVED, State.CHANGES_ASKED, State.VOID)
    OPEN = (*STOPPABLE, State.SENDING, State.UNKNOWN)
    RELEASED = (State.CLEARED, State.APPROVED)

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="shares")
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="shares")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=13, choices=State.choices)
    revision = models.ForeignKey("ShareRevision", null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="The current revision's.")
    justification = models.TextField(
        blank=True, help_text="What the requester answered when a rule asked for a reason."
    )
    words = models.TextField(blank=True, help_text="The words for this destination; empty for those of the post.")
    as_thread = models.BooleanField(default=False, help_text="What is too long there leaves as several posts.")
    comment = models.TextField(blank=True, help_text="What is posted under it, as its first answer.")
    corrects = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text="The share that is out, whose words there these replace.",
    )
    revoices = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="copies",
        help_text="The company's share that an employee says in their own words, on their own account.",
    )
    send_at = models.DateTimeField(null=True, help_text="Not before this instant.")
    zone = models.CharField(max_length=40, blank=True, help_text="The time zone the instant was chosen in.")
    is_trial = models.BooleanField(default=False, help_text="An admin tries the destination with it.")
    note = models.CharField(max_length=40, blank=True, help_text="Why it is where it is: a code of `sharing.wording`.")
    created_at = models.DateTimeField(auto_now_add=True)
    held_since = models.DateTimeField(null=True)
    in_doubt_since = models.DateTimeField(
        null=True, help_text="A backup of that instant was restored: it may have been sent since, and nobody remembers."
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects: ClassVar = ShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "destination", "digest"],
                condition=~Q(state__in=["withdrawn", "failed", "recalled"]),
                name="one_share_per_post_destination_and_bytes",
            ),
            models.UniqueConstraint(
                fields=["post", "destination"],
                condition=Q(state__in=["held", "cleared", "approved", "changes_asked", "void", "sending", "unknown"]),
                name="one_open_share_per_post_and_destination",
            ),
            models.UniqueConstraint(
                fields=["revoices", "destination"],
                condition=Q(
                    revoices__isnull=False,
                    state__in=["held", "cleared", "approved", "changes_asked", "void", "sending", "unknown", "sent"],
                ),
                name="an_offer_is_revoiced_once_on_an_account",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "held_since"], name="share_queue"),
            models.Index(fields=["author", "-id"], name="share_by_author"),
            models.Index(fields=["requester", "-id"], name="share_by_requester"),
            models.Index(fields=["changed_at"], name="share_by_change"),
        ]

    @property
    def wish(self) -> Wish:
        """How it is wanted to leave."""
        return Wish(
            words=self.words,
            send_at=self.send_at,
            zone=self.zone,
            is_trial=self.is_trial,
            corrects=self.corrects_id,
            as_thread=self.as_thread,
            comment=self.comment,
            revoices=self.revoices_id,
        )

    @property
    def is_copy(self) -> bool:
        """Whether an employee says it on their own account."""
        return self.revoices_id is not None

    @property
    def subject(self) -> str:
        """The share's name in the audit log."""
        return f"share:{self.pk}"


class Hand(models.Model):
    """Somebody who had a hand in a share and therefore never decides on it; the database refuses their decision."""

    class Part(models.TextChoices):
        AUTHOR = "author", _("Author")
        REQUESTER = "requester", _("Requester")
        EDITOR = "editor", _("Editor")

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="hands")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=9, choices=Part.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["share", "person", "part"], name="a_hand_is_noted_once")]


class ShareRevision(models.Model):
    """Every byte that would leave, frozen, with the verdict on it. A trigger refuses to change or delete one.

    A share gets a new revision when its bytes change, and when the policy changed so that it must be judged anew.
    """

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    canonical = models.TextField(help_text="Canonical JSON of everything that will leave.")
    digest = models.CharField(max_length=64, db_index=True)
    post_version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8)
    verdict = models.JSONField(help_text="`Verdict.to_record`: findings, policy, engine and normaliser versions.")
    policy_digest = models.CharField(max_length=64, blank=True)
    approvals_needed = models.PositiveSmallIntegerField(null=True, help_text="None: it may not leave at all.")
    rides_on = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The cleared words that these re-voice within the edit budget: what was decided on those counts.",
    )
    why = models.CharField(max_length=20, help_text="requested, edited, rescanned, account")
    created_at = models.DateTimeField()

    @property
    def decided_on(self) -> "ShareRevision":
        """The revision whose decisions count for it: the one it rides on, else its own."""
        return self.rides_on or self

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["share", "number"], name="revisions_are_numbered"),
            models.CheckConstraint(
                condition=Q(outcome__in=["allow", "warn", "justify"])
                | Q(outcome="hold", approvals_needed__gte=1)
                | Q(approvals_needed__isnull=True),
                name="what_is_held_needs_somebody",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="share_revision_by_time")]


class Decision(models.Model):
    """What one reviewer ruled on one revision, and with which engine and policy in front of them."""

    class Ruling(models.TextChoices):
        APPROVE = "approve", _("Approved")
        REJECT = "reject", _("Rejected")
        CHANGES = "changes", _("Asked for changes")

    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="decisions")
    digest = models.CharField(max_length=64, db_index=True)
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ruling = models.CharField(max_length=7, choices=Ruling.choices)
    reason = models.TextField(blank=True)
    policy_digest = models.CharField(max_length=64, blank=True)
    engine_version = models.CharField(max_length=40, blank=True)
    normaliser_version = models.CharField(max_length=40, blank=True)
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "reviewer"], condition=Q(undone_at__isnull=True), name="a_reviewer_rules_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("decided_at")), name="undone_after_it_was_done"
            ),
        ]
        indexes = [models.Index(fields=["decided_at"], name="decision_by_time")]
