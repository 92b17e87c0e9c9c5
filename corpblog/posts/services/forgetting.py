"""Forget what somebody added and did not post, and what they told compliance."""

from django.db import transaction

from corpblog.people.models import Person
from corpblog.posts.models import Attachment, Report


@transaction.atomic
def forget_unposted(person: Person) -> int:
    """Drop the files of their drafts and their settled reports; return how many. An open report goes on waiting."""
    files = Attachment.objects.filter(owner=person, post__isnull=True).delete()[0]
    reports = Report.objects.filter(person=person, closed_at__isnull=False).delete()[0]
    return files + reports
