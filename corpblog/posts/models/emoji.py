"""The company's own emoji."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from corpblog.people.models import Person


class CustomEmojiQuerySet(models.QuerySet["CustomEmoji"]):
    def offered(self) -> "CustomEmojiQuerySet":
        """Those that may be used anew."""
        return self.filter(retired_at__isnull=True)


class CustomEmoji(models.Model):
    """A small picture with a name, which is never given to another picture: old posts and reactions show it by name."""

    name = models.CharField(max_length=30, unique=True, help_text="Small letters, digits and `_`, without colons.")
    picture = models.CharField(max_length=64, help_text="Digest of the picture, as we encoded it (WebP).")
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, help_text="From when on it is only shown where it stands.")

    objects: ClassVar = CustomEmojiQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(picture=""), name="a_custom_emoji_has_name_and_picture"),
            models.UniqueConstraint(
                fields=["picture"], condition=Q(retired_at__isnull=True), name="a_picture_is_offered_once"
            ),
        ]

    @property
    def code(self) -> str:
        """How it is written in posts, and kept as a reaction."""
        return f":{self.name}:"
