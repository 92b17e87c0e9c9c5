"""Reading who somebody is, for doors that hold a session key instead of a request."""

import difflib
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import NotFound
from corpblog.people.models import (
    AccessToken,
    DataExport,
    DirectoryGroup,
    Person,
    Role,
    Session,
    SyncRun,
    normal_username,
)


def person_of_session(session_key: str | None) -> Person | None:
    """The person of a session that is live now, or nobody.

    Written anew because `channels.auth` ignores SECRET_KEY_FALLBACKS: after a change of key, opening a socket flushed
    the session and signed the browser out of its pages as well (measured).
    """
    # Ours are letters and digits; PostgreSQL refuses even to look for a NUL.
    if not session_key or not session_key.isalnum():
        return None
    return live_sessions([session_key]).get(session_key)


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


def tokens_of(person: Person) -> list[AccessToken]:
    """Somebody's tokens, newest first, with those whose time is over."""
    return list(AccessToken.objects.filter(person=person).order_by("-pk"))


def having_role(person_ids: Collection[int], role: Role) -> set[int]:
    """Return which of these people are active and have the role; one query."""
    rows = Person.objects.active().with_role(role).filter(pk__in=list(person_ids))
    return set(rows.values_list("pk", flat=True))


def people_active() -> QuerySet[Person]:
    """Everybody who may sign in."""
    return Person.objects.active()


def person_by_username(username: str) -> Person:
    """Return who has that name, also when they left, for their posts stay; NotFound for nobody."""
    # PostgreSQL cannot even be asked for a NUL.
    is_a_name = "\0" not in username
    person = Person.objects.filter(username=normal_username(username)).first() if is_a_name else None
    if person is None:
        raise NotFound(_("There is nobody by that name."))
    return person


@dataclass(frozen=True)
class Team:
    """Where somebody stands in the directory: whom they report to, who reports to them, who has the same manager."""

    manager: Person | None
    reports: list[Person]
    peers: list[Person]


def team_of(person: Person, *, most: int = 50) -> Team:
    """Return somebody's team as the directory has it, without those who left; three queries at most."""
    active = Person.objects.active().order_by("display_name", "pk")
    manager = active.filter(pk=person.manager_id).first() if person.manager_id else None
    reports = list(active.filter(manager=person)[:most])
    peers = list(active.filter(manager=manager).exclude(pk=person.pk)[:most]) if manager else []
    return Team(manager, reports, peers)


def people_named(usernames: Collection[str]) -> list[Person]:
    """Return the active people with these usernames, by name; names of nobody are left out."""
    names = [normal_username(username) for username in usernames if "\0" not in username]
    return list(Person.objects.active().filter(username__in=names).order_by("display_name", "pk"))


def people_called(names: Collection[str]) -> dict[str, Person]:
    """Return the active people with these usernames or whole names, by what they were called; one query.

    What calls several people by the same name, or nobody, is left out.
    """
    wanted = {name: normal_username(name) for name in names if "\0" not in name}
    either = Q(username__in=wanted.values()) | Q(display_name__in=wanted)
    people = list(Person.objects.active().filter(either).order_by("pk"))
    found: dict[str, Person] = {}
    for name, username in wanted.items():
        by_username = [person for person in people if person.username == username]
        called = by_username or [person for person in people if person.display_name == name]
        if len(called) == 1:
            found[name] = called[0]
    return found


def everybodys_names() -> list[str]:
    """Return the names of everybody who works here, or did."""
    return list(Person.objects.get_queryset().values_list("display_name", flat=True))


def named_like(beginning: str, *, most: int = 8) -> list[Person]:
    """Return people whose username or one of whose names begins so, for suggestions; of nobody who left."""
    beginning = normal_username(beginning)
    names = Q(username__istartswith=beginning) | Q(display_name__istartswith=beginning)
    names |= Q(display_name__icontains=f" {beginning}")
    return list(Person.objects.active().filter(names).order_by("display_name", "pk")[:most]) if beginning else []


def nobody_called(names: Iterable[str]) -> list[str]:
    """Return those names that are nobody's; a query for each."""
    return [name for name in names if not Person.objects.get_queryset().called([name]).exists()]


def named_nearly(name: str, *, most: int) -> list[Person]:
    """Return people whose name begins like it, or whose username is it but for a slip after the first letter."""
    wanted = normal_username(name)
    found = named_like(wanted, most=most)
    if found or not wanted:
        return found
    usernames = Person.objects.active().filter(username__startswith=wanted[0]).values_list("username", flat=True)
    near = difflib.get_close_matches(wanted, list(usernames), n=most, cutoff=0.7)
    return sorted(Person.objects.active().filter(username__in=near), key=lambda person: near.index(person.username))


def directory_groups() -> QuerySet[DirectoryGroup]:
    """Return the groups of the directory that are mirrored here, by name."""
    return DirectoryGroup.objects.order_by("name")


def groups_of_people() -> dict[int, frozenset[str]]:
    """Return the names of the mirrored groups of everybody who is in one, by the person's number."""
    found: dict[int, set[str]] = {}
    for person_id, name in DirectoryGroup.people.through.objects.values_list("person_id", "directorygroup__name"):
        found.setdefault(person_id, set()).add(name)
    return {person_id: frozenset(names) for person_id, names in found.items()}


def group_names() -> list[str]:
    """Return the names of the mirrored groups of the directory."""
    return list(DirectoryGroup.objects.values_list("name", flat=True))


def people_for_administrators(*, query: str = "") -> QuerySet[Person]:
    """Everybody, also those who left, by name; with their roles. Only for who may administer."""
    people = Person.objects.get_queryset().prefetch_related("roles").order_by("username")
    words = query.strip().replace("\0", "")
    if words:
        people = people.filter(Q(username__icontains=words) | Q(display_name__icontains=words))
    return people


def last_syncs(count: int = 5) -> list[SyncRun]:
    """The last rounds with the directory, newest first."""
    return list(SyncRun.objects.order_by("-at")[:count])


def exports_kept() -> QuerySet[DataExport]:
    """Every export whose week is not over."""
    return DataExport.objects.filter(asked_at__gt=clock.now() - DataExport.KEPT_FOR)


def exports_of(person: Person) -> list[DataExport]:
    """Somebody's exports that are kept, newest first."""
    return list(exports_kept().filter(person=person).order_by("-pk"))
