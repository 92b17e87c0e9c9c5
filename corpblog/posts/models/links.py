"""What is known of the pages that posts link to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class LinkedPage(models.Model):
    """A page outside and what it says of itself, fetched once for all posts that link to it.

    Without a title there is nothing to show: it was not fetched yet, or could not be had (`problem` says why).
    """

    digest = models.CharField(
        max_length=64, primary_key=True, help_text="SHA-256 of the address, which may be too long for an index."
    )
    url = models.TextField()
    host = models.CharField(max_length=255, help_text="Where it leads in the end, as readers see it.")
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    picture = models.CharField(max_length=64, blank=True, help_text="Digest of a small picture that we encoded.")
    problem = models.CharField(max_length=60, blank=True, help_text="Why it was not had, for who looks into it.")
    wanted_at = models.DateTimeField(
        null=True, help_text="From when on a worker fetches it; one that does puts this off, so that others leave it."
    )
    fetched_at = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") | Q(description="", picture=""), name="a_page_without_a_title_says_nothing"
            ),
            models.CheckConstraint(
                condition=Q(wanted_at__isnull=False) | Q(fetched_at__isnull=False), name="a_page_is_fetched_or_wanted"
            ),
        ]
        indexes = [
            models.Index(fields=["wanted_at"], condition=Q(wanted_at__isnull=False), name="page_wanted"),
            models.Index(fields=["picture"], name="page_by_picture"),
        ]

    @property
    def is_shown(self) -> bool:
        """Whether a card has something to show: what it says, or that it is asked."""
        return bool(self.title) or self.fetched_at is None
