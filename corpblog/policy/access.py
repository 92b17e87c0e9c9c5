"""Who may see, shape and switch policies."""

from corpblog.people.access import has_role
from corpblog.people.models import Person, Role
from corpblog.policy.models import PolicyVersion

# Officers too: a company with one policy admin still finds a second person, and one from another department.
DECIDERS = (Role.POLICY_ADMIN, Role.COMPLIANCE)


def can_read(person: Person) -> bool:
    """Policy admins, compliance officers and auditors; rules name what is secret, so nobody else."""
    return has_role(person, Role.POLICY_ADMIN, Role.COMPLIANCE, Role.AUDITOR)


def can_edit(person: Person) -> bool:
    return has_role(person, Role.POLICY_ADMIN)


def can_decide(person: Person) -> bool:
    return has_role(person, *DECIDERS)


def can_put_in_force(person: Person, version: PolicyVersion) -> bool:
    """Whoever decides on policies and did not propose this one."""
    return version.is_proposed and version.proposed_by_id != person.pk and can_decide(person)


def can_refuse(person: Person, version: PolicyVersion) -> bool:
    """Whoever decides, the proposer too: anybody may stop, only two may go on."""
    return version.is_proposed and can_decide(person)
