"""Ask that a post leave."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person
from corpblog.policy import files as readings
from corpblog.policy.engine import Outcome
from corpblog.posts import files
from corpblog.posts.models import Post
from corpblog.sharing import access, canonical, guards
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Comments, length_of, most_parts, takes_of
from corpblog.sharing.errors import FilesNotTaken, JustificationNeeded, MayNotLeave, ShareBlocked, TooLongThere
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.services import following, locks
from corpblog.sharing.services.judging import Judged, enter, judge
from corpblog.sharing.services.timing import placed
from corpblog.sharing.wishes import AS_POSTED, Wish, checked
from corpblog.sharing.wording import worded

_ENDED: Final = (Share.State.WITHDRAWN, Share.State.FAILED, Share.State.RECALLED)


def request_share(
    *,
    by: Person,
    post: Post,
    destination: Destination,
    justification: str = "",
    idempotency_key: str = "",
    wish: Wish = AS_POSTED,
) -> Share:
    """Ask that the post's content leave through the destination; the answer says whether it was cleared or is held.

    Asking twice for the same bytes answers with the first share. Nothing leaves here: a worker seals it later.
    idempotency_key: accepted for doors that have one; the bytes themselves already are the key.
    """
    asked = Asked(by, justification.strip(), checked(wish, post.text))
    access.check_wish(by, post, destination, asked.wish)
    following.follow_links_of_wish(post, destination, asked.wish)
    # Before anything is locked: reading a file takes seconds.
    readings.read_again((file["sha256"], file["name"]) for file in post.files)
    with transaction.atomic():
        outcome = _asked(asked, post.pk, destination.pk)
    if not isinstance(outcome, Share):
        # Raised after the commit: that somebody tried what the policy forbids stays in the log.
        raise outcome
    return outcome


@dataclass(frozen=True)
class Asked:
    """What the requester said beside the post and the destination."""

    by: Person
    justification: str
    wish: Wish


def _asked(asked: Asked, post_id: int, destination_id: int) -> Share | ShareBlocked | JustificationNeeded:
    destination = locks.destination(destination_id)
    post = locks.post(post_id)
    access.check_wish(asked.by, post, destination, asked.wish)
    _check_may_leave(post, destination)
    _check_stands(asked.wish, destination)
    asked = replace(asked, wish=placed(asked.wish, destination))
    judged = judge(post=post, destination=destination, by=asked.by, wish=asked.wish)
    existing = _same(post, destination, judged)
    if existing is not None:
        return existing
    Limit("share_request", times=settings.SHARES_PER_HOUR, per=timedelta(hours=1)).hit(str(asked.by.pk))
    _check_files(judged, destination)
    check_form_fits(judged.canonical, destination)
    guards.no_reopen(judged.canonical)
    refusal = _refusal(judged, asked.justification)
    if refusal is not None:
        _log_refusal(asked.by, post, destination, judged)
        return refusal
    return _new_share(asked, post, destination, judged)


def _check_may_leave(post: Post, destination: Destination) -> None:
    if not destination.is_open:
        raise NotAllowed(_("%(name)s is closed at the moment. Ask your connector admin.") % {"name": destination.name})
    try:
        guards.channel_cap(post.channel, destination)
    except guards.Withdraw as stop:
        raise MayNotLeave(_("Posts of this channel stay inside."), reason=stop.code) from stop
    try:
        guards.children_scanned(post, destination)
    except guards.Withdraw as stop:
        why = _("What it answers or quotes stays inside. Write it as a post of its own, then share that.")
        raise MayNotLeave(why, reason=stop.code) from stop


def _check_stands(wish: Wish, destination: Destination) -> None:
    """Of a correction: what it replaces is still there. It may have been taken back a moment ago."""
    try:
        guards.original_stands(locks.share(wish.corrects) if wish.corrects else None, destination)
    except guards.Withdraw as stop:
        raise Conflict(worded(stop.code)) from stop


def _check_files(judged: Judged, destination: Destination) -> None:
    try:
        guards.bind_attachment(judged.canonical)
    except guards.Wait as stop:
        raise Conflict(_("A file of this post is damaged on the server. Tell your administrator.")) from stop
    # Found out now, not after a person looked at it.
    if code := takes_of(connector_for(destination.kind), destination.config).refusal(
        canonical.read(judged.canonical)["attachments"]
    ):
        raise FilesNotTaken(worded(code), code=code)
    check_described(judged.canonical, destination)


def check_described(form: str, destination: Destination) -> None:
    """Raise FilesNotTaken where a picture has no description and the destination asks for one, naming both."""
    try:
        guards.described(destination, form)
    except guards.Wait as stop:
        names = ", ".join(files.undescribed(canonical.read(form)["attachments"]))
        told = {"destination": destination.name, "pictures": names}
        raise FilesNotTaken(
            _("%(destination)s asks for a description of each picture. Edit the post and describe: %(pictures)s.")
            % told,
            code=stop.code,
        ) from stop


def check_takes_parts(count: int, destination: Destination) -> None:
    """Raise Invalid where it would leave as several posts and the destination takes one only."""
    if count > most_parts(connector_for(destination.kind)):
        raise Invalid(_("%(name)s takes neither threads nor a first comment.") % {"name": destination.name})


def check_form_fits(form: str, destination: Destination) -> None:
    """Raise TooLongThere where a part of it is too long there, Invalid where it is a thread and none can be."""
    parts = canonical.parts(canonical.read(form))
    check_takes_parts(len(parts), destination)
    for part in parts:
        check_fits(part, destination)
    connector = connector_for(destination.kind)
    if isinstance(connector, Comments) and len(parts) > 1 and connector.length(parts[1]) > connector.longest_comment:
        raise _too_long(destination, connector.longest_comment)


def check_fits(text: str, destination: Destination) -> None:
    """Raise TooLongThere where the destination does not take so long a text."""
    connector = connector_for(destination.kind)
    longest = connector.longest(destination.config)
    if longest is not None and length_of(connector, text, destination.config) > longest:
        raise _too_long(destination, longest)


def _too_long(destination: Destination, longest: int) -> TooLongThere:
    told = {"name": destination.name, "longest": longest}
    return TooLongThere(
        _("%(name)s takes %(longest)s characters at most. Shorten it, then ask again.") % told, longest=longest
    )


def _same(post: Post, destination: Destination, judged: Judged) -> Share | None:
    """Return the share that already asks for these bytes; raise Conflict where another version is still open."""
    shares = Share.objects.filter(post=post, destination=destination).for_rows()
    same = shares.filter(digest=judged.digest).exclude(state__in=_ENDED).first()
    if same is None and shares.filter(revoices__isnull=False, state=Share.State.SENT).exists():
        raise Conflict(_("You said this there already. Take that back first, then say it anew."))
    if same is None and shares.filter(state__in=Share.OPEN).exists():
        # An edit enters its revision by itself a moment later; a second share of the same post would race with it.
        raise Conflict(_("This post is already on its way there. Withdraw it first, or wait."))
    return same


def _refusal(judged: Judged, justification: str) -> ShareBlocked | JustificationNeeded | None:
    if judged.verdict.outcome == Outcome.BLOCK:
        return ShareBlocked(_("This cannot leave the company. Change the marked words."), verdict=judged.verdict)
    if judged.verdict.outcome == Outcome.JUSTIFY and not justification:
        return JustificationNeeded(_("Say why this may leave the company, then ask again."), verdict=judged.verdict)
    return None


def _log_refusal(by: Person, post: Post, destination: Destination, judged: Judged) -> None:
    record(
        action="share.refused",
        actor_id=by.pk,
        subject=f"post:{post.pk}",
        destination=destination.slug,
        outcome=judged.verdict.outcome.value,
        rules=list(judged.verdict.rules),
        digest=judged.digest,
        policy_digest=judged.verdict.policy_digest,
    )


def _new_share(asked: Asked, post: Post, destination: Destination, judged: Judged) -> Share:
    share = Share(
        post=post,
        destination=destination,
        author=asked.by if asked.wish.revoices else post.author,
        requester=asked.by,
        state=Share.State.HELD,
        digest=judged.digest,
        justification=asked.justification,
        words=asked.wish.words,
        corrects_id=asked.wish.corrects,
        revoices_id=asked.wish.revoices,
        as_thread=asked.wish.as_thread,
        comment=asked.wish.comment,
        send_at=asked.wish.send_at,
        zone=asked.wish.zone,
        is_trial=asked.wish.is_trial,
    )
    try:
        with transaction.atomic():
            share.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(_("This post is already on its way there.")) from error
    enter(share, judged, why="requested", actor_id=asked.by.pk)
    return share
