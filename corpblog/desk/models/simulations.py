"""Simulations: what was asked for, how far it is, and what was counted. No words of posts are kept."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion


class SimulationQuerySet(models.QuerySet["Simulation"]):
    def open(self) -> "SimulationQuerySet":
        return self.filter(state__in=Simulation.OPEN)

    def of(self, version: PolicyVersion, against: PolicyVersion | None, days: int) -> "SimulationQuerySet":
        """Those that answer the same question: a draft that was edited since is another one."""
        compared = against.digest if against else ""
        return self.filter(digest=version.digest, against_digest=compared, days=days)


class Simulation(models.Model):
    """One policy version tried on the posts and shares of the last days."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")
        FAILED = "failed", _("Failed")

    OPEN = (State.WAITING, State.RUNNING)

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, help_text="The version's when it was asked for.")
    against = models.ForeignKey(PolicyVersion, null=True, on_delete=models.CASCADE, related_name="+")
    against_digest = models.CharField(max_length=64, blank=True)
    days = models.PositiveSmallIntegerField()
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(default=0, help_text="Texts to be looked at, as counted at the start.")
    done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict, help_text="`Effect.to_record` of posts and of shares: counts, ids, places.")
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, help_text="The worker's last sign of life in it.")
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar = SimulationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "against_digest", "days"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_open_simulation_of_a_question",
            )
        ]
        indexes = [
            models.Index(fields=["digest", "-id"], name="simulation_of_version"),
            models.Index(fields=["state"], condition=Q(state__in=["waiting", "running"]), name="simulation_open"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0
