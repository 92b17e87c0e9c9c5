"""The instant in which one version takes the place of another."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict
from corpblog.people.models import Person
from corpblog.policy.models import PolicyVersion


def swap(
    current: PolicyVersion | None, version: PolicyVersion, *, approved_by: Person | None, actor_id: int | None
) -> PolicyVersion:
    """Let the version decide in place of the current one, in the caller's transaction."""
    moment = clock.now()
    if current is not None:
        current.state, current.retired_at = PolicyVersion.State.RETIRED, moment
        current.save()
        subject = f"policy:{current.number}"
        record(action="policy.retired", actor_id=actor_id, subject=subject, by_version=version.number)
    version.state, version.approved_by, version.in_force_at = PolicyVersion.State.IN_FORCE, approved_by, moment
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:
        raise Conflict(
            _("Another version came in force meanwhile. Look at the differences again, then decide.")
        ) from error
    record(action="policy.in_force", actor_id=actor_id, subject=f"policy:{version.number}", digest=version.digest)
    return version
