"""What is looked at again: a rejection that its author contests, and a rule that an officer found to be wrong."""

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


class FalseAlarm(models.Model):
    """An officer says that a rule was wrong about a revision; it counts against the rule's precision."""

    revision = models.ForeignKey(ShareRevision, on_delete=models.PROTECT, related_name="false_alarms")
    rule = models.CharField(max_length=100)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "rule"], name="a_rule_is_wrong_once_of_a_revision")]
        indexes = [models.Index(fields=["rule", "at"], name="false_alarm_by_rule")]
