"""Searches of officers over everything that was posted: who, for what, and which posts they were shown."""

from django.db import models
from django.db.models import Q

from corpblog.people.models import Person


class OfficerSearch(models.Model):
    """One search. A trigger refuses to change or delete one: whoever reads what is not theirs leaves a trace."""

    LONGEST_PURPOSE = 300
    LONGEST_QUERY = 200

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=LONGEST_PURPOSE)
    query = models.CharField(max_length=LONGEST_QUERY)
    posts = models.JSONField(help_text="The ids of the posts that were shown.")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(purpose="") & ~Q(query=""), name="a_search_has_a_purpose")]
