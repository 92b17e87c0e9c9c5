"""A wording without some of its words, which an officer proposes and the author takes or leaves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models import ShareRevision


class Proposal(models.Model):
    """What would be left of a revision's text. Taken, it is an edit by the author, judged like any other."""

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered")
        TAKEN = "taken", _("Taken")
        LEFT = "left", _("Left")

    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="proposals")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    spans = models.JSONField(help_text="What was taken out: pairs of places in the revision's text.")
    text = models.TextField()
    at = models.DateTimeField()
    answer = models.CharField(max_length=5, choices=Answer.choices, default=Answer.OPEN)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision"], condition=Q(answer="open"), name="one_wording_is_proposed_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answer="open", answered_at__isnull=True)
                | (~Q(answer="open") & Q(answered_at__isnull=False)),
                name="a_proposal_is_answered_at_a_time",
            ),
        ]
