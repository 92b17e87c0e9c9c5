"""The embedded demo directory: LDAP as OpenLDAP speaks it, and no way in for anybody else."""

import contextlib
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ldap
import ldap.filter
import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ldap.controls import SimplePagedResultsControl
from ldap.controls.simple import ValueLessRequestControl
from ldap.ldapobject import SimpleLDAPObject

from corpblog.people.demo_directory.ber import MAX_MESSAGE
from corpblog.people.demo_directory.certificates import ensure_certificates, make_certificates
from corpblog.people.demo_directory.company import BadCompanyError, Company
from corpblog.people.demo_directory.passwords import hash_password, password_fits
from corpblog.people.directory.connection import connected
from tests.people.conftest import Directory
from tests.servers.children import wait_until
from tests.servers.demo_directory import DemoDirectory

PEOPLE = "ou=people,dc=acme,dc=example"


@contextmanager
def opened(directory: Directory, *, tls: bool = True) -> Iterator[SimpleLDAPObject]:
    """A connection on which nobody is bound yet."""
    connection = ldap.initialize(directory.settings().uri)
    connection.set_option(ldap.OPT_X_TLS_CACERTFILE, str(directory.certificates.authority))
    connection.set_option(ldap.OPT_X_TLS_NEWCTX, 0)
    connection.set_option(ldap.OPT_NETWORK_TIMEOUT, 5)
    if tls:
        connection.start_tls_s()
    yield connection
    connection.unbind_ext_s()


def uids(directory: Directory, filter_text: str) -> list[str]:
    with connected(directory.settings()) as connection:
        found = connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, filter_text, ["uid"])
    return sorted(attributes["uid"][0].decode() for _dn, attributes in found if attributes)


@pytest.mark.parametrize(
    "filter_text",
    [
        "(uid=alice)",
        "(UID=ALICE)",
        "(cn=alice  martin)",
        "(objectClass=Person)",
        "(&(l=lyon)(preferredLanguage=fr))",
        "(|(uid=alice)(uid=bruno))",
        "(!(l=paris))",
        "(!(manager=*))",
        "(&)",
        "(|)",
        "(uid=a*)",
        "(uid=*e)",
        "(uid=*i*e)",
        "(uid=a*i*e)",
        "(mail=*@acme.example)",
        "(cn=*e*e*e*)",
        "(uid=aa*a)",
        "(manager=UID=Nadia, OU=People, DC=acme, DC=example)",
        "(noSuchAttribute=x)",
        "(!(noSuchAttribute=x))",
        "(|(noSuchAttribute=x)(uid=alice))",
        "(&(!(noSuchAttribute=x))(uid=alice))",
        "(noSuchAttribute=*)",
        "(userPassword=*)",
        "(!(userPassword=*))",
        "(cn=Hélène Garnier)",
        "(cn=h\\c3\\a9l\\c3\\a8ne*)",
        "(uid=\\2a)",
        "(departmentNumber~=sales)",
        "(uid:1.2.3.4:=alice)",
        "(employeeNumber=1101)",
        "(manager=not a name)",
    ],
)
def test_filters_mean_what_openldap_takes_them_to_mean(
    embedded: Directory, openldap: Directory, filter_text: str
) -> None:
    # One difference is meant: the demo says nothing at all about passwords, not even that there are some.
    expected = [] if "userPassword" in filter_text else uids(openldap, filter_text)
    assert uids(embedded, filter_text) == expected


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(alphabet="aeilnocrz *()\\", min_size=1, max_size=6), attribute=st.sampled_from(["uid", "cn", "l"]))
def test_escaped_text_matches_as_in_openldap(
    embedded: Directory, openldap: Directory, text: str, attribute: str
) -> None:
    filter_text = f"({attribute}=*{ldap.filter.escape_filter_chars(text)}*)"
    if text.strip() == text and "  " not in text:  # OpenLDAP treats spaces at the edges of pieces in ways of its own
        assert uids(embedded, filter_text) == uids(openldap, filter_text)


def test_no_search_shows_a_password(embedded: Directory) -> None:
    with connected(embedded.settings()) as connection:
        found = connection.search_s("dc=acme,dc=example", ldap.SCOPE_SUBTREE, attrlist=["*", "+", "userPassword"])
    assert len(found) > 70
    assert not any("assword" in key for _dn, attributes in found for key in attributes)
    assert "scrypt" not in str(found)


def test_operational_attributes_come_when_asked_for(embedded: Directory) -> None:
    with connected(embedded.settings()) as connection:
        ((_, plain),) = connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=alice)")
        ((_, operational),) = connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=alice)", ["+"])
        ((_, none),) = connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=alice)", ["1.1"])
    assert "entryUUID" not in plain
    assert {"entryUUID", "memberOf", "entryDN"} <= set(operational)
    assert "uid" not in operational
    assert none == {}


def test_passwords_in_the_clear_are_refused(embedded: Directory) -> None:
    with opened(embedded, tls=False) as connection, pytest.raises(ldap.CONFIDENTIALITY_REQUIRED):
        connection.simple_bind_s(f"uid=alice,{PEOPLE}", "corpblog")


