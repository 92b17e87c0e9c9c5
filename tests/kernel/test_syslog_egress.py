"""The way out for the log, against a real rsyslogd; over TLS against a socket that keeps every byte."""

import contextlib
import socket
import ssl
import threading
from datetime import UTC, datetime

import pytest

from corpblog.kernel import egress, syslog_egress
from corpblog.kernel.syslog_egress import SyslogServer, read_server
from tests.servers.children import free_port
from tests.servers.rsyslog import rsyslog
from tests.servers.smtp import certificate

AT = datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def server(settings):
    with rsyslog() as there:
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{there.port}"]
        yield there


@pytest.mark.parametrize(("transport", "sure"), [("tcp", True), ("udp", False)])
def test_a_real_server_writes_the_message_down(server, transport, sure):
    to = SyslogServer(transport, "127.0.0.1", server.port)
    assert syslog_egress.deliver(to, '{"number": 7}', kind="ANCHOR", at=AT) is sure
    (line,) = server.lines(1)
    # RFC 5424, 6.2.1: facility 13 (log audit) times 8, and severity 5 (notice).
    assert line.startswith("<109>1 2026-03-01T08:30:00.250000Z ")
    assert line.endswith(' corpblog - ANCHOR - {"number": 7}')


def test_many_messages_are_as_many_lines(server):
    to = SyslogServer("tcp", "127.0.0.1", server.port)
    for number in range(5):
        syslog_egress.deliver(to, f"message {number}", kind="ANCHOR", at=AT)
    assert sorted(line.rpartition(" - ")[2] for line in server.lines(5)) == [f"message {n}" for n in range(5)]


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_a_server_that_is_not_there_is_an_error(settings, transport):
    port = free_port()
    settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
    with pytest.raises(egress.EgressError, match="ConnectionRefused"):
        syslog_egress.deliver(SyslogServer(transport, "127.0.0.1", port), "x", kind="ANCHOR", at=AT)


def test_a_server_that_breaks_off_has_not_got_it(settings):
    with listening(lambda line: line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")) as port:
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        with pytest.raises(egress.EgressError, match="Reset"):
            syslog_egress.deliver(SyslogServer("tcp", "127.0.0.1", port), "x" * 10, kind="ANCHOR", at=AT)


@pytest.mark.parametrize(
    ("transport", "host", "reason"),
    [
        ("udp", "log.acme.example", "only tls"),
        ("tcp", "log.acme.example", "only tls"),
        ("tls", "127.0.0.1", "address inside"),
        ("tls", "10.0.0.1", "address inside"),
    ],
)
def test_in_clear_or_to_an_address_inside_nothing_is_even_tried(monkeypatch, transport, host, reason):
    def never(*_args, **_kwargs):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(syslog_egress.socket, "create_connection", never)
    with pytest.raises(egress.Forbidden, match=reason):
        syslog_egress.deliver(SyslogServer(transport, host, 6514), "x", kind="ANCHOR", at=AT)


def test_over_tls_the_name_is_vouched_for_and_the_frame_says_its_length(tmp_path, monkeypatch):
    context, authority = certificate(tmp_path, "log.acme.example")
    received = []

    def take(line):
        received.append(line.recv(4096))
        # The farewell is read before it is closed: whoever closes over unread bytes resets the connection.
        line.unwrap()

    with listening(take, context) as port:
        real = syslog_egress.socket.create_connection
        monkeypatch.setattr(egress, "resolve", lambda _host, _port, _seconds: ["93.184.216.34"])
        monkeypatch.setattr(
            syslog_egress.socket, "create_connection", lambda _address, *more: real(("127.0.0.1", port), *more)
        )
        to = SyslogServer("tls", "log.acme.example", 6514)
        with pytest.raises(egress.EgressError, match="CERTIFICATE_VERIFY_FAILED"):
            syslog_egress.deliver(to, "hello", kind="ANCHOR", at=AT)
        trusted = ssl.create_default_context(cafile=authority)
        monkeypatch.setattr(egress, "trust", lambda: trusted)
        with pytest.raises(egress.EgressError, match="CERTIFICATE_VERIFY_FAILED"):
            syslog_egress.deliver(SyslogServer("tls", "other.example", 6514), "hello", kind="ANCHOR", at=AT)
        assert syslog_egress.deliver(to, "hello", kind="ANCHOR", at=AT)
    (frame,) = received
    length, _space, message = frame.partition(b" ")
    assert int(length) == len(message)
    assert message.endswith(b"- ANCHOR - hello")


@pytest.mark.parametrize("address", ["", "log.acme.example", "https://log", "tls://", "tls://log/path", "udp://a@b"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ValueError):
        read_server(address)


def test_a_port_may_be_left_out():
    assert read_server("tls://log.acme.example") == SyslogServer("tls", "log.acme.example", 6514)
    assert read_server("udp://log.acme.example:5514").port == 5514


@contextlib.contextmanager
def listening(meet, context=None):
    """Take one connection after another on loopback, and close each after `meet`; failed handshakes are passed over."""
    with socket.create_server(("127.0.0.1", 0)) as door:

        def take():
            while True:
                try:
                    line, _peer = door.accept()
                except OSError:
                    return
                with line, contextlib.suppress(OSError):
                    secured = context.wrap_socket(line, server_side=True) if context else line
                    with secured:
                        meet(secured)

        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield door.getsockname()[1]
        door.shutdown(socket.SHUT_RDWR)
        thread.join(10)
