"""The append-only chain: who did what to what, provable years later."""

from django.db import models


class AuditHead(models.Model):
    """The chain's end; its row is locked while an entry is added, or eight writers fork the chain at entry 2."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="the_chain_has_one_head")]


class AuditEntry(models.Model):
    """h_n = sha256(n ‖ meta ‖ commitment ‖ h_{n-1})."""

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=100, blank=True, help_text="`share:12`, `policy:3`, `person:4`.")
    commitment = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "number"])]


class AuditPayload(models.Model):
    """What an entry says, salted; may be erased without breaking the chain."""

    entry = models.OneToOneField(AuditEntry, primary_key=True, on_delete=models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=64)
    body = models.JSONField()
