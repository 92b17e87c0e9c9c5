"""One storyline per person, made when it is first needed; following is a membership of it."""

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid, NotFound
from corpblog.kernel.folding import words
from corpblog.people.models import Person
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services.memberships import add_member, drop_member

PREFIX = "storyline-"


@transaction.atomic
def ensure_storyline(person: Person) -> Channel:
    """Return the person's storyline; two that ask at once get the same one."""
    found: Channel | None = Channel.objects.for_pages().filter(person=person).first()
    if found is not None:
        return found
    storyline, created = Channel.objects.get_or_create(
        person=person,
        defaults={
            "kind": Channel.Kind.STORYLINE,
            # By number, for names change; people see /@username/.
            "slug": f"{PREFIX}{person.pk}",
            "name": person.display_name[:80],
            "folded": " ".join(words(person.display_name)),
        },
    )
    if created:
        ChannelCounter.objects.create(channel=storyline)
        add_member(storyline, person, role=Membership.Role.OWNER, actor=person)
    return storyline


@transaction.atomic
def follow(*, by: Person, person: Person) -> Channel:
    """Have somebody's storyline in one's home page; following twice is following."""
    if not person.is_active:
        raise NotFound(_("That person does not exist or has left."))
    if by.pk == person.pk:
        raise Invalid(_("You see your own posts already."))
    storyline = ensure_storyline(person)
    add_member(storyline, by, actor=by)
    return storyline


@transaction.atomic
def unfollow(*, by: Person, person: Person) -> None:
    """Take somebody's storyline out of one's home page."""
    if by.pk == person.pk:
        raise Invalid(_("You see your own posts already."))
    storyline = Channel.objects.filter(person=person).first()
    if storyline is not None:
        drop_member(storyline, by, actor=by)
