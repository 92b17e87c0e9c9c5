"""Who may ask, stop, decide and connect."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people import access as people
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.policy.access import can_read as can_read_policies
from corpblog.posts.models import Post
from corpblog.sharing.errors import MayNotLeave
from corpblog.sharing.models import Destination, Offer, OwnKind, Share, TargetChange
from corpblog.sharing.wishes import Wish
from corpblog.teams.access import can_read, is_delegate

SEES_DESTINATIONS: Final = frozenset(
    {Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN, Role.COMPLIANCE, Role.COMMUNICATIONS, Role.AUDITOR}
)


def speaks_for(person: Person, post: Post) -> bool:
    """Whether the person may send these words out: their own, or as a delegate those of a company account."""
    if post.is_on_behalf:
        return is_delegate(person, post.channel)
    return person.is_active and post.author_id == person.pk


def answers_for(person: Person, post: Post) -> bool:
    """Whether the person may stop, take back and offer these words: who may say them, and communications the company's.

    Stopping is never too much: no account is left alone because its delegates are away.
    """
    return speaks_for(person, post) or (post.is_on_behalf and has_role(person, Role.COMMUNICATIONS))


def check_may_ask(person: Person, post: Post) -> None:
    """Raise NotFound for a post that the person may not read, MayNotLeave for one that is not theirs to send."""
    if post.deleted_at is not None or not can_read(person, post.channel):
        raise NotFound(_("This post is not there any more."))
    if post.is_repost:
        raise MayNotLeave(_("A repost has no words of its own. Share the post itself, or quote it and share that."))
    if not speaks_for(person, post):
        if post.is_on_behalf:
            name = post.channel.title
            raise MayNotLeave(
                _("Only delegates of %(name)s share in its name. Ask communications to name you.") % {"name": name}
            )
        raise MayNotLeave(_("Only its author can share a post outside."))


def check_wish(person: Person, post: Post, destination: Destination, wish: Wish) -> None:
    """Raise NotFound or MayNotLeave where the person may not ask for this there; own accounts take copies only."""
    if wish.revoices is None:
        if destination.owner_id is not None:
            raise no_such_destination()
        check_may_ask(person, post)
        return
    offer = Offer.objects.select_related("share").filter(share=wish.revoices).first()
    if offer is None or offer.share.post_id != post.pk or not is_offered(person, offer):
        raise no_such_offer()
    if destination.owner_id != person.pk:
        raise no_such_destination()
    check_may_connect_own(person, destination.kind)


def no_such_destination() -> NotFound:
    return NotFound(_("There is no such destination."))


def no_such_offer() -> NotFound:
    return NotFound(_("This is not offered any more."))


def can_offer(person: Person, share: Share) -> bool:
    """Whether the person may ask colleagues to say it in their own words: communications, of what is theirs to send.

    Only what was released: it is out, or goes out by itself.
    """
    is_released = share.state in {*Share.RELEASED, Share.State.SENDING, Share.State.SENT}
    is_original = not share.is_copy and share.corrects_id is None and not share.is_trial
    return is_released and is_original and has_role(person, Role.COMMUNICATIONS) and answers_for(person, share.post)


def offers_at_all(person: Person) -> bool:
    """Whether the person may offer anything to colleagues."""
    return has_role(person, Role.COMMUNICATIONS)


def can_end_offer(person: Person, offer: Offer) -> bool:
    return offers_at_all(person) and answers_for(person, offer.share.post)


def can_see_offer(person: Person, share: Share) -> bool:
    """Whether the person sees who made what of a share: only whose words they are. Officers have their cases."""
    return answers_for(person, share.post)


def is_offered(person: Person, offer: Offer) -> bool:
    """Whether the offer is open and made to the person."""
    return person.is_active and Offer.objects.open().made_to(person).filter(pk=offer.pk).exists()


def can_connect_own(person: Person, kind: str) -> bool:
    """Whether employees may use their own accounts on that kind of network."""
    return person.is_active and OwnKind.objects.filter(kind=kind, is_open=True).exists()


def check_may_connect_own(person: Person, kind: str) -> None:
    if not can_connect_own(person, kind):
        raise NotAllowed(_("Own accounts on this network are switched off at the moment. Ask your connector admin."))


def can_stop(person: Person, share: Share) -> bool:
    """Whether it is theirs to stop or to change. What employees say on their own accounts is theirs alone."""
    takes_part = person.pk in {share.author_id, share.requester_id}
    return takes_part or (not share.is_copy and answers_for(person, share.post))


def can_reword(person: Person, share: Share) -> bool:
    """Whether the person may change what it says: who takes part, and who may say these words in the first place."""
    takes_part = person.pk in {share.author_id, share.requester_id}
    return takes_part or (not share.is_copy and speaks_for(person, share.post))


def can_see(person: Person, share: Share) -> bool:
    """Whether the person may see a share: those who take part, who offered what it re-voices, reviewers, auditors."""
    is_concerned = can_stop(person, share) or answers_for(person, share.post)
    return person.is_active and (is_concerned or has_role(person, Role.COMPLIANCE, Role.AUDITOR))


def can_recall(person: Person, share: Share) -> bool:
    """Whether the person may have it taken back: who may stop a share, and officers. Taking back is never too much.

    Also the copies that employees made of one's own words.
    """
    is_concerned = can_stop(person, share) or answers_for(person, share.post)
    return person.is_active and (is_concerned or has_role(person, Role.COMPLIANCE))


def check_may_recall(person: Person, share: Share) -> None:
    """Raise NotFound where the person may not know of the share, NotAllowed where it is not theirs to take back."""
    if not can_see(person, share):
        raise NotFound(_("There is no such share."))
    if not can_recall(person, share):
        raise NotAllowed(_("Only who shared it, communications and compliance officers can take it back."))


def can_correct(person: Person, share: Share) -> bool:
    """Whether the person may write other words for what is out: who may say them in the first place."""
    is_original = share.corrects_id is None and not share.is_copy
    return is_original and share.post.deleted_at is None and speaks_for(person, share.post)


def check_may_correct(person: Person, share: Share) -> None:
    """Raise NotFound where the person may not know of the share, NotAllowed where its words are not theirs."""
    if not can_see(person, share):
        raise NotFound(_("There is no such share."))
    if not can_correct(person, share):
        raise NotAllowed(_("Only its author can correct it, or a delegate of the company account."))


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


def can_name_destinations(person: Person) -> bool:
    """Whether the person reads what all of the company's destinations are called; rules name them as well."""
    return can_see_destinations(person) or can_read_policies(person)


