"""E-mail to a press list through a real SMTP server, read back from what it was handed."""

import json

import pytest

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Invalid
from corpblog.sharing import canonical, services
from corpblog.sharing.connectors.press_list import PressList
from corpblog.sharing.models import Destination, Job, Share
from corpblog.sharing.seals import mac, opened
from corpblog.sharing.services.sending import target_of
from tests.servers.smtp import smtp

pytestmark = pytest.mark.django_db
LIST = "zoe@times.example\nadam@echo.example\n\nADAM@echo.example"


@pytest.fixture
def server(settings):
    with smtp() as (mailbox, port):
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        mailbox.port = port
        yield mailbox


def connect(irene, server, **more):
    answers = {"host": "127.0.0.1", "port": str(server.port), "user": "press", "password": "right"}
    answers |= {"sender": "press@acme.example", "recipients": LIST} | more
    return services.connect(by=irene, slug="list", name="Press list", kind="email", answers=answers)


@pytest.fixture
def destination(server, irene):
    return connect(irene, server)


def test_a_share_arrives_word_for_word_with_its_first_line_as_subject(server, destination, sent_there):
    text = "Acme opens a café ☕\n\n.A line that begins with a full stop\nFrom here on: more"
    assert sent_there(destination, text).state == "sent"
    (message,) = server.messages
    assert message.get_content().replace("\r\n", "\n") == text + "\n"
    assert message["Subject"] == "Acme opens a café ☕"
    assert str(message["From"]) == "Acme <press@acme.example>"
    assert server.envelopes[0].rcpt_tos == ["adam@echo.example", "zoe@times.example"]


def test_a_test_reaches_the_senders_own_mailbox_and_nobody_on_the_list(server, destination, policy, irene, work):
    share = services.send_test(by=irene, destination=destination)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    (envelope,) = server.envelopes
    assert envelope.rcpt_tos == ["press@acme.example"]
    assert "This is a test of Press list." in server.messages[0].get_content()


def test_nobody_on_the_list_sees_the_others(server, destination, sent_there):
    sent_there(destination, "Hello")
    assert b"echo.example" not in server.envelopes[0].content
    assert b"times.example" not in server.envelopes[0].content


def test_the_message_id_is_the_jobs_at_every_try(server, destination, sent_there, work, travel):
    server.answers = ["451 later"]
    sent_there(destination, "Hello")
    assert (Share.objects.get().state, server.envelopes) == ("cleared", [])
    travel(seconds=10)
    work()
    job = Job.objects.get()
    payload = opened(job_id=job.pk, body=job.sealed, seal=job.mac)
    assert server.messages[0]["Message-ID"] == f"<{payload.key[:40]}@acme.example>"
    assert job.receipt.remote_id == server.messages[0]["Message-ID"]


@pytest.mark.gate("G18")
def test_a_lost_answer_is_for_a_person_and_never_repeated(server, destination, sent_there, work, travel):
    server.answers = ["cut"]
    assert sent_there(destination, "Once").state == "unknown"
    travel(hours=3)
    work()
    assert len(server.envelopes) == 1


def test_a_refused_address_keeps_it_from_all_and_is_named(server, destination, sent_there):
    server.refused = {"zoe@times.example"}
    share = sent_there(destination, "Hello")
    assert (share.state, share.note) == ("failed", "mail_address")
    assert server.envelopes == []


@pytest.mark.gate("G15")
def test_another_list_is_another_account_and_voids_what_was_cleared(
    server, destination, write, alice, irene, omar, work
):
    services.request_share(by=alice, post=write("For two papers"), destination=destination)
    connect(irene, server, recipients="everybody@tabloid.example")
    services.decide_change(by=omar, change_id=destination.changes.get().pk, confirm=True, authenticated_at=clock.now())
    work()
    assert server.envelopes == []
    assert Share.objects.get().state == "held"


