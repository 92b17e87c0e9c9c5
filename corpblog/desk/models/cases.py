"""Who looks after a case, whether it was escalated, and what officers wrote about it. What was ruled is the gate's."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models import Share


class CaseFile(models.Model):
    """A share as a case: assigned to one officer or to nobody, and escalated at most once.

    A trigger refuses a decision by whoever passed it up: they asked for somebody else's eyes.
    """

    share = models.OneToOneField(Share, primary_key=True, on_delete=models.PROTECT, related_name="case_file")
    officer = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="desk_cases")
    since = models.DateTimeField(null=True, help_text="When the officer got it.")
    escalated_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    escalated_at = models.DateTimeField(null=True)
    called_for = models.DateTimeField(
        null=True, help_text="The beginning of the wait for which officers were called; each wait calls them once."
    )

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(officer__isnull=True, since__isnull=True) | Q(officer__isnull=False, since__isnull=False),
                name="who_has_a_case_has_it_since",
            ),
            models.CheckConstraint(
                condition=Q(escalated_by__isnull=True, escalated_at__isnull=True)
                | Q(escalated_by__isnull=False, escalated_at__isnull=False),
                name="a_case_is_passed_up_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(escalated_by__isnull=True) | Q(officer__isnull=True) | ~Q(officer=models.F("escalated_by")),
                name="who_passed_it_up_does_not_keep_it",
            ),
        ]
        indexes = [
            models.Index(fields=["escalated_at"], condition=Q(escalated_at__isnull=False), name="case_escalated")
        ]


class Remark(models.Model):
    """What an officer wrote about a case: for colleagues, or for its author, who does not read who wrote it."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("Comment")
        ESCALATION = "escalation", _("Escalated")
        MESSAGE = "message", _("Message to the author")

    LONGEST = 2000

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="remarks")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_remark_says_something")]
