"""Ending what somebody may do, at once and everywhere."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, NotAllowed
from corpblog.people.access import can_administer
from corpblog.people.events import CutOff, SessionsEnded, journal, person_cut_off, sessions_ended
from corpblog.people.models import AccessToken, Person, Session


@transaction.atomic
def cut_off(*, person: Person, reason: Person.Inactive, by: Person | None = None) -> None:
    """Deactivate somebody and end their sessions; sockets and tokens end with the event. Twice does no harm."""
    locked = Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    if locked.is_active:
        locked.is_active, locked.inactive_because = False, reason
        locked.save(update_fields=["is_active", "inactive_because"])
        journal.record(
            action="person.cut_off", actor_id=by.pk if by else None, subject=f"person:{person.pk}", reason=str(reason)
        )
    person.is_active, person.inactive_because = locked.is_active, locked.inactive_because
    end_sessions(person=person)
    AccessToken.objects.filter(person=person).delete()
    person_cut_off.publish(CutOff(person.pk, str(reason)))


@transaction.atomic
def cut_off_by_hand(*, person: Person, by: Person) -> None:
    """As an administrator: the directory alone does not bring this person back. Nobody cuts off themselves."""
    if not can_administer(by):
        raise NotAllowed(_("Only system admins cut people off."))
    if by.pk == person.pk:
        raise Conflict(_("You cannot cut off yourself; another system admin can."))
    cut_off(person=person, reason=Person.Inactive.ADMIN, by=by)
    if person.inactive_because != Person.Inactive.ADMIN:  # Was gone already; from now on by hand as well.
        Person.objects.get_queryset().filter(pk=person.pk).update(inactive_because=Person.Inactive.ADMIN)


@transaction.atomic
def let_in(*, person: Person, by: Person) -> None:
    """Take back what an administrator did; the directory still decides at the next sign-in and sync."""
    if not can_administer(by):
        raise NotAllowed(_("Only system admins let people in again."))
    locked = Person.objects.get_queryset().select_for_update().get(pk=person.pk)
    if locked.is_active or locked.inactive_because != Person.Inactive.ADMIN:
        raise Conflict(_("Only who was cut off by an administrator can be let in by one."))
    locked.is_active, locked.inactive_because = True, ""
    locked.save(update_fields=["is_active", "inactive_because"])
    journal.record(action="person.let_in", actor_id=by.pk, subject=f"person:{person.pk}")


@transaction.atomic
def end_sessions(*, person: Person, keep: str | None = None) -> int:
    """End all sessions of somebody but the one to keep, as after a change of password. Returns how many ended."""
    sessions = Session.objects.filter(person=person)
    return _end(person, [key for key in sessions.values_list("session_key", flat=True) if key != keep])


@transaction.atomic
def end_session(*, person: Person, number: str) -> bool:
    """End one of somebody's own sessions, by the number that `sessions_of` gave. False if there is none."""
    from corpblog.people.selectors import session_number

    keys = Session.objects.filter(person=person).values_list("session_key", flat=True)
    return _end(person, [key for key in keys if session_number(key) == number]) > 0


def _end(person: Person, keys: Iterable[str]) -> int:
    ended = frozenset(keys)
    if ended:
        Session.objects.filter(session_key__in=ended).delete()
        sessions_ended.publish(SessionsEnded(person.pk, ended))
    return len(ended)


def forget_expired_sessions() -> int:
    """Drop what nobody can use any more. Returns how many."""
    return Session.objects.filter(expire_date__lt=clock.now()).delete()[0]
