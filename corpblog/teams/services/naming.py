"""What channels may be called, and where they live: the same rules for team channels and company accounts."""

import re

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from corpblog.kernel.folding import words
from corpblog.teams.errors import BadChannel, NameTaken
from corpblog.teams.models import Channel, ChannelCounter, Classification, FormerAddress
from corpblog.teams.services.direct import PREFIX as DIRECT_PREFIX
from corpblog.teams.services.storylines import PREFIX

# Pages of their own live under these.
RESERVED = frozenset({"new", "all"})
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def found(channel: Channel, name: str, description: str) -> None:
    """Store a new channel under its name, at an address that nobody has or had, ready to number posts.

    Raises BadChannel and NameTaken.
    """
    set_texts(channel, name, description)
    refuse_former_address(channel)
    try:
        with transaction.atomic():
            channel.save(force_insert=True)
    except IntegrityError as error:
        raise taken() from error
    ChannelCounter.objects.create(channel=channel)


def refuse_former_address(channel: Channel) -> None:
    """Somebody may still hold a link to the channel that was there: it must not lead to another one."""
    if FormerAddress.objects.filter(slug__iexact=channel.slug).exclude(channel_id=channel.pk).exists():
        raise taken()


def taken() -> NameTaken:
    return NameTaken(_("There is a channel with this address already. Choose another name."))


def set_texts(channel: Channel, name: str, description: str) -> None:
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


def good_slug(source: str) -> str:
    slug = slugify(source, allow_unicode=True)[:80].strip("-")
    if not slug:
        raise BadChannel(_("Use letters or digits in the channel's name."), field="name")
    # Were somebody's storyline address taken by a team channel, that person could never post.
    if slug in RESERVED or slug.startswith((PREFIX, DIRECT_PREFIX)):
        raise BadChannel(_("This address is kept for Corpblog itself. Choose another name."), field="name")
    return slug


def good_label(label: Classification | str) -> Classification:
    try:
        return Classification(label)
    except ValueError as error:
        raise BadChannel(_("That is not a classification."), field="classification") from error
