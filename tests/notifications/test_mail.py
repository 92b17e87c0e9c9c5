"""Mail about notices, through a real SMTP server: what goes out, what never does, and how it is ended."""

import re
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client

from corpblog.kernel import clock
from corpblog.notifications import mail, wishes
from corpblog.notifications.models import Notice
from corpblog.notifications.services import mark_read
from corpblog.people.models import Person
from corpblog.posts.services import delete, edit, publish, react
from corpblog.teams.models import Channel
from corpblog.teams.services import (
    classify,
    create_channel,
    ensure_storyline,
    invite,
    join,
    open_conversation,
    remove_member,
)
from tests.posts.conftest import engineering, policy_says
from tests.servers.children import free_port
from tests.servers.smtp import Mailbox, text_of

__all__ = ["engineering", "policy_says"]
pytestmark = pytest.mark.django_db(transaction=True)
LIVELY = dict.fromkeys(["mention", "reply", "direct", "reaction", "post", "invite"], "mail")


@pytest.fixture
def lively(mailbox: Mailbox, bruno: Person) -> Person:
    """Give bruno, who wishes to be written to at once."""
    wishes.set_reach(by=bruno, wishes=LIVELY)
    return bruno


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass."""
    real = clock.now

    def move(by: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: real() + by)

    return move


def body(message: EmailMessage) -> str:
    return text_of(message)


def test_a_mention_is_mailed_at_once_and_once(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    publish(by=alice, channel=engineering, text="Ready, @bruno?")
    assert [mail.send_due(), mail.send_due()] == [1, 0]
    [message] = mailbox.messages
    assert (message["To"], message["From"]) == ("bruno@acme.example", "corpblog@acme.example")
    assert message["Subject"] == "Alice Martin mentioned you."
    assert "> Ready, @bruno?" in body(message)
    assert "== Engineering ==" in body(message)
    assert f"/notices/{Notice.objects.get(kind='mention').pk}/" in body(message)


def test_what_goes_over_the_wire_is_seven_bits_in_short_lines(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    publish(by=alice, channel=engineering, text="@bruno é\n.\n" + "x" * 400)
    mail.send_due()
    lines = bytes(mailbox.envelopes[0].original_content).split(b"\r\n")
    assert all(len(line) < 999 and line.isascii() and b"\n" not in line for line in lines)


def test_it_is_written_in_the_readers_language(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    Person.objects.get_queryset().filter(pk=lively.pk).update(language="fr")
    publish(by=alice, channel=engineering, text="@bruno")
    mail.send_due()
    assert "Bonjour Bruno" in body(mailbox.messages[0])


def test_several_notices_are_one_message_by_channel(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    other = create_channel(by=alice, name="Another place")
    for channel in (engineering, other, engineering):
        publish(by=alice, channel=channel, text="@bruno")
    assert mail.send_due() == 1
    text = body(mailbox.messages[0])
    assert mailbox.messages[0]["Subject"] == "3 notices in Corpblog"
    assert text.index("== Another place ==") < text.index("== Engineering ==")
    assert text.count("== Engineering ==") == 1


def test_ones_own_storyline_is_not_called_by_ones_name(lively: Person, mailbox: Mailbox, alice: Person) -> None:
    post = publish(by=lively, channel=ensure_storyline(lively), text="Mine")
    react(by=alice, post_id=post.pk, emoji="👍")
    mail.send_due()
    assert "== Your storyline ==" in body(mailbox.messages[0])
    assert "<h2>Your storyline</h2>" in text_of(mailbox.messages[0], "html")


@pytest.mark.parametrize(
    ("language", "hello", "day", "end"),
    [
        ("en", "Hello Bruno", "2 Mar 2026, 07:30", "End all e-mail"),
        ("fr", "Bonjour Bruno", "2 mars 2026 07:30", "Arrêter tous les courriels"),
    ],
)
def test_as_a_page_it_says_the_same_by_the_readers_clock_and_asks_nobody(
    language: str, hello: str, day: str, end: str, lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    Person.objects.get_queryset().filter(pk=lively.pk).update(language=language, time_zone="Asia/Tokyo")
    publish(by=alice, channel=engineering, text="Is 1 < 2 <b>so</b>, @bruno?")
    # Sunday evening here is Monday morning there.
    Notice.objects.update(created_at=datetime(2026, 3, 1, 22, 30, tzinfo=UTC))
    mail.send_due()
    [message] = mailbox.messages
    page, words = text_of(message, "html"), text_of(message)
    [number] = Notice.objects.filter(kind="mention").values_list("pk", flat=True)
    assert f'<html lang="{language}">' in page
    assert "Is 1 &lt; 2 &lt;b&gt;so&lt;/b&gt;, @bruno?</blockquote>" in page
    for said in (hello, "Engineering", day, f"/notices/{number}/", "/settings/notices/"):
        assert said in page
        assert said in words
    [stop] = re.findall(r"<(\S+)>", message["List-Unsubscribe"])
    assert f'<a href="{stop}">{end}</a>' in page
    assert stop in words
    assert not re.findall(r"<(?:img|script|link|iframe)|src=|url\(|@import", page)
    assert set(re.findall(r'href="(https?://[^/"]+)', page)) == {settings.ORIGINS[0]}


@pytest.mark.parametrize(
    ("language", "extra", "subject", "words"),
    [
        ("en", 1, "101 notices in Corpblog", "And 1 more notice:"),
        ("en", 3, "103 notices in Corpblog", "And 3 more notices:"),
        ("fr", 1, "101 notifications dans Corpblog", "Et 1 autre notification\u202f:"),
        ("fr", 3, "103 notifications dans Corpblog", "Et 3 autres notifications\u202f:"),
    ],
)
def test_what_is_too_many_for_one_message_is_counted_with_the_way_to_it(
    language: str, extra: int, subject: str, words: str, lively: Person, mailbox: Mailbox, settings: Any
) -> None:
    Person.objects.get_queryset().filter(pk=lively.pk).update(language=language)
    due = Notice(person=lively, kind="share", facts={"state": "approved"}, mail_due_at=clock.now())
    Notice.objects.bulk_create([copy(due) for _ in range(mail.MOST_IN_ONE + extra)])
    assert [mail.send_due(), mail.send_due()] == [1, 0]
    [message] = mailbox.messages
    text = body(message)
    assert (message["Subject"], len(re.findall(r"/notices/\d+/", text))) == (subject, mail.MOST_IN_ONE)
    assert f"{words}\r\n{settings.ORIGINS[0]}/notices/\r\n" in text


def test_what_fits_in_one_message_is_all_of_it(lively: Person, mailbox: Mailbox) -> None:
    due = Notice(person=lively, kind="share", facts={"state": "approved"}, mail_due_at=clock.now())
    Notice.objects.bulk_create([copy(due) for _ in range(mail.MOST_IN_ONE)])
    mail.send_due()
    assert "more notice" not in body(mailbox.messages[0])


def test_nobody_is_written_to_who_did_not_ask(
    mailbox: Mailbox, engineering: Channel, alice: Person, bruno: Person
) -> None:
    publish(by=alice, channel=engineering, text="@bruno")
    assert mail.send_due() == 0
    assert mailbox.messages == []


# What never goes out -----------------------------------------------------------------------------------------------


def test_what_was_read_meanwhile_is_not_mailed(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    publish(by=alice, channel=engineering, text="@bruno")
    mark_read(by=lively)
    assert mail.send_due() == 0
    assert not Notice.objects.filter(mail_due_at__isnull=False).exists()


def test_nothing_of_a_channel_one_may_no_longer_read_is_mailed(lively: Person, mailbox: Mailbox, alice: Person) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=board, person=lively)
    publish(by=alice, channel=board, text="The merger, @bruno")
    remove_member(by=alice, channel=board, person=lively)
    assert mail.send_due() == 0
    assert mailbox.envelopes == []


def test_a_deleted_post_is_not_mailed_and_an_edited_one_as_it_stands(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    gone = publish(by=alice, channel=engineering, text="Gone, @bruno")
    delete(by=alice, post_id=gone.pk)
    changed = publish(by=alice, channel=engineering, text="Before, @bruno")
    edit(by=alice, post_id=changed.pk, text="After, @bruno", version=1)
    mail.send_due()
    [message] = mailbox.messages
    assert "After" in body(message)
    assert "Gone" not in body(message)
    assert "Before" not in body(message)


@pytest.mark.parametrize("place", ["private", "confidential", "direct"])
def test_closed_words_are_announced_and_not_quoted(place: str, lively: Person, mailbox: Mailbox, alice: Person) -> None:
    if place == "direct":
        channel = open_conversation(by=alice, people=[lively])
    else:
        channel = create_channel(by=alice, name="Board", is_private=place == "private")
        invite(by=alice, channel=channel, person=lively)
    if place == "confidential":
        classify(by=alice, channel=channel, classification="confidential")
    post = publish(by=alice, channel=channel, text="The merger, @bruno")
    mine = publish(by=lively, channel=channel, text="My own merger", answers=post)
    react(by=alice, post_id=mine.pk, emoji="👍")
    assert mail.send_due() == 1
    assert b"merger" not in mailbox.envelopes[0].content
    assert "Alice Martin" in body(mailbox.messages[0])


def test_who_left_is_not_written_to(lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person) -> None:
    publish(by=alice, channel=engineering, text="@bruno")
    Person.objects.get_queryset().filter(pk=lively.pk).update(is_active=False, inactive_because="missing")
    assert mail.send_due() == 0
    assert mailbox.envelopes == []


def test_a_name_cannot_add_headers(lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person) -> None:
    Person.objects.get_queryset().filter(pk=alice.pk).update(display_name="Eve\r\nBcc: all@acme.example")
    publish(by=Person.objects.get_queryset().get(pk=alice.pk), channel=engineering, text="@bruno")
    mail.send_due()
    assert mailbox.messages[0]["Bcc"] is None
    assert mailbox.envelopes[0].rcpt_tos == ["bruno@acme.example"]


# When --------------------------------------------------------------------------------------------------------------


def test_a_digest_waits_for_its_hour(
    mailbox: Mailbox, engineering: Channel, alice: Person, bruno: Person, later: Callable[[timedelta], None]
) -> None:
    wishes.set_reach(by=bruno, wishes={"mention": "digest"})
    publish(by=alice, channel=engineering, text="@bruno")
    assert mail.send_due() == 0
    later(timedelta(days=4))
    assert mail.send_due() == 1


def test_a_server_that_fails_is_asked_again_and_one_that_refuses_is_not(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person, later: Callable[[timedelta], None]
) -> None:
    publish(by=alice, channel=engineering, text="@bruno")
    mailbox.answers = ["451 try later"]
    assert [mail.send_due(), mail.send_due()] == [0, 0]
    later(timedelta(minutes=11))
    assert mail.send_due() == 1
    mailbox.refused = {"bruno@acme.example"}
    publish(by=alice, channel=engineering, text="@bruno again")
    later(timedelta(minutes=30))
    assert mail.send_due() == 0
    assert not Notice.objects.filter(mail_due_at__isnull=False).exists()


def test_one_person_whose_mail_fails_keeps_nobody_else_back(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person, chloe: Person
) -> None:
    join(by=chloe, channel=engineering)
    wishes.set_reach(by=chloe, wishes=LIVELY)
    mailbox.refused = {"bruno@acme.example"}
    publish(by=alice, channel=engineering, text="@bruno @chloe")
    assert mail.send_due() == 1
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [["chloe@acme.example"]]


def test_without_a_server_nothing_is_due(settings: Any, engineering: Channel, alice: Person, bruno: Person) -> None:
    wishes.set_reach(by=bruno, wishes=LIVELY)
    publish(by=alice, channel=engineering, text="@bruno")
    assert mail.send_due() == 0
    assert not Notice.objects.filter(mail_due_at__isnull=False).exists()


def test_a_server_that_is_down_is_waited_for(
    settings: Any, lively: Person, engineering: Channel, alice: Person
) -> None:
    port = free_port()
    settings.MAIL_SERVER, settings.EGRESS_PRIVATE = f"smtp://127.0.0.1:{port}", [f"127.0.0.1:{port}"]
    publish(by=alice, channel=engineering, text="@bruno")
    assert mail.send_due() == 0
    assert Notice.objects.filter(mail_due_at__isnull=False).count() == 1


@pytest.mark.parametrize("server", ["mail.acme.example", "https://mail.acme.example", "smtp://"])
def test_a_server_that_cannot_be_read_is_said_at_the_start(server: str, settings: Any) -> None:
    settings.MAIL_SERVER = server
    assert "notifications.E001" in [error.id for error in run_checks()]


# Ending it ---------------------------------------------------------------------------------------------------------


def test_one_press_in_the_mail_program_ends_the_mail(
    lively: Person, mailbox: Mailbox, engineering: Channel, alice: Person
) -> None:
    publish(by=alice, channel=engineering, text="@bruno")
    mail.send_due()
    message = mailbox.messages[0]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    publish(by=alice, channel=engineering, text="@bruno again")
    # As a mail program does: no cookie, no token of a form (RFC 8058, 3.2).
    program = Client(enforce_csrf_checks=True)
    assert "End all e-mail" in program.get(address).text
    assert wishes.reach_of(lively)["mention"] == "mail"
    assert program.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert set(wishes.reach_of(lively).values()) == {"page"}
    assert mail.send_due() == 0


@pytest.mark.parametrize("token", ["x", "1:2:3", "MQ:1tXyZ:abc"])
def test_a_forged_address_ends_nothing(token: str, lively: Person) -> None:
    client = Client()
    assert [client.get(f"/unsubscribe/{token}/").status_code, client.post(f"/unsubscribe/{token}/").status_code] == [
        404,
        404,
    ]
    assert wishes.reach_of(lively)["mention"] == "mail"
