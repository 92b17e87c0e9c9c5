"""Take a share back: because somebody wants it, because the post changed, because somebody left."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Conflict, NotFound
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing import access, canonical
from corpblog.sharing.errors import OnItsWay
from corpblog.sharing.models import Job, Share, ThreadPart
from corpblog.sharing.services import following, judging, locks, own_accounts, sealing
from corpblog.sharing.services.telling import told


@transaction.atomic
def withdraw(*, by: Person, share: Share) -> Share:
    """Stop a share that has not left; raise OnItsWay where it may already be outside."""
    share = locks.share(share.pk)
    if not access.can_stop(by, share):
        raise NotFound(_("There is no such share."))
    job = locks.job_of(share.pk)
    if share.state == Share.State.WITHDRAWN:
        return share
    if job is not None and job.state in {Job.State.CALLING, Job.State.DOUBTFUL, Job.State.UNKNOWN}:
        raise OnItsWay(_("It is being sent at this moment. Wait for its receipt."))
    if share.state not in {*Share.STOPPABLE, Share.State.SENDING}:
        raise Conflict(_("This share has ended, there is nothing to stop."))
    share.state, share.note = Share.State.WITHDRAWN, "by_person"
    share.save()
    record(action="share.withdrawn", actor_id=by.pk, subject=share.subject, why="by_person", digest=share.digest)
    told(share, by=by)
    return share


def follow_post(post_id: int) -> None:
    """The post was edited or deleted: void what was decided about it. Should this fail, sealing finds out."""
    following.follow_links_of_open_shares(post_id)
    for share_id in Share.objects.may_still_be_stopped().filter(post_id=post_id).values_list("pk", flat=True):
        _follow(share_id)


@transaction.atomic
def _follow(share_id: int) -> None:
    share = locks.share(share_id)
    if share.state not in Share.STOPPABLE:
        return
    post: Post = locks.post(share.post_id)
    share.post = post
    if post.deleted_at is not None:
        sealing.withdraw_for(share, "post_deleted")
        return
    if ThreadPart.objects.filter(job__share=share).exists():
        return
    form = judging.form_of(post, share.destination, share.wish)
    if canonical.digest(form) != share.digest:
        judging.enter_again(share, why="edited", actor_id=None)
    else:
        # The same leaves as before; but whoever edited the post decides on it no more, nor does their approval count.
        judging.note_hands(share)


def follow_person(person_id: int) -> None:
    """Somebody may do nothing any more: what waits in their name does not leave, and their own accounts are let go."""
    theirs = Share.objects.may_still_be_stopped().filter(Q(author_id=person_id) | Q(requester_id=person_id))
    for share_id in theirs.values_list("pk", flat=True):
        with transaction.atomic():
            share = locks.share(share_id)
            if share.state in Share.STOPPABLE:
                sealing.withdraw_for(share, "author_left")
    own_accounts.forget_accounts_of(person_id)
