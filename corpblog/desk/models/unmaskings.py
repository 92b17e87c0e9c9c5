"""Two officers agree to see who is behind a pseudonym, for one share, or one of them refuses."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from corpblog.people.models import Person
from corpblog.sharing.models import Share


class UnmaskingQuerySet(models.QuerySet["Unmasking"]):
    def open(self) -> "UnmaskingQuerySet":
        """Those that wait for a second officer."""
        return self.filter(agreed_at__isnull=True, refused_at__isnull=True)


class Unmasking(models.Model):
    """One officer asks, with a reason; another agrees, and the desk shows the names of this share, or refuses.

    Whoever asked may take it back, which is a refusal of their own. Kept for good; after a refusal it may be asked for
    once more, and whoever is asked then reads the refusal.
    """

    LONGEST = 500

    share = models.ForeignKey(Share, on_delete=models.PROTECT, related_name="unmaskings")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True)

    objects: ClassVar = UnmaskingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_unmasking_has_a_reason"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_at__isnull=False) & Q(agreed_by__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="two_officers_unmask",
            ),
            models.CheckConstraint(
                condition=Q(refused_by__isnull=True, refused_at__isnull=True)
                | Q(refused_by__isnull=False, refused_at__isnull=False, agreed_at__isnull=True),
                name="what_was_agreed_to_is_not_refused",
            ),
            models.UniqueConstraint(
                fields=["share"], condition=Q(refused_at__isnull=True), name="one_unmasking_of_a_share_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["agreed_at"], name="unmasking_agreed")]

    @property
    def was_taken_back(self) -> bool:
        return self.refused_by_id is not None and self.refused_by_id == self.asked_by_id
