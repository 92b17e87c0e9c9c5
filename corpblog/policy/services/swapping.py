"""The instant in which one version takes the place of another."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict
from corpblog.people.models import Person
from corpblog.policy.engine.model import canonical
from corpblog.policy.models import PolicyVersion
from corpblog.policy.reading import read


def swap(
    current: PolicyVersion | None, version: PolicyVersion, *, approved_by: Person | None, actor_id: int | None
) -> PolicyVersion:
    """Let the version decide in place of the current one, in the caller's transaction."""
    moment = clock.now()
    version.rule_versions = _rule_versions(current, version)
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


def _rule_versions(current: PolicyVersion | None, version: PolicyVersion) -> dict[str, int]:
    """Return for each rule which version changed it last: this one, where the one before had it otherwise or not."""
    after = read(version.source, version.dictionaries).policy
    before = read(current.source, current.dictionaries).policy if current else None
    old = {rule.id: canonical(rule) for rule in before.rules} if before else {}
    kept = current.rule_versions if current else {}
    return {
        rule.id: kept.get(rule.id, version.number) if old.get(rule.id) == canonical(rule) else version.number
        for rule in (after.rules if after else ())
    }
