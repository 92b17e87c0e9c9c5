"""The append-only chain: who did what to what, provable years later."""

import json
from datetime import UTC, datetime
from typing import Any

from django.db import models


def spelled(moment: datetime) -> str:
    """Return an instant as digests spell it: the same on every database and in every time zone."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class AuditHead(models.Model):
    """The chain's end; its row is locked while an entry is added, or eight writers fork the chain at entry 2."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="the_chain_has_one_head")]


class AuditEntry(models.Model):
    """h_n = sha256(meta ‖ commitment ‖ h_{n-1}), see `audit.verify`. Triggers refuse to change or delete one."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=100, blank=True, help_text="`share:12`, `policy:3`, `person:4`.")
    commitment = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "number"]),
            models.Index(fields=["action", "at"], name="audit_by_action"),
        ]

    @property
    def at_text(self) -> str:
        return spelled(self.at)


class AuditPayload(models.Model):
    """What an entry says, salted; may be erased without breaking the chain, never changed.

    Text and not JSON: PostgreSQL rewrites numbers and spacing, and then no digest would hold.
    """

    entry = models.OneToOneField(AuditEntry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=64)
    body = models.TextField()

    @property
    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = json.loads(self.body)
        return facts


class Anchor(models.Model):
    """A signed head: what the places outside the database keep."""

    number = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    @property
    def facts(self) -> dict[str, Any]:
        """The head as it leaves, and as `audit.verify` reads it."""
        return {
            "number": self.number,
            "digest": self.digest,
            "at": spelled(self.at),
            "key": self.key,
            "signature": self.signature,
        }


class KeptAnchor(models.Model):
    """That a place took a head, and what it said."""

    anchor = models.ForeignKey(Anchor, on_delete=models.PROTECT, related_name="kept")
    place = models.CharField(max_length=20)
    kept_at = models.DateTimeField()
    receipt = models.CharField(max_length=200, blank=True)
    sure = models.BooleanField(help_text="Whether the place showed that it has it; UDP never does.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "anchor"], name="a_place_keeps_an_anchor_once")]


class PlaceTrouble(models.Model):
    """A place that took no head the last time it was asked; gone when it takes one."""

    place = models.CharField(primary_key=True, max_length=20)
    since = models.DateTimeField()
    tried_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=300)
