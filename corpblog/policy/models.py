"""Policy versions: drafts, the one in force, and all that were."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self) -> "PolicyVersionQuerySet":
        return self.filter(state=PolicyVersion.State.IN_FORCE)


class PolicyVersion(models.Model):
    """One YAML document. What is proposed never changes again; a correction is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        IN_FORCE = "in_force", _("In force")
        RETIRED = "retired", _("Retired")
        REFUSED = "refused", _("Refused")

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    source = models.TextField(help_text="The YAML, as it was typed.")
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, help_text="What changed and why.")
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="in_force"), name="one_policy_is_in_force"),
            # Two people, in the database too: no bug in a door can let one person change what may leave.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("proposed_by")),
                name="a_policy_takes_two_people",
            ),
        ]


class Dictionary(models.Model):
    """A named list of terms that rules refer to."""

    name = models.CharField(max_length=100, unique=True)
    terms = models.TextField(help_text="One term a line.")
    updated_at = models.DateTimeField(auto_now=True)
