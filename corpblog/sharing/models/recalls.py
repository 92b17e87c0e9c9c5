"""What somebody wants taken back from where it is."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.sharing.models.shares import Share


class Recall(models.Model):
    """One taking back of one share at its destination, tried until it is gone or a person has to do it.

    Taking away twice is harmless, so a repetition needs no key; the lease only keeps a stale worker from writing.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being taken back")
        CALLING = "calling", _("Being taken back")
        DONE = "done", _("Taken back")
        BY_HAND = "by_hand", _("Somebody has to take it back by hand")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    share = models.OneToOneField(Share, on_delete=models.PROTECT, related_name="recall")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="By the database's clock.")
    lease = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    trouble = models.CharField(
        max_length=40, blank=True, help_text="What the last try met: a code of `sharing.wording`."
    )
    told = models.CharField(max_length=300, blank=True, help_text="What the other side said about it.")
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="taking_back_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="done", ended_at__isnull=False) | ~Q(state="done"), name="what_is_done_has_its_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="recall_due")]
