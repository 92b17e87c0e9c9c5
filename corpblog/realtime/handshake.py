"""Who opens a socket, from where, and in which language. Nothing else is taken from the request."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, parse_cookie
from django.utils import translation

from corpblog.people import selectors as people
from corpblog.people.models import Person

Scope = dict[str, Any]
_PORTS = {"http": 80, "https": 443}


class Visitor(NamedTuple):
    """A signed-in browser."""

    person: Person
    session_key: str


class Origin(NamedTuple):
    """Where a page comes from. Scheme and port count: what is served on another port is another site."""

    scheme: str
    host: str
    port: int


def parse_origin(text: str) -> Origin | None:
    """Read an origin as a browser sends it; anything more or less than that is none."""
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    host = parts.hostname or ""
    # Whatever does not come out as it went in had a path, a user, a fragment or control characters in it.
    plain = {f"{parts.scheme}://{parts.netloc}"}
    if not host or text not in plain or "@" in parts.netloc or not text.isascii():
        return None
    return Origin(parts.scheme, host, port)


def comes_from_us(scope: Scope) -> bool:
    """Whether a page of this instance opened the socket (cross-site WebSocket hijacking; cookies come along anyway).

    Channels' AllowedHostsOriginValidator compares the host only: it let in http:// and any port of the same host.
    """
    given = headers(scope, b"origin")
    if len(given) != 1:
        return False
    origin = parse_origin(given[0])
    return origin is not None and origin in {parse_origin(ours) for ours in settings.ORIGINS}


def headers(scope: Scope, name: bytes) -> list[str]:
    """Return every value of a header; a repeated one is a trick more often than not, so who asks must look."""
    return [value.decode("latin-1") for key, value in _pairs(scope) if key == name]


def _pairs(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    return ((key.lower(), value) for key, value in scope["headers"])


def cookies(scope: Scope) -> dict[str, str]:
    return parse_cookie("; ".join(headers(scope, b"cookie")))


def session_key(scope: Scope) -> str:
    """Return the session the browser claims; empty where it claims none."""
    return cookies(scope).get(settings.SESSION_COOKIE_NAME, "")


def identify(key: str) -> Visitor | None:
    """Return whose session it is, if it stands; reads the database."""
    person = people.person_of_session(key)
    return Visitor(person, key) if person else None


def language(scope: Scope) -> str:
    """Return the language of this browser's pages, found as Django's LocaleMiddleware finds it."""
    request = HttpRequest()
    request.COOKIES = cookies(scope)
    request.META["HTTP_ACCEPT_LANGUAGE"] = ",".join(headers(scope, b"accept-language"))
    return translation.get_language_from_request(request)
