"""Names at the desk: as they are, or pseudonyms until two officers agree, where the company wants it so.

A pseudonym is the same for all shares of a person, so that a history can be seen, and says nothing about them: five
signs of a keyed digest (HMAC-SHA-256 under the installation's secret). It keeps names out of the desk. Whoever may read
the channel that a post is in can still find it there.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from corpblog.desk.models import Unmasking
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.models import Hand, Share


@dataclass(frozen=True)
class Author:
    """A share's author as the reader may see them; `person` and `department` only where they are no pseudonym.

    hides_account: the share is for an account of their own, of which the reader does not see the name either.
    """

    name: str
    person: Person | None
    department: str
    hides_account: bool = False

    @property
    def is_masked(self) -> bool:
        return self.person is None


def authors(reader: Person, shares: Iterable[Share]) -> Mapping[int, Author]:
    """Return the authors of shares, by the share's id. Everybody sees their own name.

    An employee's own account has their name: of a masked author's, the share in hand says the network alone.
    """
    shares = list(shares)
    shown = _unmasked(shares)
    for share in shares:
        if share.pk not in shown:
            _hide_account(reader, share)
    return {share.pk: _author(reader, share, shown=share.pk in shown) for share in shares}


def names(reader: Person, share: Share) -> Mapping[int, str]:
    """Return what to call those who wrote, edited or asked for a share, by their ids; see `authors`."""
    if share.pk in _unmasked([share]):
        return {person.pk: person.display_name for person in (share.author, share.requester)}
    _hide_account(reader, share)
    hands = Person.objects.get_queryset().filter(pk__in=Hand.objects.filter(share=share).values("person"))
    return {person.pk: person.display_name if person.pk == reader.pk else pseudonym(person) for person in hands}


def called(reader: Person, person: Person) -> str:
    """Return what to call somebody outside of a case, where no two officers agree on showing a name."""
    shows = not settings.DESK_PSEUDONYMS or person.pk == reader.pk
    return person.display_name if shows else pseudonym(person)


def place(reader: Person, post: Post) -> str:
    """Return where a post stands; the name of a storyline and of a conversation are the names of people."""
    channel = post.channel
    if not settings.DESK_PSEUDONYMS or post.author_id == reader.pk or not (channel.is_storyline or channel.is_direct):
        return channel.title
    return str(channel.get_kind_display())


def pseudonym(person: Person) -> str:
    """Return what the desk calls somebody whose name it does not show."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"desk pseudonym {person.pk}".encode(), hashlib.sha256).digest()
    return _("Person %(sign)s") % {"sign": base64.b32encode(digest).decode()[:5]}


def _unmasked(shares: list[Share]) -> set[int]:
    if not settings.DESK_PSEUDONYMS:
        return {share.pk for share in shares}
    agreed = Unmasking.objects.filter(share__in=shares, agreed_at__isnull=False)
    return set(agreed.values_list("share_id", flat=True))


def _author(reader: Person, share: Share, *, shown: bool) -> Author:
    if shown or share.author_id == reader.pk:
        return Author(share.author.display_name, share.author, share.author.department)
    return Author(pseudonym(share.author), None, "", hides_account=share.destination.owner_id is not None)


def _hide_account(reader: Person, share: Share) -> None:
    own = share.destination
    if own.owner_id is None or reader.pk in {own.owner_id, share.author_id}:
        return
    disguised = copy(own)
    disguised.name = _("Employee’s own account (%(network)s)") % {"network": CONNECTORS[own.kind].title}
    disguised.speaker, disguised.remote_account = pseudonym(share.author), ""
    share.destination = disguised
