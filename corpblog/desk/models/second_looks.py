"""What is looked at again: a rejection that its author contests, and whether a rule was right about a case."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person
from corpblog.sharing.models import Decision, ShareRevision


class Appeal(models.Model):
    """An author contests a rejection, once per revision. A trigger refuses an answer by whoever rejected."""

    class Answer(models.TextChoices):
        OPEN = "open", _("Not answered")
        UPHELD = "upheld", _("The rejection stands")
        LIFTED = "lifted", _("The rejection was lifted")

    LONGEST = 2000

    revision = models.OneToOneField(ShareRevision, on_delete=models.PROTECT, related_name="appeal")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()
    answer = models.CharField(max_length=6, choices=Answer.choices, default=Answer.OPEN)
    answered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=LONGEST, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="an_appeal_has_a_reason"),
            models.CheckConstraint(
                condition=Q(answer="open", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="open") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="an_appeal_is_answered_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(answer="open"), name="appeal_open")]


class RuleMark(models.Model):
    """An officer says whether a rule was right about a revision, a true find or a false alarm: the last one counts."""

    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="rule_marks")
    rule = models.CharField(max_length=100)
    is_right = models.BooleanField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "rule"], name="a_rule_has_one_mark_of_a_revision")]
        indexes = [models.Index(fields=["rule", "at"], name="rule_mark_by_rule")]
