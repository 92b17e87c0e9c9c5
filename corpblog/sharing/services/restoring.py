"""After a backup was restored: what was sent since then nobody here remembers, so nothing goes out unseen."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.sharing.models import Job, Share
from corpblog.sharing.services import locks

_BEGUN = (Job.State.SEALED, Job.State.CALLING, Job.State.DOUBTFUL)


@transaction.atomic
def doubt_since(moment: datetime) -> int:
    """Mark every share that may have been sent after `moment`, when the backup was made; return how many.

    They are looked for outside before anything is sent; where that cannot be, they become unknown to a person. Call it
    before a worker works on the restored database.
    """
    open_shares = Share.objects.filter(state__in=Share.OPEN).exclude(state=Share.State.UNKNOWN)
    doubted = open_shares.filter(Q(in_doubt_since=None) | Q(in_doubt_since__gt=moment)).update(in_doubt_since=moment)
    open_shares.filter(state__in=[*Share.RELEASED, Share.State.SENDING]).update(note="restored")
    for job in Job.objects.select_for_update().filter(state__in=_BEGUN):
        job.state, job.lease_until, job.looks = Job.State.DOUBTFUL, None, 0
        job.first_call_at = min(job.first_call_at or moment, moment)
        job.due_at, job.trouble = clock.database_now(), "perhaps_sent"
        job.save()
    _note_what_is_forgotten(moment)
    record(action="gate.restored", actor_id=None, subject="gate", backup_of=moment.isoformat(), in_doubt=doubted)
    return doubted


def _note_what_is_forgotten(moment: datetime) -> None:
    """Keep the stretch of time of which nothing is known here; one that an earlier restore lost may reach into it."""
    gate = locks.gate()
    if gate.backup_of is not None and gate.restored_at is not None and gate.restored_at > moment:
        moment = min(moment, gate.backup_of)
    gate.backup_of, gate.restored_at = moment, clock.now()
    gate.save()
