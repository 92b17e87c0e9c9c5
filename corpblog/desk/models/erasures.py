"""Erasing what is kept of somebody who left: asked for by one officer, agreed to by another, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from corpblog.people.models import Person


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def under_way(self) -> "ErasureQuerySet":
        return self.filter(agreed_at__isnull=False, finished_at__isnull=True)


class Erasure(models.Model):
    """One person's erasure. It is finished when nothing of theirs waits for a hold or a decision any more.

    report: how much was erased and how much is kept, by what it is; `web.erasure_words` says why.
    """

    LONGEST_REASON = 500

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST_REASON)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    dropped_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    dropped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    objects: ClassVar = ErasureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_erasure_says_why"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="two_officers_erase",
            ),
            models.CheckConstraint(
                condition=~Q(asked_by=F("person")) & (Q(agreed_by__isnull=True) | ~Q(agreed_by=F("person"))),
                name="nobody_erases_themselves",
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True, dropped_at__isnull=True)
                | Q(dropped_by__isnull=False, dropped_at__isnull=False, agreed_at__isnull=True),
                name="what_was_agreed_to_is_not_dropped",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(agreed_at__isnull=False), name="only_what_two_agreed_to_ends"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(finished_at__isnull=True, dropped_at__isnull=True),
                name="one_erasure_of_a_person_at_a_time",
            ),
        ]

    @property
    def subject(self) -> str:
        """The erasure's name in the audit log."""
        return f"erasure:{self.pk}"
