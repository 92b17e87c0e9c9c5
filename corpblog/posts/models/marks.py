"""What people say about a post without answering it: it matters here, I want to hear more, something is wrong."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.posts.models.posts import Post
from corpblog.teams.models import Channel


class Pin(models.Model):
    """A post that stands at the head of its channel."""

    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="pin")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="pins")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)


class ThreadChoice(models.Model):
    """Somebody wants to hear of every reply in a thread, or of none but those that name them."""

    class Choice(models.TextChoices):
        FOLLOW = "follow", _("Follow")
        MUTE = "mute", _("Mute")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    root = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="choices")
    choice = models.CharField(max_length=6, choices=Choice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "root"], name="one_choice_per_thread")]


class Report(models.Model):
    """Somebody asks compliance to look at a post. The words that were reported are kept: they may be edited away."""

    class Reason(models.TextChoices):
        CONFIDENTIAL = "confidential", _("It tells something confidential")
        HARMFUL = "harmful", _("It attacks or excludes somebody")
        WRONG = "wrong", _("It is false, and that does harm")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        NOTHING = "nothing", _("Nothing to do")
        TALKED = "talked", _("Talked to its author")
        REMOVED = "removed", _("The post was taken away")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="reports")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason.choices)
    note = models.CharField(max_length=300, blank=True)
    text = models.TextField(help_text="What the post said.")
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "person"], condition=Q(closed_at__isnull=True), name="one_open_report_each"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, outcome="")
                | Q(closed_at__isnull=False, closed_by__isnull=False, outcome__gt=""),
                name="a_closed_report_says_who_and_how",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=models.F("person")),
                name="nobody_closes_their_own_report",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(closed_at__isnull=True), name="report_open")]
