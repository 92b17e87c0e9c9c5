"""Forget what somebody added and did not post, and what they told compliance."""

from django.db import transaction

from corpblog.people.models import Person
from corpblog.posts.models import Attachment, Report, ScheduledPost


@transaction.atomic
def forget_unposted(person: Person) -> int:
    """Drop their scheduled posts, the files of their drafts and their settled reports; return how many.

    An open report goes on waiting.
    """
    scheduled = ScheduledPost.objects.filter(author=person).delete()[0]
    files = Attachment.objects.filter(owner=person, post__isnull=True).delete()[0]
    reports = Report.objects.filter(person=person, closed_at__isnull=False).delete()[0]
    return scheduled + files + reports
