"""Come and go: joining, leaving, inviting, removing, and looking after a channel."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.teams import access
from corpblog.teams.errors import FromDirectory, LastOwner
from corpblog.teams.events import MembershipChanged, membership_changed
from corpblog.teams.models import Channel, ChannelCounter, JoinRequest, Membership


@transaction.atomic
def join(*, by: Person, channel: Channel) -> Membership:
    """Become a member of an open channel; what was posted before counts as read."""
    access.must(
        by, channel, access.can_join(by, channel), _("This channel cannot be joined: it is archived or by invitation.")
    )
    return add_member(channel, by, actor=by)


@transaction.atomic
def leave(*, by: Person, channel: Channel) -> None:
    """Stop being a member. What comes from the directory stays, and the last owner stays."""
    if channel.is_storyline and channel.person_id == by.pk:
        raise NotAllowed(_("Your own storyline is always yours."))
    if channel.is_direct:
        access.must_read(by, channel)
        raise NotAllowed(_("Nobody leaves a direct conversation. You can mute it."))
    _lock(channel)
    membership = access.membership_of(by, channel)
    if membership is None:
        access.must_read(by, channel)
        return
    _refuse_from_directory(membership)
    _keep_an_owner(membership)
    drop_member(channel, by, actor=by)


@transaction.atomic
def invite(*, by: Person, channel: Channel, person: Person) -> Membership:
    """Make somebody a member."""
    access.must(by, channel, access.can_invite(by, channel), _("Only owners invite people to this channel."))
    if not person.is_active:
        raise NotFound(_("That person does not exist or has left."))
    return add_member(channel, person, actor=by)


@transaction.atomic
def remove_member(*, by: Person, channel: Channel, person: Person) -> None:
    """Make somebody a member no longer."""
    access.must(by, channel, access.can_manage(by, channel), _("Only owners remove people from this channel."))
    _lock(channel)
    membership = access.membership_of(person, channel)
    if membership is None:
        return
    if membership.is_owner:
        access.must(by, channel, access.can_choose_owners(by, channel), access.why_not_owners(channel))
    _refuse_from_directory(membership)
    _keep_an_owner(membership)
    drop_member(channel, person, actor=by)


@transaction.atomic
def set_owner(*, by: Person, channel: Channel, person: Person, is_owner: bool = True) -> Membership:
    """Let a member look after the channel, or no longer."""
    access.must(by, channel, access.can_choose_owners(by, channel), access.why_not_owners(channel))
    _lock(channel)
    membership = access.membership_of(person, channel)
    if membership is None:
        raise NotFound(_("Only a member can be an owner. Invite them first."))
    if membership.is_owner == is_owner:
        return membership
    if not is_owner:
        _keep_an_owner(membership)
    membership.role = Membership.Role.OWNER if is_owner else Membership.Role.MEMBER
    membership.save(update_fields=["role"])
    _audit("channel.owner_made" if is_owner else "channel.owner_unmade", by, channel, person=person.pk)
    return membership


def add_member(
    channel: Channel, person: Person, *, actor: Person | None, role: str = Membership.Role.MEMBER
) -> Membership:
    """Write the membership once, however many ask at the same time."""
    newest = ChannelCounter.objects.filter(channel=channel).values_list("posts", flat=True).first() or 0
    membership, created = Membership.objects.get_or_create(
        person=person, channel=channel, defaults={"role": role, "read_posts": newest}
    )
    if created:
        JoinRequest.objects.filter(person=person, channel=channel).delete()
        _announce(channel, person, actor, is_member=True)
    return membership


def drop_member(channel: Channel, person: Person, *, actor: Person | None) -> None:
    if Membership.objects.filter(person=person, channel=channel).delete()[0]:
        _announce(channel, person, actor, is_member=False)


def _announce(channel: Channel, person: Person, actor: Person | None, *, is_member: bool) -> None:
    # Who is in an open channel decides nothing about who reads it; who is in a private one must be provable.
    if channel.is_private:
        action = "channel.member_added" if is_member else "channel.member_removed"
        _audit(action, actor, channel, person=person.pk)
    actor_id = actor.pk if actor else None
    membership_changed.publish(MembershipChanged(person.pk, channel.pk, is_member, actor_id))


def _audit(action: str, actor: Person | None, channel: Channel, **facts: Any) -> None:
    record(action=action, actor_id=actor.pk if actor else None, subject=f"channel:{channel.pk}", **facts)


def _lock(channel: Channel) -> None:
    """Let one change of owners run at a time: two owners who both leave would leave nobody."""
    Channel.objects.select_for_update(no_key=True).filter(pk=channel.pk).values_list("pk").first()


def _refuse_from_directory(membership: Membership) -> None:
    if membership.source == Membership.Source.DIRECTORY:
        raise FromDirectory


def _keep_an_owner(membership: Membership) -> None:
    if not membership.is_owner:
        return
    others = Membership.objects.filter(
        channel_id=membership.channel_id, role=Membership.Role.OWNER, person__is_active=True
    )
    if not others.exclude(pk=membership.pk).exists():
        raise LastOwner(membership.channel)
