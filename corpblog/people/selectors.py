"""Reading who somebody is, for doors that hold a session key instead of a request."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare

from corpblog.kernel import clock
from corpblog.people.models import Person, Session


def person_of_session(session_key: str | None) -> Person | None:
    """The person of a session that is live now, or nobody.

    Written anew because `channels.auth` ignores SECRET_KEY_FALLBACKS: after a change of key, opening a socket flushed
    the session and signed the browser out of its pages as well (measured).
    """
    return live_sessions([session_key]).get(session_key) if session_key else None


def session_is_live(session_key: str | None) -> bool:
    """Whether the session still stands: not ended, not expired, its person active and their password unchanged."""
    return person_of_session(session_key) is not None


def live_sessions(session_keys: Iterable[str]) -> dict[str, Person]:
    """The live ones among many sessions, with their people, in one query: a hub asks for all its sockets at once."""
    rows = Session.objects.filter(session_key__in=list(session_keys), expire_date__gt=clock.now())
    rows = rows.filter(person__is_active=True).select_related("person")
    return {row.session_key: row.person for row in rows if row.person is not None and _is_intact(row, row.person)}


def _is_intact(session: Session, person: Person) -> bool:
    data = session.get_decoded()
    if person.has_expired or data.get(SESSION_KEY) != str(person.pk):
        return False
    given = data.get(HASH_SESSION_KEY, "")
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    return any(constant_time_compare(given, expected) for expected in hashes)


@dataclass(frozen=True)
class OpenSession:
    """One browser in which somebody is signed in."""

    number: str
    user_agent: str
    signed_in_at: datetime
    is_this_one: bool


def session_number(session_key: str) -> str:
    """What pages show instead of a key: whoever reads the key has the session."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def sessions_of(person: Person, *, current: str | None = None) -> list[OpenSession]:
    """Where somebody is signed in, newest first."""
    rows = Session.objects.filter(person=person, expire_date__gt=clock.now()).order_by("-signed_in_at")
    return [
        OpenSession(session_number(row.session_key), row.user_agent, row.signed_in_at, row.session_key == current)
        for row in rows
    ]


def people_active() -> QuerySet[Person]:
    """Everybody who may sign in."""
    return Person.objects.active()
