"""Legal holds: what may not go while an inquiry lasts, whoever deletes it and whatever the retention says."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from corpblog.people.models import Person
from corpblog.teams.models import Channel


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> "HoldQuerySet":
        """Those that protect: from the moment one officer asks, until two have lifted them."""
        return self.filter(lifted_at__isnull=True)

    def for_pages(self) -> "HoldQuerySet":
        names = ("person", "channel__person", "asked_by", "agreed_by", "lift_asked_by", "lifted_by")
        return self.select_related(*names)


class Hold(models.Model):
    """What it names together: posts of this person, in this channel, with these words, of this time.

    It protects as soon as one officer asks for it, for waiting would lose what it is about; it opens what it covers to
    officers once a second one agreed. It is lifted by two as well. Triggers refuse to change what it covers, to delete
    it, and to delete or change a version of a post that it covers.
    """

    LONGEST_MATTER = 120
    LONGEST_REASON = 500
    LONGEST_TERM = 200

    matter = models.CharField(max_length=LONGEST_MATTER, help_text="What it is called: the number of an inquiry.")
    reason = models.CharField(max_length=LONGEST_REASON)
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(Channel, null=True, on_delete=models.PROTECT, related_name="+")
    term = models.CharField(max_length=LONGEST_TERM, blank=True, help_text="As it was typed; see HoldWord.")
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="The first instant that it does not cover.")
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    lift_asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects: ClassVar = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(matter="") & ~Q(reason=""), name="a_hold_says_why"),
            models.CheckConstraint(
                condition=Q(person__isnull=False)
                | Q(channel__isnull=False)
                | ~Q(term="")
                | Q(since__isnull=False)
                | Q(until__isnull=False),
                name="a_hold_covers_something_named",
            ),
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lt=F("until")),
                name="a_hold_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | (Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("asked_by"))),
                name="two_officers_place_a_hold",
            ),
            models.CheckConstraint(
                condition=Q(lift_asked_by__isnull=True, lift_asked_at__isnull=True, lift_reason="")
                | (Q(lift_asked_by__isnull=False, lift_asked_at__isnull=False) & ~Q(lift_reason="")),
                name="lifting_a_hold_is_asked_for_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | (
                    Q(lifted_by__isnull=False, lifted_at__isnull=False, lift_asked_by__isnull=False)
                    & ~Q(lifted_by=F("lift_asked_by"))
                ),
                name="two_officers_lift_a_hold",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True)
                | (
                    (Q(agreed_by__isnull=True) | ~Q(agreed_by=F("person")))
                    & (Q(lift_asked_by__isnull=True) | ~Q(lift_asked_by=F("person")))
                    & (Q(lifted_by__isnull=True) | ~Q(lifted_by=F("person")))
                ),
                name="nobody_rules_on_a_hold_on_themselves",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(lifted_at__isnull=True), name="hold_standing")]

    @property
    def subject(self) -> str:
        """The hold's name in the audit log."""
        return f"hold:{self.pk}"

    @property
    def is_standing(self) -> bool:
        return self.lifted_at is None

    @property
    def is_open_to_officers(self) -> bool:
        """Whether two officers stand behind it, so that what it covers may be read under it."""
        return self.agreed_at is not None and self.lifted_at is None


class HoldWord(models.Model):
    """One folded word of a hold's term; a post is covered where each of them begins a word of one of its versions."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="words")
    word = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "word"], name="a_word_of_a_hold_counts_once"),
            models.CheckConstraint(condition=~Q(word=""), name="a_word_of_a_hold_has_letters"),
        ]
