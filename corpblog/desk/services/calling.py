"""Call officers to what waits for them, and call them off when it is done: a notice each, which quotes nothing.

What waits for anybody is one unread notice that counts; what was given to one officer, escalated or contested, or whose
name was asked for, is one for each case.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from django.db import IntegrityError, transaction

from corpblog.kernel import clock
from corpblog.notifications.events import NoticesRead, notices_read
from corpblog.notifications.models import Notice
from corpblog.notifications.selectors import unread_count
from corpblog.notifications.services import notify
from corpblog.people.models import Person
from corpblog.sharing.models import Share

KIND: Final = Notice.Kind.REVIEW
QUEUE: Final = "/desk/"
MOST_COUNTED: Final = 99


class Step(StrEnum):
    """Why an officer is called."""

    WAITING = "waiting"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"
    APPEAL = "appeal"
    UNMASKING = "unmasking"


def call(officers: Iterable[Person], share: Share, step: Step, *, by: Person | None = None) -> None:
    """Call officers to a case; whoever did it themselves knows it. A second call takes the place of an unread one."""
    for officer in officers:
        if by is None or by.pk != officer.pk:
            _call(officer, share, step, by)


@transaction.atomic
def call_off(share_id: int, *steps: Step) -> None:
    """Take back what nobody has read yet of these calls: the case was decided, taken back or answered."""
    own = Notice.objects.unread().filter(kind=KIND, url=_address(share_id), facts__step__in=[*steps])
    gone = set(own.values_list("person_id", flat=True))
    own.delete()
    if Step.WAITING in steps:
        gone |= _count_less(str(share_id))
    for person in Person.objects.get_queryset().filter(pk__in=gone):
        notices_read.publish(NoticesRead(person.pk, unread_count(person)))


def _call(officer: Person, share: Share, step: Step, by: Person | None) -> None:
    url = QUEUE if step == Step.WAITING else _address(share.pk)
    if _renewed(officer, url, share, step, by):
        return
    try:
        with transaction.atomic():
            notify(person=officer, kind=KIND, actor=by, facts=_facts({}, share, step), url=url)
    except IntegrityError:
        # Another case came in the same moment.
        _renewed(officer, url, share, step, by)


def _renewed(officer: Person, url: str, share: Share, step: Step, by: Person | None) -> bool:
    with transaction.atomic():
        unread = Notice.objects.of(officer).unread().filter(kind=KIND, url=url).select_for_update().first()
        if unread is None:
            return False
        unread.actor, unread.facts, unread.created_at = by, _facts(unread.facts, share, step), clock.now()
        unread.save(update_fields=["actor", "facts", "created_at"])
    return True


def _facts(before: Mapping[str, Any], share: Share, step: Step) -> dict[str, Any]:
    cases = [case for case in before.get("cases", []) if case != str(share.pk)] if step == Step.WAITING else []
    return {"step": step, "cases": [*cases, str(share.pk)][-MOST_COUNTED:]}


def _count_less(case: str) -> set[int]:
    """Take the case out of the calls that count; return whose call went with it."""
    gone: set[int] = set()
    for notice in Notice.objects.unread().filter(kind=KIND, url=QUEUE).select_for_update():
        left = [each for each in notice.facts.get("cases", []) if each != case]
        if not left:
            gone.add(notice.person_id)
            notice.delete()
        elif len(left) < len(notice.facts["cases"]):
            notice.facts = {**notice.facts, "cases": left}
            notice.save(update_fields=["facts"])
    return gone


def _address(share_id: int) -> str:
    return f"{QUEUE}{share_id}/"