def can_decide_change(person: Person, change: TargetChange) -> bool:
    """Whether the person is the second one: an officer or another connector admin, never who asked."""
    return person.pk != change.asked_by_id and has_role(person, Role.CONNECTOR_ADMIN, Role.COMPLIANCE)


def check_may_decide_change(person: Person, change: TargetChange) -> None:
    if not can_decide_change(person, change):
        raise NotAllowed(_("A second person decides on this: a compliance officer or another connector admin."))


def can_set_times(person: Person) -> bool:
    """Communications and connector admins say when a destination is quiet, and when it likes to be reached."""
    return has_role(person, Role.COMMUNICATIONS, Role.CONNECTOR_ADMIN)


def can_reorder(person: Person, share: Share) -> bool:
    """Whether the person may change places in a queue with it: who may stop it, and who sets the times there."""
    return can_stop(person, share) or (not share.is_copy and can_set_times(person))


def can_switch_gate(person: Person, *, closing: bool) -> bool:
    """Closing is open to whoever may notice a leak; opening to admins."""
    roles = (Role.CONNECTOR_ADMIN, Role.SYSTEM_ADMIN, *((Role.COMPLIANCE, Role.COMMUNICATIONS) if closing else ()))
    return has_role(person, *roles)


def check_may_switch_gate(person: Person, *, closing: bool) -> None:
    if not can_switch_gate(person, closing=closing):
        raise NotAllowed(_("You may not open or close the gate."))


def destination_for(slug: str) -> Destination:
    """Return one of the company's destinations; raise NotFound in words."""
    found = Destination.objects.company().filter(slug=slug).first()
    if found is None:
        raise no_such_destination()
    return found


def own_destination_for(person: Person, slug: str) -> Destination:
    """Return an account that the person connected for themselves; raise NotFound, also for somebody else's."""
    found = Destination.objects.own(person).filter(slug=slug).first()
    if found is None:
        raise no_such_destination()
    return found
