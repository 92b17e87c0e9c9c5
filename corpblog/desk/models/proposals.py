"""A wording without some of its words, which an officer proposes and the author takes or leaves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models import ShareRevision


class Proposal(models.Model):
    """What would be left of a revision's texts. Taken, it is a change by the author, judged like any other."""

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered")
        TAKEN = "taken", _("Taken")
        LEFT = "left", _("Left")

    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="proposals")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(help_text="By outgoing field: the `spans` taken out of it, the `text` left.")
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

    @property
    def spans(self) -> dict[str, list[tuple[int, int]]]:
        """What was taken out, by field."""
        return {name: [(start, end) for start, end in told["spans"]] for name, told in self.fields.items()}

    @property
    def texts(self) -> dict[str, str]:
        """What would be left of each field."""
        return {name: told["text"] for name, told in self.fields.items()}
