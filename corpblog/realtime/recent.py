"""News that no wake-up brings: what another process of this machine did while no Redis joins the two.

Channels need nothing of this, as their events are numbered without holes. Notices and shares are not, so each look goes
back over the last OVERLAP seconds (a row becomes visible at its commit, later than its number or time says) and passes
on only what was not passed on before.
"""

import time
from collections import deque
from collections.abc import Collection, Hashable, Iterable, Iterator
from datetime import timedelta
from typing import TypeVar

from corpblog.kernel import clock
from corpblog.notifications import selectors as notifications
from corpblog.realtime.wakeups import Kind, Wakeup
from corpblog.sharing import selectors as sharing

OVERLAP = 30.0
Item = TypeVar("Item", bound=Hashable)


class Once:
    """Passes each item on once; forgets it when no look can meet it any more."""

    def __init__(self) -> None:
        self._passed: dict[Hashable, float] = {}

    def only_new(self, items: Iterable[Item]) -> list[Item]:
        now = time.monotonic()
        new = [item for item in items if item not in self._passed]
        self._passed = {item: at for item, at in self._passed.items() if now - at < 2 * OVERLAP}
        self._passed.update(dict.fromkeys(new, now))
        return new


class RecentNews:
    """One process's looks at the notices and shares of its people. The first look only learns where things stand."""

    def __init__(self) -> None:
        self._once = Once()
        self._heights: deque[tuple[float, int]] = deque()  # the newest notice, as of when
        self._is_first = True

    def look(self, person_ids: Collection[int]) -> list[Wakeup]:
        """Return what is new since the last look."""
        new = self._once.only_new([*self._notices(person_ids), *self._shares()])
        if self._is_first:
            self._is_first = False
            return []
        return [wakeup for wakeup, _state in new]

    def _notices(self, person_ids: Collection[int]) -> Iterator[tuple[Wakeup, str]]:
        now = time.monotonic()
        self._heights.append((now, notifications.newest_id()))
        while len(self._heights) > 1 and now - self._heights[1][0] > OVERLAP:
            self._heights.popleft()
        for person_id, notice_id in notifications.made_since(person_ids, self._heights[0][1]):
            yield Wakeup(Kind.NOTICE, person_id, notice_id), ""

    def _shares(self) -> Iterator[tuple[Wakeup, str]]:
        for share_id, state in sharing.moved_since(clock.now() - timedelta(seconds=OVERLAP)):
            yield Wakeup(Kind.SHARE, share_id), state
