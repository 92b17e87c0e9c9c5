"""Shares that a rule let pass and that are looked at afterwards: how often, which ones, and what officers found."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models import Destination, ShareRevision


class SamplingRate(models.Model):
    """How many of a hundred allowed shares are looked at: those that a rule let pass, or all; to one place, or any."""

    rule = models.CharField(max_length=64, blank=True, help_text="Empty: whatever the rules said.")
    destination = models.ForeignKey(Destination, null=True, on_delete=models.PROTECT, related_name="+")
    percent = models.PositiveSmallIntegerField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=1, percent__lte=100), name="a_rate_is_a_percentage"),
            models.UniqueConstraint(fields=["rule", "destination"], name="one_rate_per_rule_and_destination"),
            models.UniqueConstraint(
                fields=["rule"], condition=Q(destination__isnull=True), name="one_rate_per_rule_everywhere"
            ),
        ]


class SampleQuerySet(models.QuerySet["Sample"]):
    def waiting(self) -> "SampleQuerySet":
        return self.filter(mark=Sample.Mark.OPEN)


class Sample(models.Model):
    """One allowed revision that an officer looks at afterwards. A trigger refuses a mark by who had a hand in it."""

    class Mark(models.TextChoices):
        OPEN = "open", _("Not looked at")
        RIGHT = "right", _("Rightly allowed")
        WRONG = "wrong", _("Should have been held")

    LONGEST = 500

    revision = models.OneToOneField(ShareRevision, on_delete=models.PROTECT, related_name="sample")
    taken_at = models.DateTimeField()
    mark = models.CharField(max_length=5, choices=Mark.choices, default=Mark.OPEN)
    missed_by = models.CharField(max_length=64, blank=True, help_text="The rule that should have held it, if any.")
    note = models.CharField(max_length=LONGEST, blank=True)
    marked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(null=True)

    objects: ClassVar = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mark="open", marked_by__isnull=True, marked_at__isnull=True, missed_by="", note="")
                | (~Q(mark="open") & Q(marked_by__isnull=False, marked_at__isnull=False)),
                name="a_sample_is_marked_by_somebody",
            ),
            models.CheckConstraint(condition=Q(missed_by="") | Q(mark="wrong"), name="only_what_is_wrong_was_missed"),
        ]
        indexes = [
            models.Index(fields=["taken_at"], condition=Q(mark="open"), name="sample_waiting"),
            models.Index(fields=["marked_at"], name="sample_marked"),
        ]
