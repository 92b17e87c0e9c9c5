"""Two officers agree to see who is behind a pseudonym, for one share."""

from django.db import models
from django.db.models import F, Q

from corpblog.people.models import Person
from corpblog.sharing.models import Share


class Unmasking(models.Model):
    """One officer asks, with a reason; another agrees, and the desk shows the names of this share. Kept for good."""

    LONGEST = 500

    share = models.OneToOneField(Share, on_delete=models.PROTECT, related_name="unmasking")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_unmasking_has_a_reason"),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_at__isnull=False) & Q(agreed_by__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="two_officers_unmask",
            ),
        ]
        indexes = [models.Index(fields=["agreed_at"], name="unmasking_agreed")]
