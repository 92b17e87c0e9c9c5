"""Forget where somebody was a member, once their name was erased."""

from django.db import transaction

from corpblog.kernel.folding import words
from corpblog.people.models import Person
from corpblog.teams.models import Channel, Membership
from corpblog.teams.services.direct import name_of


@transaction.atomic
def forget_member(person: Person) -> int:
    """Drop their memberships, and their name from storyline and conversations; return how many memberships went.

    A conversation keeps its people, by their numbers: the others go on reading what they wrote themselves.
    """
    gone = Membership.objects.filter(person=person).exclude(channel__kind=Channel.Kind.DIRECT).delete()[0]
    storyline = Channel.objects.filter(person=person)
    storyline.update(name=person.display_name, folded=" ".join(words(person.display_name)), description="")
    for channel in Channel.objects.of_member(person).filter(kind=Channel.Kind.DIRECT):
        people = [membership.person for membership in channel.memberships.select_related("person")]
        Channel.objects.filter(pk=channel.pk).update(name=name_of(people))
    return gone
