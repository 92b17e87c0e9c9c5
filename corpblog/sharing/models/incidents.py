"""What happened on an account of ours without us, and whether we can see it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.canonical import parts, read
from corpblog.sharing.models.destinations import Destination
from corpblog.sharing.models.shares import Share


class Incident(models.Model):
    """Something outside is not as we left it, or was never ours; officers are told, and one writes down what it was."""

    class Kind(models.TextChoices):
        EDITED = "edited", _("Changed there")
        DELETED = "deleted", _("Deleted there")
        FOREIGN = "foreign", _("Not from Corpblog")
        FORGOTTEN = "forgot", _("Since the backup")

    # A post without a receipt: a stranger's, or ours from before a backup was restored.
    STRAYS = (Kind.FOREIGN, Kind.FORGOTTEN)

    kind = models.CharField(max_length=7, choices=Kind.choices)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="incidents")
    share = models.ForeignKey(Share, null=True, on_delete=models.PROTECT, related_name="incidents")
    remote_id = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    shows = models.TextField(blank=True, help_text="What stands there now.")
    shows_digest = models.CharField(max_length=64)
    raised_at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=1000, blank=True)

    objects: ClassVar = models.Manager()

    @property
    def is_forgotten(self) -> bool:
        """Whether it is probably ours, and the ledger lost it to a restored backup."""
        return self.kind == self.Kind.FORGOTTEN

    @property
    def sent(self) -> str:
        """The words that we sent there, where they were ours: of a thread, those of this part."""
        if self.share is None:
            return ""
        part = self.share.job.parts.filter(remote_id=self.remote_id).first()
        return parts(read(self.share.job.sealed))[part.number if part else 0]

    @property
    def remote_url(self) -> str:
        """The address there, where it is one that a page may link to."""
        return self.url if self.url.startswith(("https://", "http://")) else ""

    class Meta:
        constraints = [
            # Seen again at every look, raised once; other words at the same place are another incident.
            models.UniqueConstraint(
                fields=["destination", "kind", "remote_id", "shows_digest"], name="an_incident_is_raised_once"
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True, note="")
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False) & ~Q(note=""),
                name="who_acknowledges_says_what_it_was",
            ),
        ]
        indexes = [models.Index(fields=["acknowledged_at", "-raised_at"], name="incident_open")]


class Watch(models.Model):
    """Whether we can see what stands on an account; since when not, why, and when it is tried again."""

    destination = models.OneToOneField(Destination, primary_key=True, on_delete=models.CASCADE, related_name="watch")
    seen_at = models.DateTimeField(null=True, help_text="When the account was last looked at to the end.")
    unseen_since = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=40, blank=True, help_text="A code of `sharing.wording`.")
    told = models.CharField(max_length=300, blank=True, help_text="What the other side said about it.")
    failures = models.PositiveSmallIntegerField(default=0, help_text="How many looks failed in a row.")
    again_at = models.DateTimeField(null=True, help_text="Not before this, after failures.")

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unseen_since__isnull=True, failures=0, again_at__isnull=True, trouble="")
                | Q(unseen_since__isnull=False, failures__gte=1, again_at__isnull=False) & ~Q(trouble=""),
                name="who_is_not_watched_says_why",
            )
        ]
