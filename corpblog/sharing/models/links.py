"""Where short links lead: what was found when they were followed."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class FollowedLink(models.Model):
    """One short link, every address on its way, and how the way ended. Kept for a day."""

    class End(models.TextChoices):
        OUTSIDE = "outside", "at a public place"
        INSIDE = "inside", "at a place where only colleagues get"
        LOST = "lost", "nowhere that could be reached"

    digest = models.CharField(
        max_length=64, primary_key=True, help_text="Of the link; links have no length that an index takes."
    )
    way = models.JSONField(help_text="Addresses in order: the link itself first, where it ends last.")
    end = models.CharField(max_length=7, choices=End.choices)
    followed_at = models.DateTimeField(db_index=True)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(end__in=["outside", "inside", "lost"]), name="a_way_ends_somewhere")
        ]
