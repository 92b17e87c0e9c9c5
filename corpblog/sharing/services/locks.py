"""Lock what a step looks at, always in the same order, so that two steps never wait in a ring.

Gate, destination, share, job, policy, post.
"""

from typing import Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotFound
from corpblog.posts.models import Post
from corpblog.sharing.models import Destination, GateState, Job, Share


def gate() -> GateState:
    found = GateState.objects.select_for_update().filter(pk=1).first()
    return found or GateState.objects.select_for_update().get_or_create(pk=1)[0]


def destination(pk: int) -> Destination:
    return Destination.objects.select_for_update().get(pk=pk)


_AROUND: Final = ("post__channel", "post__author", "author", "requester", "destination", "revision")


def share(pk: int, around: tuple[str, ...] = _AROUND) -> Share:
    """Lock one share, with what is around it read along; raise NotFound."""
    # By its key and without an order: this is the query that the gate asks most often.
    found = list(Share.objects.select_for_update(of=("self",)).select_related(*around).filter(pk=pk))
    if not found:
        raise NotFound(_("There is no such share."))
    return found[0]


def job_of(share_id: int) -> Job | None:
    return Job.objects.select_for_update(of=("self",)).filter(share_id=share_id).first()


def post(pk: int) -> Post:
    # What it answers or quotes is read when there is any: joined, it was a tenth of what a step of the gate costs.
    return Post.objects.select_for_update(of=("self",)).select_related("channel").get(pk=pk)
