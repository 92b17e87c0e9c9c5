"""Who may do what, as far as a role alone decides it."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.errors import ReauthenticationNeeded
from corpblog.people.models import Person, Role

FRESH: Final = timedelta(minutes=10)


def has_role(person: Person, *roles: Role | str) -> bool:
    """Whether an active person has one of the roles."""
    wanted = {str(role) for role in roles}
    if person.keeps_roles:
        return person.is_active and not wanted.isdisjoint(held_roles(person))
    return person.is_active and person.roles.filter(role__in=wanted).exists()


def held_roles(person: Person) -> set[str]:
    """Return the roles that the person was given; whoever `keeps_roles` is asked for them once."""
    if not person.keeps_roles:
        return set(person.roles.values_list("role", flat=True))
    prefetch_related_objects([person], "roles")
    return {grant.role for grant in person.roles.all()}


def is_compliance(person: Person) -> bool:
    return has_role(person, Role.COMPLIANCE)


def is_policy_admin(person: Person) -> bool:
    return has_role(person, Role.POLICY_ADMIN)


def can_administer(person: Person) -> bool:
    """Whether somebody may see the state of the installation and cut people off."""
    return has_role(person, Role.SYSTEM_ADMIN)


def check_was_there(authenticated_at: datetime | None, why: str) -> None:
    """Raise unless the password was given within the last ten minutes: a browser left open does nothing grave.

    authenticated_at: when the door saw the person's password; None for tokens. why: what is said where it was not.
    """
    if authenticated_at is None or not timedelta(0) <= clock.now() - authenticated_at <= FRESH:
        raise ReauthenticationNeeded(why)


def check_may_have_tokens(person: Person) -> None:
    """Raise for emergency accounts: they open the door once, and a token would open it again and again."""
    if not person.is_active or person.source == Person.Source.LOCAL:
        raise NotAllowed(_("Only people of the directory have access tokens."))
