"""What the public press page shows: sealed bytes that arrived there."""

from typing import Any, ClassVar

from django.db import models

from corpblog.sharing.models.destinations import Destination


class PressItemQuerySet(models.QuerySet["PressItem"]):
    def on_show(self) -> "PressItemQuerySet":
        return self.filter(withdrawn_at__isnull=True).order_by("-published_at", "-id")

    def taken_back(self) -> "PressItemQuerySet":
        return self.filter(withdrawn_at__isnull=False).order_by("-withdrawn_at", "-id")


class PressItem(models.Model):
    """One item of the press page. The key is the job's, so that a repeated sending finds its item there."""

    id = models.BigIntegerField(primary_key=True)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="press_items")
    sealed = models.TextField(help_text="The canonical bytes that were released.")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    corrected_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar = PressItemQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-published_at", "-id"], name="press_newest")]

    @property
    def content(self) -> dict[str, Any]:
        from corpblog.sharing.canonical import read

        return read(self.sealed)
