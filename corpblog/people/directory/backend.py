"""Signing in through the directory: django-auth-ldap, with its open ends closed (each comment names one)."""

from dataclasses import replace
from typing import Any

import ldap
from django.conf import settings
from django.http import HttpRequest
from django_auth_ldap.backend import LDAPBackend
from django_auth_ldap.config import LDAPSearch, LDAPSettings, NestedMemberDNGroupType

from corpblog.people.directory.connection import connection_options
from corpblog.people.directory.entries import PersonEntry, read_group, read_person
from corpblog.people.directory.flavours import FLAVOURS, Flavour
from corpblog.people.directory.gate import gate
from corpblog.people.directory.settings import DirectorySettings, current_directory
from corpblog.people.models import Person, normal_username
from corpblog.people.services.directory_people import admit

# What a directory answers to a bind that it understood and refuses: a closed or expired account, a bad password.
REFUSALS = (
    ldap.INVALID_CREDENTIALS,
    ldap.UNWILLING_TO_PERFORM,
    ldap.INAPPROPRIATE_AUTH,
    ldap.CONSTRAINT_VIOLATION,
    ldap.INSUFFICIENT_ACCESS,
    ldap.NO_SUCH_OBJECT,
)


class SearchFailedError(Exception):
    """A search failed. No LDAPError: the library would take that for "no such person"."""

    def __init__(self, cause: ldap.LDAPError) -> None:
        super().__init__(repr(cause))
        self.cause = cause


class StrictSearch(LDAPSearch):  # type: ignore[misc]  # untyped library
    """A search that fails aloud. (LDAPSearchUnion must not be used: it turns a failure into an empty result.)"""

    def search_with_additional_term_string(self, filterstr: str) -> "StrictSearch":
        """As the library, but a `%` in somebody's distinguished name stays a character instead of a format mark."""
        search: StrictSearch = super().search_with_additional_term_string(filterstr.replace("%", "%%"))
        return search

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """As the library, but no error is taken for an answer."""
        try:
            return super().execute(*args, **kwargs)
        except ldap.LDAPError as error:
            raise SearchFailedError(error) from error


def library_settings(directory: DirectorySettings, flavour: Flavour) -> LDAPSettings:
    """The library's settings, made from ours. Under a prefix of their own, so that no AUTH_LDAP_… loosens them."""
    return LDAPSettings(
        "CORPBLOG_DIRECTORY_",
        {
            "SERVER_URI": directory.uri,
            "START_TLS": not directory.speaks_tls_first,
            "CONNECTION_OPTIONS": connection_options(directory),
            "BIND_DN": directory.bind_dn,
            "BIND_PASSWORD": directory.bind_password,
            "USER_SEARCH": StrictSearch(
                directory.people_base,
                ldap.SCOPE_SUBTREE,
                flavour.person_filter(directory.people_filter),
                flavour.attributes,
            ),
            "GROUP_SEARCH": StrictSearch(
                directory.groups_base, ldap.SCOPE_SUBTREE, flavour.every_group, [flavour.identity, "cn"]
            ),
            "GROUP_TYPE": NestedMemberDNGroupType(flavour.member),
            # A bind with a name and no password succeeds on some servers and proves nothing (RFC 4513, 5.1.2).
            "PERMIT_EMPTY_PASSWORD": False,
        },
    )


class DirectoryBackend(LDAPBackend):  # type: ignore[misc]  # untyped library
    """Knows people by a successful bind and an id that never changes, and forgets them as soon as they are inactive."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Person | None:
        """The person of this name and password; nobody if they do not fit; DirectoryUnavailable if nobody can say."""
        name = normal_username(username or "")
        if settings.DIRECTORY is None or not name or not password or "\0" in name + password:
            return None
        person: Person | None = super().authenticate(request, username=name, password=password)
        return person

    def authenticate_ldap_user(self, ldap_user: Any, password: str) -> Person | None:
        """Ask the directory in a thread with a deadline, then decide with our own tables."""
        entry = gate.ask(lambda: self._ask(ldap_user, password))
        return None if entry is None else admit(entry=entry)

    def get_user(self, user_id: int) -> Person | None:
        """The person of a session, as long as they are active: the library would keep serving somebody who left."""
        return Person.objects.active().filter(pk=user_id, source=Person.Source.DIRECTORY).first()

    def _ask(self, ldap_user: Any, password: str) -> PersonEntry | None:
        directory = current_directory()
        flavour = FLAVOURS[directory.flavour]
        self.settings = library_settings(directory, flavour)
        try:
            # First of all connect and bind as ourselves: the library takes a failure of that for "no such person".
            _ = ldap_user.connection
            try:
                ldap_user._authenticate_user_dn(password)
            except (ldap_user.AuthenticationFailed, *REFUSALS):
                return None
            return _with_groups(ldap_user, flavour)
        except SearchFailedError as failure:
            raise failure.cause from failure


def _with_groups(ldap_user: Any, flavour: Flavour) -> PersonEntry | None:
    entry = read_person(ldap_user.dn, ldap_user.attrs, flavour)
    if entry is None:
        return None
    wanted = ldap_user.settings
    found = wanted.GROUP_TYPE.user_groups(ldap_user, wanted.GROUP_SEARCH)
    groups = (read_group(dn, attributes, flavour) for dn, attributes in found)
    return replace(entry, groups=frozenset(group for group in groups if group))