def test_nobody_reads_without_a_bind(embedded: Directory) -> None:
    with opened(embedded) as connection:
        with pytest.raises(ldap.INSUFFICIENT_ACCESS):
            connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE)
        with pytest.raises(ldap.INSUFFICIENT_ACCESS):
            connection.compare_s(f"uid=alice,{PEOPLE}", "uid", b"alice")
        ((_, root),) = connection.search_s("", ldap.SCOPE_BASE, attrlist=["*", "+"])
    assert root["namingContexts"] == [b"dc=acme,dc=example"]


@pytest.mark.parametrize(
    ("dn", "password", "error"),
    [
        (f"uid=alice,{PEOPLE}", "wrong", ldap.INVALID_CREDENTIALS),
        (f"uid=nobody,{PEOPLE}", "corpblog", ldap.INVALID_CREDENTIALS),
        (f"uid=zoe,{PEOPLE}", "corpblog", ldap.INVALID_CREDENTIALS),
        (f"uid=alice,{PEOPLE}", "", ldap.UNWILLING_TO_PERFORM),
        ("cn=engineering,ou=groups,dc=acme,dc=example", "corpblog", ldap.INVALID_CREDENTIALS),
        ("no name", "corpblog", ldap.INVALID_DN_SYNTAX),
    ],
)
def test_binds_that_fail_say_so_and_leave_nobody_bound(
    embedded: Directory, dn: str, password: str, error: type[ldap.LDAPError]
) -> None:
    with opened(embedded) as connection:
        connection.simple_bind_s(f"uid=bruno,{PEOPLE}", "corpblog")
        assert connection.whoami_s() == f"dn:uid=bruno,{PEOPLE}"
        with pytest.raises(error):
            connection.simple_bind_s(dn, password)
        assert connection.whoami_s() == ""


def test_other_requests_get_the_answers_of_the_book(embedded: Directory) -> None:
    with connected(embedded.settings()) as connection:
        alice = f"uid=alice,{PEOPLE}"
        assert connection.compare_s(alice, "mail", b"ALICE@acme.example")
        assert not connection.compare_s(alice, "mail", b"bruno@acme.example")
        for error, act in (
            (ldap.NO_SUCH_ATTRIBUTE, lambda: connection.compare_s(alice, "userPassword", b"corpblog")),
            (ldap.UNWILLING_TO_PERFORM, lambda: connection.delete_s(alice)),
            (ldap.UNWILLING_TO_PERFORM, lambda: connection.rename_s(alice, "uid=malice")),
            (ldap.UNWILLING_TO_PERFORM, lambda: connection.modify_s(alice, [(ldap.MOD_REPLACE, "sn", [b"x"])])),
            (ldap.UNWILLING_TO_PERFORM, lambda: connection.add_s("uid=eve," + PEOPLE, [("uid", [b"eve"])])),
            (ldap.NO_SUCH_OBJECT, lambda: connection.search_s("ou=nowhere,dc=acme,dc=example", ldap.SCOPE_BASE)),
            (ldap.PROTOCOL_ERROR, lambda: connection.passwd_s(alice, "corpblog", "new")),
            (
                ldap.UNAVAILABLE_CRITICAL_EXTENSION,
                lambda: connection.search_ext_s(
                    PEOPLE, ldap.SCOPE_BASE, serverctrls=[ValueLessRequestControl("1.2.3.4", criticality=True)]
                ),
            ),
        ):
            with pytest.raises(error):
                act()


def test_a_long_result_comes_in_pages_or_not_whole(embedded: Directory) -> None:
    embedded.data["people"] += [{"uid": f"p{n}", "number": 30_000 + n, "name": f"P {n}"} for n in range(600)]
    embedded.publish()
    try:
        with connected(embedded.settings()) as connection:
            with pytest.raises(ldap.SIZELIMIT_EXCEEDED):
                connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(uid=*)")
            pages = SimplePagedResultsControl(criticality=True, size=100, cookie=b"made up")
            with pytest.raises(ldap.UNWILLING_TO_PERFORM):
                connection.result3(connection.search_ext(PEOPLE, ldap.SCOPE_SUBTREE, serverctrls=[pages]))
    finally:
        embedded.reset()


MALFORMED = [
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\x30\x80\x00\x00",  # indefinite length
    b"\x30\x84" + (MAX_MESSAGE + 1).to_bytes(4, "big"),
    b"\x30\x85\xff\xff\xff\xff\xff",
    b"\x30\x03\x02\x01\x01",  # no operation
    b"\x30\x05\x02\x01\x01\x7f\x00",  # unknown operation
    b"\x30\x06\x02\x01\x01\x60\x01\x00",  # broken bind
    b"\x30\x0c\x02\x01\x01\x63\x07\x04\x02\xff\xfe\x0a\x01\x02",  # broken UTF-8
    b"\x30\x02\x02\x00",
    b"\x30",
    b"\x16\x03\x01\x00\x05hello",
]


