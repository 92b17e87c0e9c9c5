"""A web process keeps its limits, and leaves without losing anything."""

import http.client
import json
import signal
import socket
import threading
import time

import pytest

from corpblog.config.serving.requests import MAX_BODY, MAX_FILE, MAX_UPLOAD
from tests.config.conftest import StartWeb

# How the process begins, refuses and ends; no database is asked.
pytestmark = pytest.mark.once


def ask(port: int, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def send_chunks(port: int, megabytes: int) -> bytes:
    """Send a body without a length, until all is sent or the server had enough."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"%x\r\n%s\r\n" % (MAX_BODY, b"x" * MAX_BODY)
        try:
            for _ in range(megabytes):
                connection.sendall(chunk)
            connection.sendall(b"0\r\n\r\n")
            return connection.recv(200)
        except (BrokenPipeError, ConnectionResetError):
            return b"cut"


def test_a_body_above_the_limit_is_refused_in_words_and_the_process_goes_on(start_web: StartWeb) -> None:
    _child, port = start_web()
    status, said = ask(port, "/sign-in/", "POST", b"x" * (MAX_BODY + 1))
    assert status == 413
    assert b"1 MiB" in said
    assert send_chunks(port, 2).startswith(b"HTTP/1.1 413")
    assert send_chunks(port, 64)[:12] in {b"HTTP/1.1 413", b"cut"}
    assert ask(port, "/healthz")[0] == 200


def test_a_body_at_the_limit_is_read(start_web: StartWeb) -> None:
    _child, port = start_web()
    assert ask(port, "/sign-in/", "POST", b"x" * MAX_BODY)[0] != 413


def test_word_lists_and_files_may_be_larger_and_nothing_else_may(start_web: StartWeb) -> None:
    _child, port = start_web()
    upload = "/policies/1/lists/put/"
    assert ask(port, upload, "POST", b"x" * MAX_UPLOAD)[0] != 413
    status, said = ask(port, upload, "POST", b"x" * (MAX_UPLOAD + 1))
    assert (status, b"17 MiB" in said) == (413, True)
    assert ask(port, "/files/", "POST", b"x" * MAX_FILE)[0] != 413
    status, said = ask(port, "/files/", "POST", b"x" * (MAX_FILE + 1))
    assert (status, b"26 MiB" in said) == (413, True)
    for other in (
        "/files/1/",
        "/policies/1/lists/put",
        "/policies/x/lists/put/",
        "/posts/?/policies/1/lists/put/",
    ):
        assert ask(port, other, "POST", b"x" * (MAX_BODY + 1))[0] == 413


def test_sqlite_is_served_by_one_process_only(start_web: StartWeb) -> None:
    _first, _port = start_web()
    second, _other = start_web(wait=False)
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 1
    assert "served by another process already" in said


def test_a_taken_port_is_said_in_words(start_web: StartWeb) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        child, _port = start_web("--port", str(other.getsockname()[1]), wait=False)
        said, _ = child.communicate(timeout=120)
    assert child.returncode == 1
    assert "is taken" in said


def test_a_process_that_is_told_to_end_says_so_before_it_goes(start_web: StartWeb) -> None:
    child, port = start_web("--drain", "2")
    assert ask(port, "/readyz")[0] == 200
    child.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    status, said = ask(port, "/readyz")
    while status == 200 and time.monotonic() < deadline:
        status, said = ask(port, "/readyz")
    assert status == 503
    assert json.loads(said)["checks"]["serving"] is False
    assert ask(port, "/healthz")[0] == 200
    assert child.wait(20) == 0


def test_a_request_under_way_gets_its_answer_though_the_process_is_told_to_end(start_web: StartWeb) -> None:
    child, port = start_web("--drain", "0")
    answers: list[bytes] = []
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(
            b"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\nConnection: close\r\n\r\n"
        )
        reader = threading.Thread(target=lambda: answers.append(connection.recv(12)))
        reader.start()
        # Sent and signalled together: the view runs while the process is leaving.
        connection.sendall(b"x" * 10)
        child.send_signal(signal.SIGTERM)
        reader.join(20)
    assert answers
    assert answers[0].startswith(b"HTTP/1.1 ")
    assert child.wait(20) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "probe.internal"])
def test_probes_are_answered_whatever_name_they_use(start_web: StartWeb, host: str) -> None:
    _child, port = start_web()
    assert ask(port, "/healthz", Host=host)[0] == 200
    assert ask(port, "/readyz", Host=host)[0] == 200
