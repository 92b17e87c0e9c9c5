"""Local accounts that open the door when the directory is gone: short-lived, used once, always on record."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid
from corpblog.people.events import journal
from corpblog.people.models import Person, Role, RoleGrant, normal_username
from corpblog.people.services.cut_off import end_sessions

# Without the letters that people misread, for a password that is typed from paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_SIZE = 5, 5


@dataclass(frozen=True)
class BreakGlass:
    """What the operator has to hand over. The password exists nowhere else."""

    person: Person
    password: str
    until: datetime


@transaction.atomic
def make_break_glass(*, username: str, life: timedelta, roles: frozenset[Role]) -> BreakGlass:
    """Make or renew an emergency account with these roles. Raises Conflict where the name is a directory person's.

    Never with the role that decides on shares: whoever holds the paper has an account of their own too, and a second
    one would let them release what they wrote. Its password works once, so it could not confirm a decision either.
    """
    if Role.COMPLIANCE in roles:
        raise Invalid(_("An emergency account cannot decide on shares; that takes a person of the directory."))
    name = normal_username(username)
    person = Person.objects.filter(username=name).select_for_update().first()
    if person and person.source != Person.Source.LOCAL:
        raise Conflict(_("%(name)s is a person of the directory; choose another name.") % {"name": name})
    person = person or Person(username=name, source=Person.Source.LOCAL, display_name=name)
    password = "-".join(
        "".join(secrets.choice(_ALPHABET) for _letter in range(_GROUP_SIZE)) for _group in range(_GROUPS)
    )
    person.set_password(password)
    person.is_active, person.inactive_because = True, ""
    person.local_until = clock.now() + life
    person.save()
    end_sessions(person=person)
    _grant(person, roles)
    journal.record(
        action="break_glass.made",
        actor_id=None,
        subject=f"person:{person.pk}",
        until=person.local_until.isoformat(),
        roles=sorted(roles),
    )
    return BreakGlass(person, password, person.local_until)


def _grant(person: Person, roles: frozenset[Role]) -> None:
    person.roles.all().delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(person=person, role=role, source=Person.Source.LOCAL) for role in sorted(roles)
    )


@transaction.atomic
def use_break_glass(*, person: Person, password: str) -> bool:
    """Whether the password opens the account now. It does so once: whoever finds the paper later finds nothing."""
    locked = Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    opened = locked.is_active and not locked.has_expired and locked.check_password(password)
    if opened:
        locked.set_unusable_password()
        locked.save(update_fields=["password"])
    # The session's proof is made from the password's hash: the caller must go on with the new one.
    person.password = locked.password
    action = "break_glass.used" if opened else "break_glass.refused"
    journal.record(action=action, actor_id=person.pk, subject=f"person:{person.pk}")
    return opened
