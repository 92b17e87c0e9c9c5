"""Who may do what with a channel. Doors ask here or let the services ask; they never decide."""

from typing import Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.teams.errors import no_such_channel
from corpblog.teams.models import Channel, Classification, Membership

Kind = Channel.Kind
OPENS_ACCOUNTS: Final = (Role.COMMUNICATIONS, Role.CONNECTOR_ADMIN)


def membership_of(person: Person, channel: Channel) -> Membership | None:
    return Membership.objects.filter(person=person, channel=channel).first()


def can_read(person: Person, channel: Channel) -> bool:
    """Whether the posts may be seen: by everybody where the channel is open, else by its members."""
    return person.is_active and (not channel.is_private or membership_of(person, channel) is not None)


def can_write(person: Person, channel: Channel) -> bool:
    """Whether the person may start a thread."""
    if not (person.is_active and channel.is_open):
        return False
    if channel.kind == Kind.STORYLINE:
        return channel.person_id == person.pk
    membership = membership_of(person, channel)
    if membership is None:
        return False
    only_owners = channel.is_announce_only or channel.kind == Kind.COMPANY
    return membership.is_owner or not only_owners


def can_reply(person: Person, channel: Channel) -> bool:
    """Whether the person may answer, and react: whoever may read, as long as the channel is not archived."""
    return channel.is_open and can_read(person, channel)


def can_join(person: Person, channel: Channel) -> bool:
    """Whether somebody may come in by themselves."""
    return person.is_active and channel.is_open and not channel.is_private and channel.kind in {Kind.TEAM, Kind.COMPANY}


def can_ask_to_join(person: Person, channel: Channel) -> bool:
    """Whether somebody may ask to be let in: where the channel is closed, but its name is no secret."""
    return person.is_active and channel.is_open and channel.is_listed and membership_of(person, channel) is None


def can_leave(person: Person, channel: Channel) -> bool:
    """Whether somebody may go by themselves. Who is in a direct conversation is what makes it: nobody leaves one."""
    membership = membership_of(person, channel)
    if not person.is_active or membership is None or channel.is_direct or channel.person_id == person.pk:
        return False
    return membership.source == Membership.Source.PERSON


def can_invite(person: Person, channel: Channel) -> bool:
    """Any member of an open team channel; of a private one, those who look after it."""
    if channel.kind != Kind.TEAM or not (person.is_active and channel.is_open):
        return False
    return can_manage(person, channel) if channel.is_private else membership_of(person, channel) is not None


def can_open_accounts(person: Person) -> bool:
    """Whether the person makes company accounts, and says who speaks for them."""
    return has_role(person, *OPENS_ACCOUNTS)


def is_delegate(person: Person, account: Channel) -> bool:
    """Whether the person speaks in the name of a company account: those who were named for it, and no role alone."""
    membership = membership_of(person, account) if person.is_active and account.is_company else None
    return membership is not None and membership.is_owner


def can_choose_owners(person: Person, channel: Channel) -> bool:
    """Whether the person says who looks after a channel. Delegates do not hand on the company's voice by themselves."""
    return can_open_accounts(person) if channel.is_company else can_manage(person, channel)


def why_not_owners(channel: Channel) -> str:
    """Return what to tell who may not choose owners."""
    if channel.is_company:
        return _("Communications and connector admins name the delegates of an account. Ask one of them.")
    return _("Only owners choose owners.")


def can_manage(person: Person, channel: Channel) -> bool:
    """Whether the person looks after a channel: its owners, and system admins where they may read it at all.

    A company account is also looked after by who may open one.
    """
    if not person.is_active or channel.kind not in {Kind.TEAM, Kind.COMPANY}:
        return False
    membership = membership_of(person, channel)
    if membership is not None and membership.is_owner:
        return True
    roles = (Role.SYSTEM_ADMIN, *(OPENS_ACCOUNTS if channel.is_company else ()))
    # A system admin must not read a private channel by making themselves its owner.
    return (membership is not None or not channel.is_private) and has_role(person, *roles)


def can_mirror(person: Person) -> bool:
    """Whether the person may tie channels to directory groups."""
    return has_role(person, Role.SYSTEM_ADMIN)


def can_classify(person: Person, channel: Channel, label: Classification) -> bool:
    """Whoever looks after a channel may raise its label; lowering it lets more leave, so that takes an officer."""
    if has_role(person, Role.COMPLIANCE):
        return can_read(person, channel)
    return label.rank >= channel.label.rank and can_manage(person, channel)


def must_read(person: Person, channel: Channel) -> None:
    """Raise NotFound where the channel is hidden: NotAllowed would tell that it exists."""
    if not can_read(person, channel):
        raise no_such_channel()


def must(person: Person, channel: Channel, allowed: bool, message: str) -> None:
    """Raise what fits where something is not allowed: NotFound to who may not know of it, else NotAllowed."""
    if not allowed:
        must_read(person, channel)
        raise NotAllowed(message, channel=channel.pk)
