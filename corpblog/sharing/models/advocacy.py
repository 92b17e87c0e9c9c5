"""Advocates: what is offered to employees to say in their own words, and on which networks they may."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models.shares import Share
from corpblog.teams.models import Channel


class OwnKind(models.Model):
    """A kind of network on which employees may connect their own accounts; connector admins open and close it."""

    kind = models.CharField(primary_key=True, max_length=20, help_text="The connector's kind.")
    is_open = models.BooleanField(default=False)

    objects: ClassVar = models.Manager()


class OfferQuerySet(models.QuerySet["Offer"]):
    def open(self) -> "OfferQuerySet":
        return self.filter(ended_at=None)

    def made_to(self, person: Person) -> "OfferQuerySet":
        """Those for everybody, and those for the members of a channel that the person is in."""
        mine = Channel.objects.filter(memberships__person=person)
        through = Offer.channels.through.objects.filter(channel__in=mine)
        return self.filter(Q(is_for_everybody=True) | Q(pk__in=through.values("offer")))


class Offer(models.Model):
    """A share of the company that its employees are asked to say in their own words."""

    class End(models.TextChoices):
        """How it ended."""

        CLOSED = "closed", _("No longer offered")
        RECALLED = "recalled", _("Taken back")

    share = models.OneToOneField(Share, on_delete=models.PROTECT, related_name="offer")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="What is said to colleagues about it.")
    is_for_everybody = models.BooleanField(default=False)
    channels = models.ManyToManyField(Channel, related_name="+", help_text="Whose members it is for.")
    offered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    end = models.CharField(max_length=8, choices=End.choices, blank=True)
    takes_copies_back = models.BooleanField(default=False, help_text="Copies that arrive later are taken back too.")
    reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar = OfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="what_ended_says_how",
            )
        ]

    @property
    def subject(self) -> str:
        """The offer's name in the audit log."""
        return f"offer:{self.pk}"
