"""Who may see, shape and switch policies."""

from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.policy.models import PolicyVersion


def can_read(person: Person) -> bool:
    """Policy admins, compliance officers and auditors; rules name what is secret, so nobody else."""
    return has_role(person, Role.POLICY_ADMIN, Role.COMPLIANCE, Role.AUDITOR)


def can_edit(person: Person) -> bool:
    return has_role(person, Role.POLICY_ADMIN)


def can_put_in_force(person: Person, version: PolicyVersion) -> bool:
    """A policy admin who neither proposed the version nor touched it."""
    return has_role(person, Role.POLICY_ADMIN) and not had_a_hand_in(person, version)


def can_refuse(person: Person, version: PolicyVersion) -> bool:
    """Policy admins, and officers, who are told of every proposal: anybody may stop, only two may go on."""
    return version.is_proposed and has_role(person, Role.POLICY_ADMIN, Role.COMPLIANCE)


def had_a_hand_in(person: Person, version: PolicyVersion) -> bool:
    return person.pk in {version.author_id, version.edited_by_id, version.proposed_by_id}
