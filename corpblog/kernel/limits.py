"""Limits on how often somebody may do something, counted in the database so that every process agrees."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import TooMany
from corpblog.kernel.models import LimitCounter

# Longer than every window: the counter of a window that is still open must not begin anew.
COUNTERS_ARE_KEPT = timedelta(days=3)


@dataclass(frozen=True)
class Limit:
    """At most `times` in each fixed window of `per`."""

    name: str
    times: int
    per: timedelta

    def _window(self, moment: datetime) -> datetime:
        seconds = int(self.per.total_seconds())
        return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=moment.tzinfo)

    def count(self, subject: str) -> int:
        """Return how often `subject` did it in the window that is open now."""
        row = LimitCounter.objects.filter(
            name=self.name, subject=subject, window_start=self._window(clock.now())
        ).first()
        return row.count if row else 0

    def check(self, subject: str) -> None:
        """Raise TooMany where the window is used up, without counting."""
        if self.count(subject) >= self.times:
            raise self._too_many()

    def hit(self, subject: str) -> None:
        """Count once; raise TooMany where that was once too often."""
        if self.record(subject) > self.times:
            raise self._too_many()

    def record(self, subject: str) -> int:
        """Count once and return the new count."""
        window = self._window(clock.now())
        with transaction.atomic():
            LimitCounter.objects.bulk_create(
                [LimitCounter(name=self.name, subject=subject, window_start=window)], ignore_conflicts=True
            )
            rows = LimitCounter.objects.filter(name=self.name, subject=subject, window_start=window)
            rows.update(count=F("count") + 1)
            return rows.values_list("count", flat=True).get()

    def forget(self, subject: str) -> None:
        """Start afresh for `subject`, as after a success."""
        LimitCounter.objects.filter(name=self.name, subject=subject).delete()

    def _too_many(self) -> TooMany:
        moment = clock.now()
        wait = max(1, int((self._window(moment) + self.per - moment).total_seconds()))
        return TooMany(
            _("That was too often in a short time. Try again in %(minutes)s min.") % {"minutes": -(-wait // 60)},
            retry_after=wait,
            limit=self.name,
        )


def forget_old_counters() -> int:
    """Drop the counters of windows that closed long ago; the worker calls this daily. Return how many."""
    return LimitCounter.objects.filter(window_start__lt=clock.now() - COUNTERS_ARE_KEPT).delete()[0]
