"""Who may do what, as far as a role alone decides it."""

from corpblog.people.models import Person, Role


def has_role(person: Person, *roles: Role | str) -> bool:
    """Whether an active person has one of the roles."""
    return person.is_active and person.roles.filter(role__in=[str(role) for role in roles]).exists()


def is_compliance(person: Person) -> bool:
    return has_role(person, Role.COMPLIANCE)


def is_policy_admin(person: Person) -> bool:
    return has_role(person, Role.POLICY_ADMIN)


def can_administer(person: Person) -> bool:
    """Whether somebody may see the state of the installation and cut people off."""
    return has_role(person, Role.SYSTEM_ADMIN)
