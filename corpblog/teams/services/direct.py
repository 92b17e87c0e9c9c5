"""Direct conversations: a channel per set of people, who never change; other people are another conversation."""

import hashlib
from collections.abc import Iterable
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel.errors import Invalid, NotFound
from corpblog.people.models import Person
from corpblog.teams.errors import TooManyPeople
from corpblog.teams.models import Channel, ChannelCounter
from corpblog.teams.services.memberships import add_member

PREFIX: Final = "direct-"
MOST_PEOPLE: Final = 20


@transaction.atomic
def open_conversation(*, by: Person, people: Iterable[Person]) -> Channel:
    """Return the conversation of `by` with these people, made when it is first opened; two at once get the same one.

    Raises TooManyPeople above twenty with oneself, NotFound for who has left, Invalid for nobody.
    """
    everybody = {person.pk: person for person in [by, *people]}
    if len(everybody) < 2:
        raise Invalid(_("Choose at least one colleague to write to."))
    if len(everybody) > MOST_PEOPLE:
        raise TooManyPeople(MOST_PEOPLE)
    if not all(person.is_active for person in everybody.values()):
        raise NotFound(_("That person does not exist or has left."))
    slug = _address_of(everybody)
    found: Channel | None = Channel.objects.for_pages().filter(slug=slug).first()
    return found or _make(by, slug, list(everybody.values()))


def _make(by: Person, slug: str, people: list[Person]) -> Channel:
    try:
        with transaction.atomic():
            channel = Channel.objects.create(kind=Channel.Kind.DIRECT, slug=slug, name=name_of(people), is_private=True)
            ChannelCounter.objects.create(channel=channel)
    except IntegrityError:
        # Somebody of them opened it in the same moment.
        same: Channel = Channel.objects.for_pages().get(slug=slug)
        return same
    record(
        action="channel.opened", actor_id=by.pk, subject=f"channel:{channel.pk}", people=sorted(p.pk for p in people)
    )
    for person in people:
        add_member(channel, person, actor=by)
    return channel


def _address_of(people: Iterable[int]) -> str:
    """Return the one address that a set of people has, whoever opens it; the unique slug makes it one conversation."""
    numbers = ",".join(str(number) for number in sorted(people))
    return PREFIX + hashlib.sha256(numbers.encode()).hexdigest()[:32]


def name_of(people: list[Person]) -> str:
    names = ", ".join(sorted(person.display_name for person in people))
    return names if len(names) <= 80 else f"{names[:79]}…"
