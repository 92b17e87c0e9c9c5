"""What is on its way: one job a share, the receipt of what arrived, and the workers' signs of life."""

from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.sharing.models.destinations import Destination
from corpblog.sharing.models.shares import Share, ShareRevision

# How the id of a receipt begins where a person found what arrived, and no server told an id.
FOUND_BY_A_PERSON: Final = "settled:"


class Job(models.Model):
    """One sending of one share. Its sealed bytes are what leaves, also on every retry."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SEALED = "sealed", _("Sealed")
        CALLING = "calling", _("On the wire")
        DOUBTFUL = "doubtful", _("Perhaps arrived")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        UNKNOWN = "unknown", _("Unknown")
        STOPPED = "stopped", _("Stopped")

    FINAL = (State.SENT, State.FAILED, State.UNKNOWN, State.STOPPED)

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    share = models.OneToOneField(Share, on_delete=models.PROTECT, related_name="job")
    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(help_text="By the database's clock.")
    sealed = models.TextField(blank=True)
    mac = models.CharField(max_length=64, blank=True)
    lease = models.PositiveIntegerField(
        default=0, help_text="Rises with every lease: a stale worker is recognised by it."
    )
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=100, blank=True)
    tries = models.PositiveIntegerField(default=0)
    looks = models.PositiveSmallIntegerField(default=0, help_text="How often we looked outside and did not find it.")
    may_be_there = models.BooleanField(
        default=False,
        help_text="A call's answer was lost, and nobody found out since: no later refusal says it is not there.",
    )
    first_call_at = models.DateTimeField(null=True)
    last_call_at = models.DateTimeField(null=True)
    trouble = models.CharField(
        max_length=40, blank=True, help_text="What the last try met: a code of `sharing.wording`."
    )
    told = models.CharField(max_length=300, blank=True, help_text="What the other side said about it.")

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["sealed", "calling", "doubtful", "sent", "unknown"])
                | (~Q(sealed="") & ~Q(mac="") & Q(lease__gte=1)),
                name="nothing_is_sent_without_sealed_bytes",
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="job_due")]


class Receipt(models.Model):
    """What arrived outside, and where it can be seen."""

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="receipt")
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="receipts")
    remote_id = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    how = models.CharField(max_length=8, help_text="answer, found or person")
    received_at = models.DateTimeField()
    figures = models.JSONField(default=dict, help_text="Reach, as the other side counts it: likes, boosts, replies.")
    looked_at = models.DateTimeField(null=True, help_text="When it was last seen there, or looked for.")
    misses = models.PositiveSmallIntegerField(default=0, help_text="How often in a row it was not there.")
    shows = models.ForeignKey(
        Job,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The newest correction that arrived: its words stand there now.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["destination", "remote_id"], name="what_arrived_belongs_to_one_job")
        ]

    @property
    def standing(self) -> Job:
        """The job whose sealed words stand there now."""
        return self.shows or self.job

    @property
    def is_known_to_a_machine(self) -> bool:
        """Whether the other side told its id; what a person found there, only a person can point at."""
        return not self.remote_id.startswith(FOUND_BY_A_PERSON)


class WorkerBeat(models.Model):
    """A worker's last sign of life."""

    name = models.CharField(max_length=100, primary_key=True)
    at = models.DateTimeField()
