"""Ask compliance to look at a post, and say what became of it."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, NotAllowed, NotFound
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.posts import access
from corpblog.posts.errors import BadReport
from corpblog.posts.events import PostReported, post_reported
from corpblog.posts.models import Report
from corpblog.posts.selectors import post_for

REPORTS = Limit("reports", 20, timedelta(hours=1))
LONGEST_NOTE = 300


@transaction.atomic
def report(*, by: Person, post_id: int, reason: str, note: str = "") -> Report:
    """Report a post as it stands; raises Conflict where one's own report of it is still open."""
    post = post_for(by, post_id)
    if not access.can_report(by, post):
        raise NotAllowed(_("You cannot report your own post; delete or edit it."), post=post.pk)
    if reason not in Report.Reason.values:
        raise BadReport(_("Say what is wrong with it: choose a reason."))
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > LONGEST_NOTE:
        raise BadReport(_("Your note is too long; %(limit)s characters fit.") % {"limit": LONGEST_NOTE})
    REPORTS.hit(str(by.pk))
    try:
        with transaction.atomic():
            made = Report.objects.create(
                post=post, person=by, reason=reason, note=note, text=post.text, version=post.version
            )
    except IntegrityError as error:
        raise Conflict(_("You reported this post already; compliance will look at it.")) from error
    record(action="post.reported", actor_id=by.pk, subject=f"post:{post.pk}", reason=reason)
    post_reported.publish(PostReported(made.pk))
    return made


@transaction.atomic
def close_report(*, by: Person, report_id: int, outcome: str) -> Report:
    """Say what became of a report; officers only, and nobody about what they reported or wrote."""
    if not access.can_judge_reports(by):
        raise NotAllowed(_("Only compliance officers look at reports."))
    if outcome not in Report.Outcome.values:
        raise BadReport(_("Choose what became of it."))
    found = Report.objects.select_for_update(of=("self",), no_key=True).select_related("post")
    closing = found.filter(pk=report_id, closed_at__isnull=True).first()
    if closing is None:
        raise NotFound(_("This report was closed already, or never was."))
    if by.pk in {closing.person_id, closing.post.author_id}:
        raise NotAllowed(_("Another officer closes this one: you reported or wrote it."), report=closing.pk)
    closing.closed_at, closing.closed_by, closing.outcome = clock.now(), by, outcome
    closing.save(update_fields=["closed_at", "closed_by", "outcome"])
    record(action="post.report_closed", actor_id=by.pk, subject=f"post:{closing.post_id}", outcome=outcome)
    return closing
