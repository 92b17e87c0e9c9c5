"""What of a thread is out already: it leaves part by part, and each is written down before the next one goes."""

from django.db import models

from corpblog.sharing.models.destinations import Destination
from corpblog.sharing.models.outbox import Job


class ThreadPart(models.Model):
    """One part of a job's sealed thread, as it arrived. The first is number 0."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="parts")
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    remote_id = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True)
    arrived_at = models.DateTimeField()
    figures = models.JSONField(default=dict, help_text="Its own reach, as the other side counts it.")
    looked_at = models.DateTimeField(null=True, help_text="When it was last seen there, or looked for.")
    missing_since = models.DateTimeField(null=True, help_text="When it was first not there, in a row of such looks.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="a_part_arrives_once"),
            models.UniqueConstraint(fields=["destination", "remote_id"], name="what_arrived_is_one_part"),
        ]
        ordering = ["number"]
