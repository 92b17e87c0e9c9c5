"""Signing in with a local break-glass account, before and without the directory."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from corpblog.people.models import Person, normal_username
from corpblog.people.services.break_glass import use_break_glass


class BreakGlassBackend(BaseBackend):
    """Knows local accounts only, and keeps their names and passwords to itself."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        """The local account; nobody if the name is not local, so that the directory is asked."""
        name = normal_username(username or "")
        if "\0" in name:  # PostgreSQL refuses even to look for it
            return None
        person = Person.objects.filter(username=name, source=Person.Source.LOCAL).first()
        if person is None:
            return None
        if not password or not use_break_glass(person=person, password=password):
            # Ends the search: a local name must never be asked of the directory, nor its password be sent there.
            raise PermissionDenied
        return person

    def get_user(self, user_id: int) -> Person | None:
        """The account of a session, until its time is over."""
        person = Person.objects.active().filter(pk=user_id, source=Person.Source.LOCAL).first()
        return None if person is None or person.has_expired else person
