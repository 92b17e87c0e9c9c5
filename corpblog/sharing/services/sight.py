"""Whether an account can be looked at. What cannot be is asked less and less often, and told of once."""

from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from django.db.models import F, QuerySet

from corpblog.audit.services import record
from corpblog.kernel import clock
from corpblog.sharing.models import Destination, Watch

log = structlog.get_logger(__name__)

# Every round at first, and every four hours in the end: a server that is away for a week costs 40 calls, not 700.
FIRST_PAUSE: Final = timedelta(minutes=14)
LONGEST_PAUSE: Final = timedelta(hours=4)


def to_look_at() -> QuerySet[Destination]:
    """Return the destinations whose turn it is, those first that were not seen for longest."""
    waits = Watch.objects.filter(again_at__gt=clock.now()).values("destination")
    return Destination.objects.company().exclude(pk__in=waits).order_by(F("watch__seen_at").asc(nulls_first=True), "pk")


@transaction.atomic
def seen(destination: Destination) -> None:
    """Note that the account was looked at to the end."""
    watch = _row(destination)
    is_back = watch.unseen_since is not None
    watch.seen_at, watch.unseen_since, watch.again_at = clock.now(), None, None
    watch.trouble, watch.told, watch.failures = "", "", 0
    watch.save()
    if is_back:
        log.info("drift_watch_resumed", destination=destination.slug)
        record(action="destination.watched_again", actor_id=None, subject=f"destination:{destination.pk}")


@transaction.atomic
def unseen(destination: Destination, code: str, *, told: str = "", crash: BaseException | None = None) -> None:
    """Note that the account could not be looked at, and why; say so where that is news."""
    watch = _row(destination)
    is_news = watch.trouble != code
    pause = min(FIRST_PAUSE * 2 ** min(watch.failures, 10), LONGEST_PAUSE)
    watch.unseen_since = watch.unseen_since or clock.now()
    watch.trouble, watch.told, watch.again_at = code, told[:300], clock.now() + pause
    watch.failures = min(watch.failures + 1, 1000)
    watch.save()
    if is_news:
        log.warning("drift_watch_failed", destination=destination.slug, why=code, told=told, exc_info=crash)
        record(action="destination.not_watched", actor_id=None, subject=f"destination:{destination.pk}", why=code)


def forget(destination: Destination) -> None:
    """Begin anew: another account or another token is there now."""
    Watch.objects.filter(destination=destination).delete()


def _row(destination: Destination) -> Watch:
    return Watch.objects.select_for_update().get_or_create(destination=destination)[0]
