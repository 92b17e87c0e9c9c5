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


class Epoch(models.Model):
    """Which life of the database this is; see `kernel.epoch`."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=32)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_epoch")]
