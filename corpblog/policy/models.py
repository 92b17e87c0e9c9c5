"""Policy versions: drafts, the one in force, and all that were; and the word lists they refer to."""

import hashlib
import json
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from corpblog.people.models import Person


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    def in_force(self) -> "PolicyVersionQuerySet":
        return self.filter(state=PolicyVersion.State.IN_FORCE)

    def drafts(self) -> "PolicyVersionQuerySet":
        return self.filter(state=PolicyVersion.State.DRAFT)

    def newest_first(self) -> "PolicyVersionQuerySet":
        return self.order_by("-number")

    def with_people(self) -> "PolicyVersionQuerySet":
        return self.select_related("author", "edited_by", "proposed_by", "approved_by", "refused_by", "based_on")

    def without_text(self) -> "PolicyVersionQuerySet":
        """For lists: a text may be half a megabyte."""
        return self.defer("source", "based_on__source")


class PolicyVersion(models.Model):
    """One YAML document and its word lists. What is proposed never changes again; a correction is a new version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PROPOSED = "proposed", _("Proposed")
        IN_FORCE = "in_force", _("In force")
        RETIRED = "retired", _("Retired")
        REFUSED = "refused", _("Refused")
        DISCARDED = "discarded", _("Discarded")

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    source = models.TextField(help_text="The YAML, as it was typed.")
    # Word lists are part of the version: an emptied list must need two people as an emptied rule does.
    dictionaries = models.JSONField(default=dict, help_text="Name to the digest of a DictionaryText.")
    sources = models.JSONField(
        default=dict, help_text="Name of a list that is kept in step to the facts of its Source."
    )
    digest = models.CharField(max_length=64, help_text="See `digest_of`; verified whenever the version is loaded.")
    edit = models.PositiveIntegerField(default=1, help_text="Counts saves, so that a stale page is noticed.")
    note = models.CharField(max_length=300, blank=True, help_text="What changed and why.")
    based_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors")
    author = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    edited_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True, help_text="When a version that lowers protection may be put in force.")
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True)
    rule_versions = models.JSONField(
        default=dict,
        help_text="Once in force: each rule to the number of the version that changed it last.",
    )
    broken_at = models.DateTimeField(
        null=True, help_text="When a process first could not load it, although it was in force."
    )

    objects: ClassVar = PolicyVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="in_force"), name="one_policy_is_in_force"),
            # Two people, in the database too: no bug in a door can let one person change what may leave. The proposer
            # is asked for by name, since NULL <> x is unknown and a check constraint lets the unknown pass.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (Q(proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                name="a_policy_takes_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in_force", "retired"]) | Q(approved_by__isnull=False),
                name="a_policy_in_force_was_approved",
            ),
        ]

    def __str__(self) -> str:
        return str(self.number)

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_proposed(self) -> bool:
        return self.state == self.State.PROPOSED

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.IN_FORCE

    @property
    def is_synced(self) -> bool:
        """Whether no person wrote it: it is the version before it, with what a list's source says now."""
        return self.author_id is None and self.based_on_id is not None


def digest_of(source: str, dictionaries: dict[str, str], sources: dict[str, dict[str, str]] | None = None) -> str:
    """Return what identifies a version: its exact bytes, so that it means the same after an upgrade of the engine."""
    said = f"{_spelled(dictionaries)}\n{source}"
    if sources:
        said = f"sources {_spelled(sources)}\n{said}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _spelled(facts: object) -> str:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


class DictionaryText(models.Model):
    """One state of a word list, found by the digest of its terms and never changed: versions share it."""

    digest = models.CharField(max_length=64, primary_key=True)
    terms = models.TextField(help_text="One term a line.")
    count = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.digest[:12]


class SourceState(models.Model):
    """What a source of a word list said when it was last read, and since when it cannot be read."""

    key = models.CharField(
        max_length=64, primary_key=True, help_text="`Source.key`: versions with one source share it."
    )
    digest = models.CharField(max_length=64, blank=True, help_text="Of the DictionaryText that it gave.")
    count = models.PositiveIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=40, blank=True, help_text="A code of `policy.sources.PROBLEMS`.")

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return self.key[:12]


class RunningProcess(models.Model):
    """What one web process or worker decides with, as it said itself last."""

    class Kind(models.TextChoices):
        WEB = "web", _("Web")
        WORKER = "worker", _("Worker")

    kind = models.CharField(max_length=6, choices=Kind.choices)
    host = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    engine = models.CharField(max_length=40, help_text="Version of the policy engine that it was started with.")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the version it decides with; empty without one.")
    number = models.PositiveIntegerField(null=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why it cannot load that version.")
    since = models.DateTimeField(help_text="When it took that version up.")
    seen_at = models.DateTimeField()

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["host", "pid"], name="a_process_reports_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.host}:{self.pid}"


class FileText(models.Model):
    """What the bytes of one digest say, as `policy.extraction` of that version read them."""

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=100)
    text = models.TextField()
    reasons = models.JSONField(default=list, help_text="Why there may be more in it: codes of `policy.unread`.")
    version = models.PositiveIntegerField()
    read_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.digest[:12]
