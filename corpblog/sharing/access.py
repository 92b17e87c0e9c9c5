"""Who may ask, stop, decide and connect."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people import access as people
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.posts.models import Post
from corpblog.sharing.errors import MayNotLeave
from corpblog.sharing.models import Destination, Share, TargetChange
from corpblog.teams.access import can_read
from corpblog.teams.models import Channel

SEES_DESTINATIONS: Final = frozenset(
    {Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN, Role.COMPLIANCE, Role.COMMUNICATIONS, Role.AUDITOR}
)


def speaks_for(person: Person, post: Post) -> bool:
    """Whether the person may send these words out: their own, or as communications those of a company account."""
    if not person.is_active:
        return False
    if post.channel.kind == Channel.Kind.COMPANY:
        return has_role(person, Role.COMMUNICATIONS)
    return post.author_id == person.pk


def check_may_ask(person: Person, post: Post) -> None:
    """Raise NotFound for a post that the person may not read, MayNotLeave for one that is not theirs to send."""
    if post.deleted_at is not None or not can_read(person, post.channel):
        raise NotFound(_("This post is not there any more."))
    if post.is_repost:
        raise MayNotLeave(_("A repost has no words of its own. Share the post itself, or quote it and share that."))
    if not speaks_for(person, post):
        raise MayNotLeave(_("Only its author can share a post outside, or communications for a company account."))


def can_stop(person: Person, share: Share) -> bool:
    return person.pk in {share.author_id, share.requester_id} or speaks_for(person, share.post)


def can_see(person: Person, share: Share) -> bool:
    """Whether the person may see a share: those who take part, reviewers, and auditors."""
    return person.is_active and (can_stop(person, share) or has_role(person, Role.COMPLIANCE, Role.AUDITOR))


def can_recall(person: Person, share: Share) -> bool:
    """Whether the person may have it taken back: who may stop a share, and officers. Taking back is never too much."""
    return person.is_active and (can_stop(person, share) or has_role(person, Role.COMPLIANCE))


def check_may_recall(person: Person, share: Share) -> None:
    """Raise NotFound where the person may not know of the share, NotAllowed where it is not theirs to take back."""
    if not can_see(person, share):
        raise NotFound(_("There is no such share."))
    if not can_recall(person, share):
        raise NotAllowed(_("Only who shared it, communications and compliance officers can take it back."))


def can_correct(person: Person, share: Share) -> bool:
    """Whether the person may write other words for what is out: who may say them in the first place."""
    return share.corrects_id is None and share.post.deleted_at is None and speaks_for(person, share.post)


def check_may_correct(person: Person, share: Share) -> None:
    """Raise NotFound where the person may not know of the share, NotAllowed where its words are not theirs."""
    if not can_see(person, share):
        raise NotFound(_("There is no such share."))
    if not can_correct(person, share):
        raise NotAllowed(_("Only its author can correct it, or communications for a company account."))


def check_may_read_incidents(person: Person) -> None:
    if not has_role(person, Role.COMPLIANCE, Role.AUDITOR):
        raise NotAllowed(_("Incidents are for compliance officers and auditors."))


def can_acknowledge(person: Person) -> bool:
    return has_role(person, Role.COMPLIANCE)


def check_may_acknowledge(person: Person) -> None:
    if not can_acknowledge(person):
        raise NotAllowed(_("Only compliance officers acknowledge incidents."))


def check_may_review(person: Person, authenticated_at: datetime | None) -> None:
    """Raise unless the person is a compliance officer who signed in, in a browser, within the last ten minutes.

    authenticated_at: when the door saw the person's password; None for tokens, which never decide.
    """
    if not has_role(person, Role.COMPLIANCE):
        raise NotAllowed(_("Only compliance officers decide on shares."))
    check_was_there(authenticated_at)


def check_was_there(authenticated_at: datetime | None) -> None:
    """Raise unless the password was given within the last ten minutes: a browser left open decides nothing."""
    why = _("Confirm your password to decide: your last sign-in is more than 10 minutes ago.")
    people.check_was_there(authenticated_at, why)


def check_may_connect(person: Person) -> None:
    if not has_role(person, Role.CONNECTOR_ADMIN):
        raise NotAllowed(_("Only connector admins change destinations."))


def can_connect(person: Person) -> bool:
    return has_role(person, Role.CONNECTOR_ADMIN)


def can_see_destinations(person: Person) -> bool:
    """Whether the person sees where content may go: who connects, decides, proves, or pulls the switch."""
    return has_role(person, *SEES_DESTINATIONS)


def can_decide_change(person: Person, change: TargetChange) -> bool:
    """Whether the person is the second one: an officer or another connector admin, never who asked."""
    return person.pk != change.asked_by_id and has_role(person, Role.CONNECTOR_ADMIN, Role.COMPLIANCE)


def check_may_decide_change(person: Person, change: TargetChange) -> None:
    if not can_decide_change(person, change):
        raise NotAllowed(_("A second person decides on this: a compliance officer or another connector admin."))


def can_set_times(person: Person) -> bool:
    """Communications and connector admins say when a destination is quiet, and when it likes to be reached."""
    return has_role(person, Role.COMMUNICATIONS, Role.CONNECTOR_ADMIN)


def can_switch_gate(person: Person, *, closing: bool) -> bool:
    """Closing is open to whoever may notice a leak; opening to admins."""
    roles = (Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN, *((Role.COMPLIANCE, Role.COMMUNICATIONS) if closing else ()))
    return has_role(person, *roles)


def check_may_switch_gate(person: Person, *, closing: bool) -> None:
    if not can_switch_gate(person, closing=closing):
        raise NotAllowed(_("You may not open or close the gate."))


def destination_for(slug: str) -> Destination:
    """Return an existing destination; raise NotFound in words."""
    found = Destination.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such destination."))
    return found
