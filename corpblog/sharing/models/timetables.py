"""When a destination is quiet, and when it likes to be reached."""

from typing import ClassVar

from django.db import models

from corpblog.sharing.models.destinations import Destination


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
