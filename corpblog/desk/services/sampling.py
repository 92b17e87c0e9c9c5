"""Look at some of what was allowed, after the fact: choose it by lot, and mark it right or wrong.

The lot is a keyed digest of the bytes: the same bytes always draw the same number, asking again changes nothing, and
who does not have the installation's secret cannot tell which words will be looked at. The worker draws a minute later,
so that no share waits for it.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from corpblog.audit.services import record
from corpblog.desk import access
from corpblog.desk.models import Sample, SamplingRate
from corpblog.desk.rules import rules_in_force
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotFound
from corpblog.people.models import Person
from corpblog.sharing.models import Destination, ShareRevision

# How far back a worker that stood still looks.
LOOKS_BACK: Final = timedelta(days=2)


def lot(digest: str) -> float:
    """Return the number from 0 to below 1 that a revision's digest draws."""
    drawn = hmac.new(settings.SECRET_KEY.encode(), f"desk sample {digest}".encode(), hashlib.sha256).digest()
    return int.from_bytes(drawn[:6]) / 2**48


def take_samples() -> int:
    """Draw among what was allowed lately; return how many are to be looked at. The worker calls this every minute."""
    rates = list(SamplingRate.objects.all())
    if not rates:
        return 0
    allowed = ShareRevision.objects.filter(
        created_at__gte=clock.now() - LOOKS_BACK,
        approvals_needed=0,
        sample__isnull=True,
        # Of a share that was judged anew only what it is now counts.
        pk=F("share__revision"),
    ).select_related("share")
    chosen = [revision for revision in allowed if _is_chosen(revision, rates)]
    Sample.objects.bulk_create(
        [Sample(revision=revision, taken_at=clock.now()) for revision in chosen], ignore_conflicts=True
    )
    return len(chosen)


def _is_chosen(revision: ShareRevision, rates: list[SamplingRate]) -> bool:
    spoke = {finding["rule"] for finding in revision.verdict["findings"]}
    percent = max(
        (
            rate.percent
            for rate in rates
            if rate.destination_id in {None, revision.share.destination_id}
            and (not rate.rule or rate.rule in spoke)
            and rate.set_at <= revision.created_at
        ),
        default=0,
    )
    return lot(revision.digest) * 100 < percent


@transaction.atomic
def set_sampling_rate(*, by: Person, rule: str, destination: str, percent: int) -> None:
    """Have so many of a hundred looked at from now on; none with 0.

    rule: one of the policy in force, or empty for all that is allowed; destination: a slug, or empty for every one.
    """
    access.check_may_act(by)
    if not 0 <= percent <= 100:
        raise Invalid(_("Say how many of a hundred: a number from 0 to 100."))
    place = Destination.objects.company().filter(slug=destination).first() if destination else None
    if destination and place is None:
        raise Invalid(_("There is no such destination."))
    existing = SamplingRate.objects.filter(rule=rule, destination=place)
    if rule and rule not in rules_in_force() and not existing.exists():
        raise Invalid(_("No rule in force has this name."))
    existing.delete()
    if percent:
        SamplingRate.objects.create(rule=rule, destination=place, percent=percent, set_by=by, set_at=clock.now())
    record(
        action="desk.sampling_set",
        actor_id=by.pk,
        subject="sampling",
        rule=rule,
        destination=destination,
        percent=percent,
    )


@transaction.atomic
def mark_sample(*, by: Person, sample_id: int, right: bool, missed_by: str = "", note: str = "") -> Sample:
    """Say that it was rightly allowed, or that it should have been held.

    missed_by: the rule that should have held it; empty where no rule is for that.
    """
    access.check_may_act(by)
    sample = Sample.objects.select_for_update(of=("self",), no_key=True).select_related("revision__share")
    found: Sample | None = sample.filter(pk=sample_id).first()
    if found is None:
        raise NotFound(_("There is no such sample."))
    share = found.revision.share
    access.check_may_handle(by, share)
    if found.mark != Sample.Mark.OPEN:
        raise Conflict(_("A colleague looked at it already."))
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > Sample.LONGEST:
        raise Invalid(_("This is too long: %(limit)s characters at most.") % {"limit": Sample.LONGEST})
    if missed_by and (right or missed_by not in rules_in_force()):
        raise Invalid(_("Choose the rule that should have held it, or none; only where it was wrong to allow it."))
    found.mark = Sample.Mark.RIGHT if right else Sample.Mark.WRONG
    found.missed_by, found.note, found.marked_by, found.marked_at = missed_by, note, by, clock.now()
    found.save()
    record(
        action="desk.sample_marked",
        actor_id=by.pk,
        subject=share.subject,
        mark=found.mark,
        rule=missed_by,
        digest=found.revision.digest,
    )
    return found
