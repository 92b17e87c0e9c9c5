"""Tables that every package may use."""

from django.db import models


class LimitCounter(models.Model):
    """How often one thing was done by one subject in one window; see `kernel.limits`."""

    name = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "subject", "window_start"], name="one_counter_per_window")
        ]
        indexes = [models.Index(fields=["window_start"])]
