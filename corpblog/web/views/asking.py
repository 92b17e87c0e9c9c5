"""Reading what a request says, for views."""

from typing import cast

from django.http import HttpRequest

from corpblog.people.models import Person


def person_of(request: HttpRequest) -> Person:
    """Who asks. LoginRequiredMiddleware lets nobody else through to a view that calls this."""
    return cast(Person, request.user)


def number(given: str | None) -> int:
    """A number from an address or a form; 0, which nothing has, for what is none or fits in no column."""
    given = given or ""
    found = int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else 0
    return found if found < 2**63 else 0
