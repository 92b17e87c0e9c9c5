"""Connections to the directory: TLS always, limits always."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ldap
import ldap.cidict
from ldap.controls import SimplePagedResultsControl
from ldap.ldapobject import SimpleLDAPObject

from corpblog.people.directory.settings import DirectorySettings

STEP_SECONDS = 3
PAGE_SIZE = 500

Entry = tuple[str, "ldap.cidict.cidict"]


def connection_options(directory: DirectorySettings, seconds: float = STEP_SECONDS) -> dict[int, Any]:
    """Every option of a connection, in the order in which they must be set; no step takes longer than `seconds`."""
    return {
        ldap.OPT_PROTOCOL_VERSION: ldap.VERSION3,
        # Following a referral would bind anonymously, or hand the password to a server that nobody vetted.
        ldap.OPT_REFERRALS: 0,
        ldap.OPT_NETWORK_TIMEOUT: STEP_SECONDS,
        ldap.OPT_TIMEOUT: seconds,
        ldap.OPT_X_KEEPALIVE_IDLE: 10,
        ldap.OPT_X_KEEPALIVE_PROBES: 3,
        ldap.OPT_X_KEEPALIVE_INTERVAL: 5,
        ldap.OPT_X_TLS_REQUIRE_CERT: ldap.OPT_X_TLS_DEMAND,
        ldap.OPT_X_TLS_CACERTFILE: directory.ca_file,
        ldap.OPT_X_TLS_PROTOCOL_MIN: ldap.OPT_X_TLS_PROTOCOL_TLS1_2,
        # Last: libldap looks at the options above only when it makes a new context.
        ldap.OPT_X_TLS_NEWCTX: 0,
    }


@contextmanager
def connected(directory: DirectorySettings, seconds: float = STEP_SECONDS) -> Iterator[SimpleLDAPObject]:
    """A connection bound as Corpblog's own account, closed at the end."""
    connection = ldap.initialize(directory.uri, bytes_mode=False)
    try:
        for option, value in connection_options(directory, seconds).items():
            connection.set_option(option, value)
        if not directory.speaks_tls_first:
            connection.start_tls_s()
        connection.simple_bind_s(directory.bind_dn, directory.bind_password)
        yield connection
    finally:
        connection.unbind_ext_s()


def search_all(connection: SimpleLDAPObject, base: str, filter_text: str, attributes: Sequence[str]) -> Iterator[Entry]:
    """Every entry below `base`, page by page. A result that is not whole raises: it must not look like fewer."""
    pages = SimplePagedResultsControl(criticality=True, size=PAGE_SIZE, cookie="")
    while True:
        message = connection.search_ext(base, ldap.SCOPE_SUBTREE, filter_text, list(attributes), serverctrls=[pages])
        _, found, _, controls = connection.result3(message)
        for dn, values in found:
            if dn is not None:  # None is a referral to another server, which is not followed.
                yield dn, ldap.cidict.cidict(values)
        answers = [control for control in controls if control.controlType == SimplePagedResultsControl.controlType]
        if not answers:
            raise ldap.UNAVAILABLE_CRITICAL_EXTENSION({"desc": "The directory answered without pages."})
        pages.cookie = answers[0].cookie
        if not pages.cookie:
            return


def all_values(connection: SimpleLDAPObject, dn: str, attributes: "ldap.cidict.cidict", name: str) -> list[bytes]:
    """All values of an attribute, also where Active Directory gives only the first 1,500 as `member;range=0-1499`."""
    values = list(attributes.get(name, ()))
    ranged = _ranged(attributes, name)
    while ranged is not None:
        part, end = ranged
        values += part
        if end is None:
            break
        (_, more), *_ = connection.search_s(dn, ldap.SCOPE_BASE, attrlist=[f"{name};range={end + 1}-*"])
        ranged = _ranged(more, name)
    return values


def _ranged(attributes: Any, name: str) -> tuple[list[bytes], int | None] | None:
    for key, values in attributes.items():
        option = key.lower().partition(f"{name.lower()};range=")[2]
        if option:
            end = option.partition("-")[2]
            return list(values), None if end == "*" else int(end)
    return None
