"""What can go wrong between Corpblog and the directory: nobody gets in, no password gets out, nobody waits long."""

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ldap
import pytest
from django.contrib.auth import authenticate

from corpblog.people.demo_directory import messages
from corpblog.people.demo_directory.ber import SEQUENCE, read_element
from corpblog.people.demo_directory.certificates import Certificates
from corpblog.people.demo_directory.messages import Code
from corpblog.people.directory import backend
from corpblog.people.directory.errors import DirectoryUnavailable
from corpblog.people.directory.gate import DirectoryGate
from corpblog.people.models import Person
from tests.people.conftest import ACME, Directory, company
from tests.servers.demo_directory import running_demo_directory
from tests.servers.slapd import running_slapd

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
PASSWORD = "secret-of-alice"

Talk = Callable[[socket.socket], None]


@contextmanager
def server_that(talk: Talk) -> Iterator[int]:
    """A listening socket whose connections are handed to `talk`."""
    listener = socket.create_server(("127.0.0.1", 0))
    open_sockets = [listener]

    def accept() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            open_sockets.append(connection)
            threading.Thread(target=_ignoring_ends, args=(talk, connection), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        # Closing alone does not wake a thread that waits in accept().
        listener.shutdown(socket.SHUT_RDWR)
        for one in open_sockets:
            one.close()


def _ignoring_ends(talk: Talk, connection: socket.socket) -> None:
    try:
        talk(connection)
    except (OSError, EOFError):
        return


def refused(username: str = "alice", password: str = PASSWORD) -> None:
    """A sign-in that must say that the directory is not there."""
    with pytest.raises(DirectoryUnavailable):
        authenticate(None, username=username, password=password)
    assert not Person.objects.exists()


@pytest.mark.parametrize("transport", ["starttls", "ldaps"])
@pytest.mark.parametrize("fault", ["unknown authority", "wrong name", "expired"])
@pytest.mark.parametrize("kind", ["embedded", "openldap"])
def test_a_bad_certificate_is_never_accepted(
    kind: str,
    fault: str,
    transport: str,
    settings: Any,
    fresh_gate: DirectoryGate,
    make_certificates_in: Callable[..., Certificates],
    tmp_path: Path,
) -> None:
    options: dict[str, Any] = {}
    if fault == "wrong name":
        options["hosts"] = ["directory.acme.example"]
    if fault == "expired":
        options |= {"start": dt.datetime.now(dt.UTC) - dt.timedelta(days=9), "life": dt.timedelta(days=8)}
    files = make_certificates_in("served", **options)
    trusted = make_certificates_in("elsewhere") if fault == "unknown authority" else files
    home = tmp_path / "home"
    home.mkdir()
    running = running_demo_directory(home, ACME, files) if kind == "embedded" else running_slapd(company(ACME), files)
    with running as server:
        settings.DIRECTORY = Directory(server).settings(transport, ca_file=str(trusted.authority))
        refused()


def test_a_good_certificate_is_accepted(directory: Directory) -> None:
    assert authenticate(None, username="alice", password="corpblog") is not None


@pytest.mark.parametrize("transport", ["starttls", "ldaps"])
def test_a_server_that_accepts_and_never_answers_is_given_up(
    embedded: Directory, settings: Any, fresh_gate: DirectoryGate, transport: str
) -> None:
    with server_that(lambda connection: None) as port:
        scheme = "ldaps" if transport == "ldaps" else "ldap"
        settings.DIRECTORY = embedded.settings(transport, uri=f"{scheme}://127.0.0.1:{port}")
        refused()


def test_a_server_that_is_slow_at_each_step_is_given_up(
    embedded: Directory, settings: Any, fresh_gate: DirectoryGate
) -> None:
    """Each answer comes within libldap's limit for a step, all of them together would keep the page waiting."""
    ended = threading.Event()

    def delay(connection: socket.socket) -> None:
        target = socket.create_connection(("127.0.0.1", embedded.server.port))  # type: ignore[union-attr]
        threading.Thread(target=_ignoring_ends, args=(lambda one: pump(one, target), connection), daemon=True).start()
        while chunk := target.recv(65536):
            if ended.wait(0.8):
                return
            connection.sendall(chunk)

    with server_that(delay) as port:
        settings.DIRECTORY = embedded.settings(uri=f"ldap://127.0.0.1:{port}")
        refused(password="corpblog")
        ended.set()


def pump(source: socket.socket, target: socket.socket) -> None:
    while chunk := source.recv(4096):
        target.sendall(chunk)


def test_a_directory_that_is_down_is_given_up(directory: Directory, settings: Any) -> None:
    settings.DIRECTORY = directory.settings(uri="ldap://127.0.0.1:1")
    refused()


def test_a_directory_that_comes_back_is_used_again(directory: Directory) -> None:
    directory.server.stop()
    refused()
    directory.server.start()
    assert authenticate(None, username="alice", password="corpblog") is not None


@pytest.mark.parametrize("answer", ["refused", "success without TLS", "hang up"])
def test_a_stripped_starttls_never_brings_out_a_password(
    embedded: Directory, settings: Any, fresh_gate: DirectoryGate, answer: str
) -> None:
    heard = bytearray()

    def strip(connection: socket.socket) -> None:
        def read(count: int) -> bytes:
            chunk = connection.recv(count, socket.MSG_WAITALL)
            heard.extend(chunk)
            if len(chunk) < count:
                raise EOFError
            return chunk

        tag, content = read_element(read)
        assert tag == SEQUENCE
        request = messages.read_request(content)
        if answer == "hang up":
            connection.close()
            return
        code = Code.SUCCESS if answer == "success without TLS" else Code.UNWILLING_TO_PERFORM
        connection.sendall(messages.message(request.message_id, messages.extended(code, oid=messages.START_TLS)))
        while chunk := connection.recv(4096):
            heard.extend(chunk)

    with server_that(strip) as port:
        settings.DIRECTORY = embedded.settings(uri=f"ldap://127.0.0.1:{port}")
        refused()
    assert PASSWORD.encode() not in heard
    assert settings.DIRECTORY.bind_password.encode() not in heard
    assert settings.DIRECTORY.bind_dn.encode() not in heard


def test_half_an_answer_is_no_answer(openldap: Directory, settings: Any, fresh_gate: DirectoryGate) -> None:
    """More matches than the server gives at once: the part that came must not be taken for the whole."""
    settings.DIRECTORY = openldap.settings(people_filter="(|(uid=%(user)s)(objectClass=*))")
    openldap.data["people"] += [{"uid": f"p{n}", "number": 20000 + n, "name": f"P {n}"} for n in range(600)]
    openldap.publish()
    try:
        refused()
    finally:
        openldap.reset()


def test_no_more_than_the_given_number_ask_at_once() -> None:
    gate = DirectoryGate(places=2, seconds=0.4, patience=99)
    release, running, most = threading.Event(), [], []

    def question() -> None:
        running.append(1)
        most.append(len(running))
        release.wait(10)
        running.pop()

    def ask() -> None:
        with pytest.raises(DirectoryUnavailable):
            gate.ask(question)

    askers = [threading.Thread(target=ask) for _ in range(6)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert max(most) == 2
    release.set()


def test_after_three_failures_nobody_is_kept_waiting_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, asked = DirectoryGate(pause=30), []

    def fail() -> None:
        asked.append(1)
        raise ldap.SERVER_DOWN

    for _attempt in range(5):
        with pytest.raises(DirectoryUnavailable):
            gate.ask(fail)
    assert len(asked) == 3
    gate._closed_until = 0  # the pause is over
    with pytest.raises(DirectoryUnavailable):
        gate.ask(fail)
    with pytest.raises(DirectoryUnavailable):
        gate.ask(fail)
    assert len(asked) == 4
    gate._closed_until = 0
    assert gate.ask(lambda: "well again") == "well again"
    for _attempt in range(2):
        with pytest.raises(DirectoryUnavailable):
            gate.ask(fail)
    assert gate.ask(lambda: "two failures are not three") == "two failures are not three"


def test_a_mistake_of_ours_is_not_called_a_failure_of_the_directory() -> None:
    gate = DirectoryGate(patience=1)
    with pytest.raises(ZeroDivisionError):
        gate.ask(lambda: 1 // 0)
    assert gate.ask(lambda: 1) == 1


def test_leftover_settings_of_the_library_loosen_nothing(directory: Directory, settings: Any) -> None:
    settings.AUTH_LDAP_PERMIT_EMPTY_PASSWORD = True
    settings.AUTH_LDAP_START_TLS = False
    settings.AUTH_LDAP_GLOBAL_OPTIONS = None
    settings.AUTH_LDAP_USER_DN_TEMPLATE = "uid=%(user)s,ou=people,dc=acme,dc=example"
    assert authenticate(None, username="alice", password="") is None
    assert authenticate(None, username="alice", password="corpblog") is not None
    made = backend.library_settings(settings.DIRECTORY, backend.FLAVOURS["openldap"])
    assert made.START_TLS
    assert not made.PERMIT_EMPTY_PASSWORD
    assert made.USER_DN_TEMPLATE is None


def test_the_order_of_connection_options_is_the_one_that_works(embedded: Directory) -> None:
    options = list(backend.connection_options(embedded.settings()))
    assert options[-1] == ldap.OPT_X_TLS_NEWCTX
