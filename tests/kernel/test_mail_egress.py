"""The way out for mail, against a real SMTP server: addresses judged and pinned, encrypted, all or nobody."""

import smtplib
import ssl
import time

import pytest

from corpblog.kernel import egress, mail_egress
from corpblog.kernel.mail_egress import MailRefused, MailServer
from tests.servers.smtp import certificate, smtp

MESSAGE = b"Subject: Hi\r\n\r\nHello\r\n"


def hand_over(server, *recipients, **more):
    mail_egress.deliver(server, sender="press@acme.example", recipients=recipients, message=MESSAGE, **more)


@pytest.fixture
def plain(settings):
    with smtp() as (mailbox, port):
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        yield mailbox, MailServer("127.0.0.1", port)


def test_one_message_is_handed_over_for_all(plain):
    mailbox, server = plain
    hand_over(server, "a@x.example", "b@y.example")
    (envelope,) = mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("press@acme.example", ["a@x.example", "b@y.example"])
    assert envelope.content == MESSAGE


def test_one_refused_recipient_keeps_it_from_all(plain):
    mailbox, server = plain
    mailbox.refused = {"gone@y.example"}
    with pytest.raises(MailRefused) as refused:
        hand_over(server, "a@x.example", "gone@y.example")
    assert (refused.value.step, refused.value.for_good) == ("recipient", True)
    assert mailbox.envelopes == []


@pytest.mark.parametrize(("answer", "for_good"), [("451 later", False), ("554 never", True)])
def test_a_refused_message_is_with_nobody(plain, answer, for_good):
    mailbox, server = plain
    mailbox.answers = [answer]
    with pytest.raises(MailRefused) as refused:
        hand_over(server, "a@x.example")
    assert (refused.value.step, refused.value.for_good) == ("message", for_good)


def test_a_line_cut_after_the_last_byte_counts_as_reached(plain):
    mailbox, server = plain
    mailbox.answers = ["cut"]
    with pytest.raises(egress.EgressError) as lost:
        hand_over(server, "a@x.example")
    assert lost.value.reached
    assert len(mailbox.envelopes) == 1


@pytest.mark.gate("G16")
def test_a_lease_that_is_over_hands_nothing_over(plain):
    mailbox, server = plain
    with pytest.raises(egress.EgressError) as late:
        hand_over(server, "a@x.example", not_after=time.monotonic() - 1)
    assert not late.value.reached
    assert mailbox.envelopes == []


def test_a_wrong_password_is_told_from_an_outage(plain):
    mailbox, server = plain
    with pytest.raises(MailRefused) as refused:
        mail_egress.check(MailServer(server.host, server.port, "press", "wrong"))
    assert (refused.value.step, refused.value.for_good) == ("sign_in", True)
    mail_egress.check(MailServer(server.host, server.port, "press", "right"))
    assert set(mailbox.passwords) == {(b"press", b"wrong"), (b"press", b"right")}
    assert "right" not in repr(MailServer("h", 1, "press", "right"))


@pytest.mark.parametrize("implicit", [False, True])
def test_outside_the_house_mail_is_encrypted_to_a_name_that_is_vouched_for(tmp_path, settings, monkeypatch, implicit):
    """The server's name resolves to a public address once; the connection is led to the test's server below that."""
    context, authority = certificate(tmp_path, "smtp.acme.example")
    with smtp(tls=context, implicit=implicit) as (mailbox, port):
        lead_to(port, monkeypatch)
        server = MailServer("smtp.acme.example", 465 if implicit else 587)
        with pytest.raises(egress.EgressError):
            hand_over(server, "a@x.example")
        assert mailbox.envelopes == []
        trusted = ssl.create_default_context(cafile=authority)
        monkeypatch.setattr(egress, "trust", lambda: trusted)
        hand_over(server, "a@x.example")
        assert len(mailbox.envelopes) == 1
        other = MailServer("smtp.other.example", server.port)
        with pytest.raises(egress.EgressError):
            hand_over(other, "a@x.example")
        assert len(mailbox.envelopes) == 1


def test_outside_the_house_nothing_goes_in_clear(monkeypatch):
    with smtp() as (mailbox, port):
        lead_to(port, monkeypatch)
        with pytest.raises(egress.EgressError, match="no encryption"):
            hand_over(MailServer("smtp.acme.example", 587), "a@x.example")
        assert mailbox.envelopes == []


def lead_to(port, monkeypatch):
    """Let every name have one public address, and let connections to it end at this port of loopback."""
    real = mail_egress.socket.create_connection
    monkeypatch.setattr(egress, "resolve", lambda _host, _port, _seconds: ["93.184.216.34"])

    def connect(address, *more, **named):
        assert address[0] == "93.184.216.34"
        return real(("127.0.0.1", port), *more, **named)

    monkeypatch.setattr(mail_egress.socket, "create_connection", connect)


@pytest.mark.parametrize(
    ("host", "port"),
    [("localhost", 587), ("127.0.0.1", 465), ("10.0.0.1", 587), ("smtp.acme.example", 25), ("a@b", 587), ("", 587)],
)
def test_servers_inside_and_other_ports_are_refused_before_a_connection(host, port, monkeypatch):
    def never(*_args, **_kwargs):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(mail_egress.socket, "create_connection", never)
    monkeypatch.setattr(smtplib.socket, "create_connection", never)
    with pytest.raises(egress.Forbidden) as refused:
        hand_over(MailServer(host, port), "a@x.example")
    assert not refused.value.reached


def test_a_closed_port_counts_as_not_reached(settings):
    with smtp() as (_mailbox, port):
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
    with pytest.raises(egress.EgressError) as refused:
        hand_over(MailServer("127.0.0.1", port), "a@x.example")
    assert not refused.value.reached
