"""Where content may go, and the switch that stops everything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.teams.models import Classification

# The answers that say where bytes go. A server may claim any account, so the account alone does not name the target.
_NAME_THE_PLACE: Final = ("server", "host", "port", "url")


def place_in(config: Mapping[str, Any]) -> str:
    """Return where the answers to a connector's questions lead; empty where the network has one place only."""
    return " ".join(str(config[name]).strip().rstrip("/") for name in _NAME_THE_PLACE if config.get(name))


class DestinationQuerySet(models.QuerySet["Destination"]):
    def open(self) -> "DestinationQuerySet":
        return self.filter(is_open=True)

    def company(self) -> "DestinationQuerySet":
        """Those that speak for the company: what employees connect for themselves is theirs alone."""
        return self.filter(owner=None)

    def own(self, person: Person) -> "DestinationQuerySet":
        """The accounts that somebody connected for themselves."""
        return self.filter(owner=person)


class Destination(models.Model):
    """An account or page outside, reached by a connector. Revisions name its remote account, so a swap voids them."""

    class Review(models.TextChoices):
        FLAGGED = "flagged", _("What the policy flags")
        ALWAYS = "always", _("Everything")
        TWICE = "twice", _("Everything, by two people")

        @property
        def approvals(self) -> int:
            """How many people look at least at what goes there."""
            return list(type(self)).index(self)

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, help_text="Which connector: press, mastodon …")
    owner = models.ForeignKey(
        Person,
        null=True,
        on_delete=models.PROTECT,
        related_name="own_destinations",
        help_text="Whose account it is: nobody else sees or uses it. Nobody's: the company's.",
    )
    is_open = models.BooleanField(default=True)
    review = models.CharField(max_length=8, choices=Review.choices, default=Review.FLAGGED)
    cap = models.CharField(
        max_length=12,
        choices=Classification.choices,
        default=Classification.INTERNAL,
        help_text="The highest classification whose posts may go there.",
    )
    needs_alt = models.BooleanField(default=True, help_text="No picture goes there without a description.")
    speaker = models.CharField(max_length=80, blank=True, help_text="The name under which it appears outside.")
    remote_account = models.CharField(max_length=200, blank=True)
    config = models.JSONField(default=dict, help_text="Address of the server, limits it told us; never a secret.")
    credentials = models.TextField(blank=True, editable=False, help_text="Sealed with a key outside the database.")
    renew_at = models.DateTimeField(null=True, help_text="When its token has to be renewed, where tokens end.")
    token_until = models.DateTimeField(null=True, help_text="When its token ends, as far as the network told.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = DestinationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            # Confidential and restricted never leave, whatever an admin clicks.
            models.CheckConstraint(
                condition=Q(cap__in=["public", "internal"]), name="no_destination_takes_confidential"
            ),
            models.UniqueConstraint(
                fields=["owner", "kind", "remote_account"],
                condition=Q(owner__isnull=False),
                name="an_own_account_is_connected_once",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def least_approvals(self) -> int:
        """How many people look at what goes there, whatever the policy says of it."""
        return self.Review(self.review).approvals

    @property
    def place(self) -> str:
        """Where it is reached."""
        return place_in(self.config)

    def __repr__(self) -> str:
        # Never the fields: a traceback or a log line must not show credentials, not even sealed ones.
        return f"<Destination {self.slug}>"


class GateState(models.Model):
    """One row: whether anything may leave at all, and which stretch of time the ledger lost to a restored backup."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_closed = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)
    backup_of = models.DateTimeField(null=True, help_text="When the backup was made that was restored last.")
    restored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="there_is_one_gate")]

    def forgot(self, moment: datetime) -> bool:
        """Whether what happened then is lost: it was after the backup and before that was restored."""
        return (
            self.backup_of is not None and self.restored_at is not None and self.backup_of < moment < self.restored_at
        )
