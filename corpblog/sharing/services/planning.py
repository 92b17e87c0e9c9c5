"""Change when, and in which words, a share leaves, as long as it has not: the new bytes are judged from the start."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.sharing import access
from corpblog.sharing.models import Hand, Share, ThreadPart
from corpblog.sharing.services import following, judging, locks
from corpblog.sharing.services.asking import check_described, check_form_fits
from corpblog.sharing.services.timing import placed
from corpblog.sharing.wishes import Wish, checked


def plan(*, by: Person, share: Share, wish: Wish) -> Share:
    """Let the share leave as wished from now on; approvals of the bytes before count no more.

    Raises NotFound for whoever may not stop it either, Conflict where it is on the wire or outside already, and
    TooLongThere where its words do not fit there.
    """
    if not access.can_stop(by, share):
        raise NotFound(_("There is no such share."))
    wish = checked(replace(wish, corrects=share.corrects_id, revoices=share.revoices_id), share.post.text)
    # Asks servers of strangers, so it comes before the locks.
    following.follow_links_of_wish(share.post, share.destination, wish)
    return replanned(by, share.pk, wish)


@transaction.atomic
def replanned(by: Person, share_id: int, wish: Wish) -> Share:
    """Let the share leave as wished, under locks; the caller asked whether the person may, and followed its links."""
    destination = locks.destination(Share.objects.values_list("destination", flat=True).get(pk=share_id))
    share = locks.share(share_id)
    if share.state not in Share.STOPPABLE:
        raise Conflict(_("It is being sent or has ended, so nothing about it can be changed."))
    wish = placed(replace(wish, is_trial=share.is_trial), destination)
    if wish == share.wish:
        return share
    if ThreadPart.objects.filter(job__share=share).exists():
        raise Conflict(_("Its first part is out already, so nothing about it can be changed."))
    form = judging.form_of(share.post, share.destination, wish)
    check_form_fits(form, share.destination)
    check_described(form, share.destination)
    is_moved = wish == replace(share.wish, send_at=wish.send_at, zone=wish.zone)
    if not is_moved and not access.can_reword(by, share):
        raise NotAllowed(
            _("Its words are changed by delegates of the account alone. You can change its time, or stop it.")
        )
    share.words, share.send_at, share.zone = wish.words, wish.send_at, wish.zone
    share.as_thread, share.comment = wish.as_thread, wish.comment
    why = "rescheduled" if is_moved else "reworded"
    if by.pk not in {share.author_id, share.requester_id}:
        # Whoever changes what leaves never decides on it.
        Hand.objects.get_or_create(share=share, person=by, part=Hand.Part.EDITOR)
    judging.enter_again(share, why=why, actor_id=by.pk)
    return share
