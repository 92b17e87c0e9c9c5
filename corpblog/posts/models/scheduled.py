"""Posts that wait for their time."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from corpblog.kernel.ids import new_id
from corpblog.people.models import Person
from corpblog.teams.models import Channel


class ScheduledPost(models.Model):
    """What somebody wants posted at a time. It is read anew then, as if it was typed then; once posted it is gone."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        POSTING = "posting", _("Being posted")
        RETURNED = "returned", _("Not posted")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    author = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="scheduled_posts")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    text = models.TextField()
    fields = models.JSONField(default=dict, help_text="What was typed beside the text: see `posts.parts.Fields`.")
    files = models.JSONField(default=list, help_text="Of each: number, description, needs none.")
    reason = models.CharField(max_length=300, blank=True)
    send_at = models.DateTimeField()
    zone = models.CharField(max_length=40, help_text="In which the time was chosen.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    why = models.TextField(blank=True, help_text="Why it was not posted, in its author's language.")
    leased_at = models.DateTimeField(null=True, help_text="When a worker took it; a lease that is over is taken anew.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="posting", leased_at__isnull=False) | ~Q(state="posting"), name="posting_has_a_lease"
            ),
            models.CheckConstraint(condition=~Q(state="returned", why=""), name="what_is_returned_says_why"),
        ]
        indexes = [
            models.Index(fields=["send_at"], condition=~Q(state="returned"), name="scheduled_due"),
            models.Index(fields=["author", "send_at"], name="scheduled_by_author"),
        ]
