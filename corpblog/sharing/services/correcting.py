"""Correct what is out: the words pass the gate like any others, then take the place of those that stand there.

A correction is a share of its own, with revision, decisions, job and receipt: every guard of the gate is one for it.
What differs is in three places: its form names what it replaces, sealing asks whether that still stands, and the
connector is asked to correct instead of to publish (ADR 31).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, CorpblogError, Invalid
from corpblog.people.models import Person
from corpblog.sharing import access, canonical, guards, marks
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Corrects
from corpblog.sharing.models import Receipt, Share
from corpblog.sharing.services.asking import request_share
from corpblog.sharing.wishes import Wish
from corpblog.sharing.wording import worded


@dataclass(frozen=True)
class Asked:
    """What became of asking for a correction at one place: a share, or why there is none."""

    share: Share | None = None
    refused: CorpblogError | None = None


def correct(*, by: Person, share: Share, words: str, reason: str) -> Share:
    """Ask that the words take the place of those that the share put outside; asking twice is one correction.

    reason: for the record and for rules that ask for one; Invalid without. Raises Conflict where the network takes no
    corrections or nothing stands there any more, and whatever `request_share` raises.
    """
    original = share.corrects or share
    access.check_may_correct(by, original)
    reason = _checked(reason)
    _check_possible(original)
    if words.replace("\r\n", "\n").strip() == words_outside(original):
        raise Invalid(_("These are the words that stand there. Change them first."))
    wish = Wish(words=words, corrects=original.pk)
    return request_share(by=by, post=original.post, destination=original.destination, justification=reason, wish=wish)


def correct_everywhere(*, by: Person, words: Mapping[Share, str], reason: str) -> dict[Share, Asked]:
    """Ask for a correction at each place, and say for each what came of it: one refusal never hides the others."""
    _checked(reason)
    answers = {}
    for share, there in words.items():
        try:
            answers[share] = Asked(correct(by=by, share=share, words=there, reason=reason))
        except CorpblogError as error:
            answers[share] = Asked(refused=error)
    return answers


def words_outside(share: Share) -> str:
    """Return the words that stand outside for a share that arrived, as somebody would type them here.

    The newest correction's if there was one.
    """
    receipt = Receipt.objects.select_related("job", "shows").filter(job__share=share).first()
    return marks.of_form(canonical.read(receipt.standing.sealed)).as_typed() if receipt is not None else ""


def obstacle(share: Share) -> str:
    """Return why the share cannot be corrected from here, as a code of `sharing.wording`; empty where it can."""
    if not isinstance(connector_for(share.destination.kind), Corrects):
        return "cannot_correct"
    if share.revision is not None and canonical.read(share.revision.canonical).get("thread"):
        return "cannot_correct_thread"
    try:
        guards.original_stands(share, share.destination)
    except guards.Withdraw as stop:
        return stop.code
    return ""


def _check_possible(share: Share) -> None:
    if code := obstacle(share):
        raise Conflict(worded(code))


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why it is corrected, for the record."))
    if len(reason) > 500:
        raise Invalid(_("Say it in 500 characters at most."))
    return reason
