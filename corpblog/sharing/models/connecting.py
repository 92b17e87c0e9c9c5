"""Connecting in two steps: a trip to the network's own page, and a change of target that a second person confirms."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models.destinations import Destination, place_in
from corpblog.teams.models import Classification


class SignInTrip(models.Model):
    """An admin who is signing in on the network's own page; gone when they are back, or after ten minutes."""

    state_digest = models.CharField(max_length=64, unique=True, help_text="Of the word that the network sends back.")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    sealed = models.TextField(help_text="What was filled in and the secret of the trip, sealed as credentials are.")
    until = models.DateTimeField()


class TargetChange(models.Model):
    """Another account behind a destination, or less protection for it: asked by one person, decided by another."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for a second person")
        CONFIRMED = "confirmed", _("Confirmed")
        REFUSED = "refused", _("Refused")

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=80)
    account = models.CharField(max_length=200)
    speaker = models.CharField(max_length=80, blank=True)
    review = models.CharField(max_length=8, choices=Destination.Review.choices)
    cap = models.CharField(max_length=12, choices=Classification.choices)
    needs_alt = models.BooleanField(default=True)
    config = models.JSONField(default=dict)
    sealed = models.TextField(blank=True, editable=False)

    objects: ClassVar = models.Manager()

    @property
    def place(self) -> str:
        """Where it would be reached."""
        return place_in(self.config)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["destination"], condition=Q(state="waiting"), name="one_change_of_a_target_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="refused") | ~Q(decided_by=F("asked_by")),
                name="nobody_confirms_their_own_change_of_a_target",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_by__isnull=False), name="a_decided_change_names_who_decided"
            ),
        ]

    def __repr__(self) -> str:
        return f"<TargetChange {self.pk}>"
