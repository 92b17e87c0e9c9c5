"""Devices that are told at once, through the push service of their browser's maker."""

from django.db import models
from django.db.models import Q

from corpblog.people.models import AccessToken, Person, Session


class PushDevice(models.Model):
    """One browser or program to which pushes go. It ends with the session or the token through which it came."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="push_devices")
    session = models.OneToOneField(Session, null=True, on_delete=models.CASCADE, related_name="+")
    token = models.OneToOneField(AccessToken, null=True, on_delete=models.CASCADE, related_name="+")
    endpoint = models.CharField(max_length=1000, help_text="Where its push service takes messages.")
    endpoint_digest = models.CharField(max_length=64, unique=True)
    p256dh = models.CharField(max_length=100, help_text="Its public key (RFC 8291), base64url.")
    auth = models.CharField(max_length=40, help_text="Its shared secret (RFC 8291), base64url.")
    alerts = models.JSONField(default=list, help_text="What a program asked for, in Mastodon's names.")
    user_agent = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="Refusals in a row.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, token__isnull=True) | Q(session__isnull=True, token__isnull=False),
                name="a_device_ends_with_a_session_or_a_token",
            )
        ]
