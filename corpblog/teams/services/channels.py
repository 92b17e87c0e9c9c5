"""Make and change channels."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.kernel.folding import words
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import access
from corpblog.teams.errors import BadChannel, NameTaken
from corpblog.teams.events import ChannelChanged, channel_changed
from corpblog.teams.models import Channel, ChannelCounter, Classification, FormerAddress, JoinRequest, Membership
from corpblog.teams.services.direct import PREFIX as DIRECT_PREFIX
from corpblog.teams.services.memberships import add_member
from corpblog.teams.services.mirroring import mirror_group
from corpblog.teams.services.storylines import PREFIX

# Pages of their own live under these.
RESERVED = frozenset({"new", "all"})
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


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
        slug=_good_slug(slug or name),
        is_private=is_private,
        is_listed=is_private and is_listed,
        is_announce_only=is_announce_only,
        classification=_good_label(classification),
        mirrors=mirrors,
    )
    _set_texts(channel, name, description)
    _refuse_former_address(channel)
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError as error:
        raise _taken() from error
    ChannelCounter.objects.create(channel=channel)
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
) -> Channel:
    """Change a channel's name, description, address and label, who starts threads, and who sees that it exists.

    slug: the new address; the old one keeps leading here. What is not given stays; where one is refused, all stays.
    """
    access.must(by, channel, access.can_manage(by, channel), _("Only owners change this channel."))
    if classification is not None:
        classify(by=by, channel=channel, classification=classification)
    _move(channel, slug)
    _set_texts(channel, name, description)
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
    before, after = channel.slug, _good_slug(slug) if slug else channel.slug
    if after == before:
        return
    channel.slug = after
    _refuse_former_address(channel)
    try:
        with transaction.atomic():
            Channel.objects.filter(pk=channel.pk).update(slug=after)
    except IntegrityError as error:
        raise _taken() from error
    FormerAddress.objects.filter(slug=after, channel=channel).delete()
    FormerAddress.objects.get_or_create(slug=before, defaults={"channel": channel})


def _refuse_former_address(channel: Channel) -> None:
    """Somebody may still hold a link to the channel that was there: it must not lead to another one."""
    if FormerAddress.objects.filter(slug__iexact=channel.slug).exclude(channel_id=channel.pk).exists():
        raise _taken()


def _taken() -> NameTaken:
    return NameTaken(_("There is a channel with this address already. Choose another name."))


@transaction.atomic
def classify(*, by: Person, channel: Channel, classification: Classification | str) -> Channel:
    """Change the label. Owners raise it; only compliance officers lower it."""
    label = _good_label(classification)
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


def _set_texts(channel: Channel, name: str, description: str) -> None:
    channel.name = _good_text(name, 80, "name")
    if not channel.name:
        raise BadChannel(_("Give the channel a name."), field="name")
    channel.description = _good_text(description, 500, "description")
    channel.folded = " ".join(words(f"{channel.name} {channel.slug} {channel.description}"))[:700]


def _good_text(text: str, limit: int, field: str) -> str:
    cleaned = " ".join(_UNSEEN.sub(" ", text).split())
    if len(cleaned) > limit:
        message = _("That is %(over)s characters too long; %(limit)s fit.") % {
            "over": len(cleaned) - limit,
            "limit": limit,
        }
        raise BadChannel(message, field=field)
    return cleaned


def _good_slug(source: str) -> str:
    slug = slugify(source, allow_unicode=True)[:80].strip("-")
    if not slug:
        raise BadChannel(_("Use letters or digits in the channel's name."), field="name")
    # Were somebody's storyline address taken by a team channel, that person could never post.
    if slug in RESERVED or slug.startswith((PREFIX, DIRECT_PREFIX)):
        raise BadChannel(_("This address is kept for Corpblog itself. Choose another name."), field="name")
    return slug


def _good_label(label: Classification | str) -> Classification:
    try:
        return Classification(label)
    except ValueError as error:
        raise BadChannel(_("That is not a classification."), field="classification") from error


def _audit(action: str, by: Person, channel: Channel, **facts: str | bool) -> None:
    record(action=action, actor_id=by.pk, subject=f"channel:{channel.pk}", **facts)
