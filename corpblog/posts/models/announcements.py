"""An announcement, and who acknowledged it."""

from django.db import models
from django.db.models import Q

from corpblog.people.models import Person
from corpblog.posts.models.posts import Post


class Announcement(models.Model):
    """Every member of the post's channel is asked to acknowledge it, whoever is a member then."""

    post = models.OneToOneField(Post, primary_key=True, on_delete=models.CASCADE, related_name="announcement")
    due_at = models.DateTimeField(null=True, help_text="When those who did not are reminded.")
    reminded_at = models.DateTimeField(null=True, help_text="When the worker reminded them.")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False, reminded_at__isnull=True), name="announcement_due"
            )
        ]


class Acknowledgement(models.Model):
    """Somebody says that they read an announcement."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="acknowledgements")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "person"], name="everybody_acknowledges_once")]
