"""Searches of officers over everything that was posted: who, for what, and which posts they were shown."""

from django.db import models
from django.db.models import Q

from corpblog.desk.models.holds import Hold
from corpblog.people.models import Person


class OfficerSearch(models.Model):
    """One search. A trigger refuses to change or delete one: whoever reads what is not theirs leaves a trace."""

    LONGEST_PURPOSE = 300
    LONGEST_QUERY = 200

    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=LONGEST_PURPOSE)
    query = models.CharField(max_length=LONGEST_QUERY, blank=True)
    is_past = models.BooleanField(default=False, help_text="Also in what was deleted or edited away.")
    hold = models.ForeignKey(
        Hold, null=True, on_delete=models.PROTECT, related_name="+", help_text="The hold under which it was read."
    )
    posts = models.JSONField(help_text="The ids of the posts that were shown.")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & (~Q(query="") | Q(hold__isnull=False)), name="a_search_has_a_purpose"
            )
        ]
