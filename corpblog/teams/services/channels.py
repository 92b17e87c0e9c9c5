"""Make and change channels."""

from enum import Enum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import access
from corpblog.teams.events import ChannelChanged, channel_changed
from corpblog.teams.models import Channel, Classification, FormerAddress, JoinRequest, Membership
from corpblog.teams.services import naming
from corpblog.teams.services.memberships import add_member
from corpblog.teams.services.mirroring import mirror_group, tie


class Unchanged(Enum):
    """What is not given, where nothing at all is a choice, too."""

    AS_IT_IS = "as it is"


@transaction.atomic
def create_channel(
    *,
    by: Person,
    name: str,
    slug: str = "",
    description: str = "",
    is_private: bool = False,
    is_listed: bool = False,
    is_announce_only: bool = False,
    classification: Classification | str = Classification.INTERNAL,
    mirrors: DirectoryGroup | None = None,
) -> Channel:
    """Make a team channel whose owner is who made it."""
    if not by.is_active or (mirrors is not None and not access.can_mirror(by)):
        raise NotAllowed(_("Only system admins tie a channel to a directory group."))
    channel = Channel(
        slug=naming.good_slug(slug or name),
        is_private=is_private,
        is_listed=is_private and is_listed,
        is_announce_only=is_announce_only,
        classification=naming.good_label(classification),
        mirrors=mirrors,
    )
    naming.found(channel, name, description)
    _audit("channel.created", by, channel, private=is_private, classification=channel.classification)
    add_member(channel, by, role=Membership.Role.OWNER, actor=by)
    if mirrors is not None:
        mirror_group(channel)
    return channel


@transaction.atomic
def describe(
    *,
    by: Person,
    channel: Channel,
    name: str,
    description: str,
    slug: str = "",
    is_announce_only: bool | None = None,
    is_listed: bool | None = None,
    classification: Classification | str | None = None,
    mirrors: DirectoryGroup | Unchanged | None = Unchanged.AS_IT_IS,
) -> Channel:
    """Change a channel's name, description, address and label, who starts threads, and who sees that it exists.

    mirrors: the directory group whose people are members, or none any more; system admins only.

    slug: the new address; the old one keeps leading here. What is not given stays; where one is refused, all stays.
    """
    access.must(by, channel, access.can_manage(by, channel), _("Only owners change this channel."))
    if not isinstance(mirrors, Unchanged):
        tie(by=by, channel=channel, group=mirrors)
    if classification is not None:
        classify(by=by, channel=channel, classification=classification)
    _move(channel, slug)
    naming.set_texts(channel, name, description)
    if is_announce_only is not None:
        channel.is_announce_only = is_announce_only
    if is_listed is not None:
        channel.is_listed = is_listed and channel.is_private
    if not channel.is_listed:
        JoinRequest.objects.filter(channel=channel).delete()
    channel.save(update_fields=["slug", "name", "description", "folded", "is_announce_only", "is_listed"])
    state = {"announce_only": channel.is_announce_only, "listed": channel.is_listed}
    _audit("channel.described", by, channel, address=channel.slug, **state)
    channel_changed.publish(ChannelChanged(channel.pk, by.pk))
    return channel


def _move(channel: Channel, slug: str) -> None:
    """Give the channel another address, and let the old one lead there; back to a former one is a move too."""
    before, after = channel.slug, naming.good_slug(slug) if slug else channel.slug
    if after == before:
        return
    channel.slug = after
    naming.refuse_former_address(channel)
    try:
        with transaction.atomic():
            Channel.objects.filter(pk=channel.pk).update(slug=after)
    except IntegrityError as error:
        raise naming.taken() from error
    FormerAddress.objects.filter(slug=after, channel=channel).delete()
    FormerAddress.objects.get_or_create(slug=before, defaults={"channel": channel})


@transaction.atomic
def classify(*, by: Person, channel: Channel, classification: Classification | str) -> Channel:
    """Change the label. Owners raise it; only compliance officers lower it."""
    label = naming.good_label(classification)
    current = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    allowed = access.can_classify(by, current, label)
    access.must(by, current, allowed, _("Owners raise a label; to lower it, ask a compliance officer."))
    before, channel.classification = current.classification, label
    if before != label:
        channel.save(update_fields=["classification"])
        _audit("channel.classified", by, channel, before=before, after=str(label))
        channel_changed.publish(ChannelChanged(channel.pk, by.pk))
    return channel


@transaction.atomic
def archive(*, by: Person, channel: Channel) -> Channel:
    """Keep a channel for reading only."""
    return _set_archived(by, channel, archived=True)


@transaction.atomic
def unarchive(*, by: Person, channel: Channel) -> Channel:
    """Open an archived channel for writing again."""
    return _set_archived(by, channel, archived=False)


def _set_archived(by: Person, channel: Channel, *, archived: bool) -> Channel:
    access.must(by, channel, access.can_manage(by, channel), _("Only owners archive this channel."))
    if channel.is_open != archived:
        return channel
    channel.archived_at = clock.now() if archived else None
    channel.save(update_fields=["archived_at"])
    _audit("channel.archived" if archived else "channel.unarchived", by, channel)
    channel_changed.publish(ChannelChanged(channel.pk, by.pk))
    return channel


def _audit(action: str, by: Person, channel: Channel, **facts: str | bool) -> None:
    record(action=action, actor_id=by.pk, subject=f"channel:{channel.pk}", **facts)
