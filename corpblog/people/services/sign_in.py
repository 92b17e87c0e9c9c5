"""Signing in and out, with limits that every process shares."""

import hashlib
from datetime import datetime, timedelta

import structlog
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid
from corpblog.kernel.limits import Limit
from corpblog.people.models import Person, normal_username
from corpblog.people.services.cut_off import end_session
from corpblog.people.sessions import ACTED_AT, CONFIRMED_AT, SIGNED_IN_AT, USER_AGENT

BY_NAME = Limit("sign_in_name", 5, timedelta(minutes=30))
BY_ADDRESS = Limit("sign_in_address", 25, timedelta(minutes=5))

CARRIED_ON = timedelta(hours=1)

log = structlog.get_logger(__name__)


def sign_in(*, request: HttpRequest, username: str, password: str) -> Person:
    """Sign the browser in.

    Raises Invalid where name and password do not fit (never says which), TooMany after too many failures, and
    DirectoryUnavailable where nobody can tell, which is not counted against anybody.
    """
    name, address = _subject(username), request.META.get("REMOTE_ADDR", "")
    BY_NAME.check(name)
    BY_ADDRESS.check(address)
    person = authenticate(request, username=username, password=password)
    if not isinstance(person, Person):
        BY_NAME.record(name)
        BY_ADDRESS.record(address)
        log.info("sign_in_refused", address=address)
        raise Invalid(
            _("Username and password do not fit together, or the account is closed. Try again, or ask your IT team.")
        )
    BY_NAME.forget(name)
    _open_session(request, person)
    log.info("signed_in", person=person.pk, address=address)
    return person


class NotYourPassword(Invalid):
    """The password given again is not the person's."""


def confirm(*, request: HttpRequest, person: Person, password: str) -> None:
    """Note that the person who is signed in here just gave their password again, for acts that ask for a fresh one.

    Raises NotYourPassword, TooMany and DirectoryUnavailable. Failures count as those of the sign-in do: this form is no
    second place to guess at.
    """
    name = _subject(person.username)
    BY_NAME.check(name)
    if authenticate(request, username=person.username, password=password) != person:
        BY_NAME.record(name)
        log.info("confirmation_refused", person=person.pk)
        raise NotYourPassword(_("This is not your password. Try again."))
    BY_NAME.forget(name)
    request.session[CONFIRMED_AT] = clock.now().isoformat()


def last_confirmed(request: HttpRequest) -> datetime | None:
    """When this browser last saw its person's password, or an act that such a confirmation allowed.

    Acts carry a confirmation on for an hour at most: ten idle minutes end it, and so does a browser that is never idle.
    """
    typed = _moment(request, SIGNED_IN_AT, CONFIRMED_AT)
    acted = _moment(request, ACTED_AT)
    if typed is None or acted is None or acted - typed > CARRIED_ON:
        return typed
    return max(typed, acted)


def acted(request: HttpRequest) -> None:
    """Note that the person just did what a fresh confirmation allowed, so that they are not idle."""
    request.session[ACTED_AT] = clock.now().isoformat()


def _moment(request: HttpRequest, *keys: str) -> datetime | None:
    moments = [request.session.get(key) for key in keys]
    return max((datetime.fromisoformat(moment) for moment in moments if moment), default=None)


def _subject(username: str) -> str:
    # Hashed: people type their password into the first field, and the counters' table must not hold it.
    return hashlib.sha256(normal_username(username).encode("utf-8", "surrogatepass")).hexdigest()


def _open_session(request: HttpRequest, person: Person) -> None:
    login(request, person)  # Gives the session a new key, so that one planted before the sign-in is worth nothing.
    request.session[USER_AGENT] = request.META.get("HTTP_USER_AGENT", "")[:200]
    request.session[SIGNED_IN_AT] = clock.now().isoformat()


def sign_out(*, request: HttpRequest) -> None:
    """Sign the browser out; its sockets close with it."""
    key, person = request.session.session_key, request.user
    if key and isinstance(person, Person):
        from corpblog.people.selectors import session_number

        end_session(person=person, number=session_number(key))
    logout(request)
