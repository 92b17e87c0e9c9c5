"""When a destination is quiet, and when it likes to be reached."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from corpblog.people.models import Person
from corpblog.sharing.models.destinations import Destination


class QuietPeriodQuerySet(models.QuerySet["QuietPeriod"]):
    def around(self, moment: datetime) -> "QuietPeriodQuerySet":
        """Those that the instant is in."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def between(self, start: datetime, end: datetime) -> "QuietPeriodQuerySet":
        """Those that touch the span."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)


class QuietPeriod(models.Model):
    """A span in which nothing leaves for a destination, once: before results, in a crisis, over the holidays."""

    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="quiet_periods")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(help_text="The first instant at which it may leave again.")
    zone = models.CharField(max_length=40, help_text="In which both ends were chosen.")
    reason = models.CharField(max_length=120)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar = QuietPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="a_quiet_period_lasts"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="a_quiet_period_has_a_reason"),
        ]
        indexes = [models.Index(fields=["destination", "ends_at"], name="quiet_period_of")]

    def __str__(self) -> str:
        return f"{self.destination_id} {self.starts_at:%F}"


class Timetable(models.Model):
    """By the clock of one time zone. Without a row, a destination is reached at any time."""

    destination = models.OneToOneField(
        Destination, primary_key=True, on_delete=models.CASCADE, related_name="timetable"
    )
    zone = models.CharField(max_length=40)
    quiet_days = models.JSONField(default=list, help_text="Numbers from 0, Monday: nothing leaves on these days.")
    quiet_from = models.TimeField(null=True, help_text="Nothing leaves from this hour …")
    quiet_to = models.TimeField(null=True, help_text="… to this one; over midnight where it is earlier.")
    slots = models.JSONField(
        default=list, help_text="[day, `09:00`] in the order of the week: when it is best reached."
    )

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.destination_id} in {self.zone}"