@pytest.mark.parametrize("sent", MALFORMED)
def test_malformed_requests_end_their_connection_and_nothing_else(embedded: Directory, sent: bytes) -> None:
    assert isinstance(embedded.server, DemoDirectory)
    with socket.create_connection(("127.0.0.1", embedded.server.port), timeout=5) as connection:
        connection.sendall(sent)
        # The server may have had enough already, which is what is asked of it.
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):  # what it did not read is reset
            while connection.recv(4096):
                pass
    assert uids(embedded, "(uid=alice)") == ["alice"]


def test_a_filter_without_end_is_refused(embedded: Directory) -> None:
    with connected(embedded.settings()) as connection, pytest.raises((ldap.SERVER_DOWN, ldap.PROTOCOL_ERROR)):
        connection.search_s(PEOPLE, ldap.SCOPE_SUBTREE, "(!" * 100 + "(uid=a)" + ")" * 100)
    assert uids(embedded, "(uid=alice)") == ["alice"]


def test_requests_smuggled_in_behind_starttls_are_not_answered(embedded: Directory) -> None:
    assert isinstance(embedded.server, DemoDirectory)
    starttls = bytes.fromhex("301d02010177188016") + b"1.3.6.1.4.1.1466.20037"
    whoami = bytes.fromhex("301e020102771980 17".replace(" ", "")) + b"1.3.6.1.4.1.4203.1.11.3"
    with socket.create_connection(("127.0.0.1", embedded.server.port), timeout=5) as connection:
        connection.sendall(starttls + whoami)
        assert connection.recv(4096).startswith(b"\x30")
        trusting = ssl.create_default_context(cafile=str(embedded.certificates.authority))
        with pytest.raises((ssl.SSLError, OSError)):
            trusting.wrap_socket(connection, server_hostname="127.0.0.1")


def test_it_listens_on_this_machine_only(embedded: Directory) -> None:
    assert isinstance(embedded.server, DemoDirectory)
    with socket.socket() as other:
        # A server on all addresses would hold this one as well.
        other.bind(("127.0.0.2", embedded.server.port))


def test_keys_and_passwords_are_readable_by_their_owner_only(embedded: Directory) -> None:
    assert isinstance(embedded.server, DemoDirectory)
    for name in ("server.key", "service-password"):
        assert stat.S_IMODE((embedded.server.folder / name).stat().st_mode) == 0o600


def test_certificates_are_kept_while_good_and_made_anew_before_they_expire(tmp_path: Path) -> None:
    import datetime as dt

    first = ensure_certificates(tmp_path).certificate.read_bytes()
    assert ensure_certificates(tmp_path).certificate.read_bytes() == first
    make_certificates(tmp_path, life=dt.timedelta(days=20))
    again = x509.load_pem_x509_certificate(ensure_certificates(tmp_path).certificate.read_bytes())
    assert again.not_valid_after_utc > dt.datetime.now(dt.UTC) + dt.timedelta(days=300)


def test_a_broken_data_file_leaves_the_last_good_company(embedded: Directory) -> None:
    assert isinstance(embedded.server, DemoDirectory)
    file = embedded.server.folder / "company.yaml"
    good = file.read_text(encoding="utf-8")
    try:
        file.write_text("people: [", encoding="utf-8")
        assert uids(embedded, "(uid=alice)") == ["alice"]
    finally:
        file.write_text(good, encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("manager: nadia", "manager: nadja"), "nadja"),
        (("number: 1102", "number: 1101"), "1101"),
        (("suffix: ", "sufix: "), "suffix"),
        (("[victor]", "[viktor]"), "viktor"),
    ],
)
def test_mistakes_in_the_data_file_are_named(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    from corpblog.people.demo_directory.company import DATA_FILE

    file = tmp_path / "acme.yaml"
    file.write_text(DATA_FILE.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    with pytest.raises(BadCompanyError, match=words):
        Company.read(file)


def started(tmp_path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-m", "corpblog.people.demo_directory", "--port", "0", "--dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline().startswith("READY ")
    return child


def test_it_ends_when_told_to(tmp_path: Path) -> None:
    with started(tmp_path) as child:
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0


def test_it_ends_when_whoever_started_it_is_gone(tmp_path: Path) -> None:
    starter = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-m', 'corpblog.people.demo_directory',"
        f"'--port', '0', '--dir', {str(tmp_path)!r}], stdout=subprocess.PIPE, text=True);"
        "print(child.stdout.readline().split()[1], child.pid)"
    )
    done = subprocess.run([sys.executable, "-c", starter], capture_output=True, text=True, check=True, timeout=30)
    pid = int(done.stdout.split()[1])
    wait_until(lambda: not is_running(pid), seconds=15)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        # An orphan that nobody reaps stays in the table after its end.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return not Path("/proc").exists()


def test_a_hash_fits_its_password_only() -> None:
    made = hash_password("corpblog")
    assert password_fits(b"corpblog", made)
    assert not password_fits(b"Corpblog", made)
    assert not password_fits(b"", "")
    assert hash_password("corpblog") != made