@pytest.mark.gate("G15")
def test_another_mail_server_for_the_same_list_needs_a_second_person_and_voids_what_was_cleared(
    server, destination, write, alice, irene, omar, work, settings
):
    share = services.request_share(by=alice, post=write("For two papers"), destination=destination)
    with smtp() as (elsewhere, port):
        settings.EGRESS_PRIVATE += [f"127.0.0.1:{port}"]
        elsewhere.port = port
        assert connect(irene, elsewhere).config["port"] == str(server.port)
        change = destination.changes.get()
        services.decide_change(by=omar, change_id=change.pk, confirm=True, authenticated_at=clock.now())
        work()
        assert Share.objects.get(pk=share.pk).state == "held"
        assert server.envelopes == elsewhere.envelopes == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "wrong"}, "Check both"),
        ({"recipients": "not an address"}, "one of the addresses"),
        ({"sender": "nobody"}, "one of the addresses"),
        ({"recipients": "\n".join(f"a{n}@x.example" for n in range(101))}, "100 addresses"),
        ({"port": "25"}, "not allowed"),
        ({"port": "many"}, "not allowed"),
    ],
)
def test_what_is_wrong_is_said_when_connecting(server, irene, wrong, told):
    with pytest.raises(Invalid, match=told):
        connect(irene, server, **wrong)
    assert server.envelopes == []
    assert not Destination.objects.filter(slug="list").exists()


def test_files_are_attached_under_their_names(server, destination):
    form = canonical.read(
        canonical.build(text="Look", language="en", speaker="Acme", destination_id=1, kind="email", account="a")
    )
    file = {"name": "plan.pdf", "kind": "application/pdf", "sha256": blobs.write(b"%PDF-1"), "size": 6, "alt": ""}
    body = json.dumps(form | {"attachments": [file | {"width": None, "height": None}]})
    payload = opened(job_id=1, body=body, seal=mac(1, body))
    PressList().publish(payload, target_of(destination), not_after=float("inf"))
    (attached,) = server.messages[0].iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("plan.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1"


def test_a_correction_is_a_second_mail_that_answers_the_first(server, destination, sent_there, alice, work):
    share = sent_there(destination, "Wir öffnen am Montag, und das ist nicht alles")
    services.correct(by=alice, share=share, words="Nous ouvrons mardi, et ce n’est pas tout", reason="The day")
    work()
    first, second = server.messages
    assert second["Subject"] == "Correction\u202f: Nous ouvrons mardi, et ce n’est pas tout"
    assert second["In-Reply-To"] == first["Message-ID"] != second["Message-ID"]
    assert second.get_content().strip() == "Nous ouvrons mardi, et ce n’est pas tout"


@pytest.mark.gate("G18")
def test_a_correction_whose_answer_was_lost_is_for_a_person_and_not_mailed_twice(
    server, destination, sent_there, alice, work, travel
):
    share = sent_there(destination, "On Monday")
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="The day")
    server.answers = ["cut"]
    work()
    travel(hours=3)
    work()
    assert Share.objects.get(pk=correction.pk).state == "unknown"
    assert len(server.envelopes) == 2
    services.settle_unknown(by=alice, share=Share.objects.get(pk=correction.pk), sent=True)
    assert services.words_outside(share) == "On Tuesday"


def test_what_is_marked_is_mailed_as_html_and_as_plain_words(server, destination, sent_there):
    sent_there(destination, "**We open** in [Lyon](https://acme.example/lyon)\n\n> Come")
    message = server.messages[0]
    assert message["Subject"] == "We open in Lyon"
    plain, html = (message.get_body([kind]).get_content().replace("\r\n", "\n").strip() for kind in ("plain", "html"))
    assert plain == "We open in Lyon (https://acme.example/lyon)\n\n“Come”"
    assert html.startswith("<p><strong>We open</strong> in <a href=")
    assert "<blockquote><p>Come</p></blockquote>" in html
