"""Signed heads with real keepers outside: a syslog server, a mail server, a time stamp authority of OpenSSL."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from corpblog.audit import selectors, services, stamps
from corpblog.audit import verify as verify_file
from corpblog.audit.files import stamp_file
from corpblog.audit.keys import public_key
from corpblog.audit.models import Anchor, AuditEntry, AuditHead, AuditPayload, KeptAnchor, PlaceTrouble
from corpblog.audit.refusals import ANCHOR_REFUSALS, REFUSALS
from corpblog.audit.settings import Keepers, read_keepers
from corpblog.audit.verify import anchor_text, read_anchors, verify
from corpblog.kernel import clock
from corpblog.kernel.syslog_egress import SyslogServer
from tests.servers.authority import authority
from tests.servers.children import find_program, free_port
from tests.servers.recorder import Reply
from tests.servers.rsyslog import rsyslog
from tests.servers.smtp import smtp

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_keepers(settings):
    settings.ANCHOR_KEEPERS, settings.EGRESS_PRIVATE = Keepers(), []


def keep(settings, place, **keepers):
    settings.ANCHOR_KEEPERS = replace(settings.ANCHOR_KEEPERS, **keepers)
    settings.EGRESS_PRIVATE = [*settings.EGRESS_PRIVATE, place]


@pytest.fixture
def by_syslog(settings):
    with rsyslog() as server:
        keep(settings, f"127.0.0.1:{server.port}", syslog=SyslogServer("tcp", "127.0.0.1", server.port))
        yield server


@pytest.fixture
def by_mail(settings):
    with smtp() as (mailbox, port):
        settings.MAIL_SERVER = f"smtp://127.0.0.1:{port}"
        keep(settings, f"127.0.0.1:{port}", mail=("auditor@firm.example", "second@firm.example"))
        yield mailbox


@pytest.fixture
def by_stamp(settings, tmp_path):
    with authority(tmp_path) as there:
        roots = tuple(x509.load_pem_x509_certificates(there.certificate.read_bytes()))
        keep(settings, there.remote.place, tsa=there.address, tsa_roots=roots)
        yield there


def act(count=1):
    for number in range(count):
        services.record(action="share.requested", actor_id=number, subject=f"share:{number}")


def rewrite_all(settings, tmp_path):
    """Write another history of the same length, sign it, and leave nothing of the old one on this machine."""
    with connection.cursor() as cursor:
        for refusal in (*REFUSALS, *ANCHOR_REFUSALS):
            cursor.execute(refusal.drop(connection.vendor))
    length = AuditEntry.objects.count()
    for model in (KeptAnchor, Anchor, AuditPayload, AuditEntry, AuditHead):
        model.objects.all().delete()
    settings.ANCHOR_FILE = tmp_path / "written-anew" / "anchors.jsonl"
    act(length)
    services.anchor()


def problems(*paths):
    given = [head for path in paths for head in read_anchors(str(path))]
    return selectors.verified(public_key(), given).problems


def test_a_history_written_anew_is_found_by_what_syslog_kept(by_syslog, settings, tmp_path):
    act(3)
    services.anchor()
    assert services.hand_out() == {"syslog": ""}
    by_syslog.lines(1)
    assert problems(by_syslog.file) == []
    rewrite_all(settings, tmp_path)
    assert problems() == []
    assert "entry 3 is not the one that was anchored" in problems(by_syslog.file)[0]


def test_a_history_written_anew_is_found_by_what_was_mailed(by_mail, settings, tmp_path):
    act(3)
    services.anchor()
    assert services.hand_out() == {"mail": ""}
    (envelope,) = by_mail.envelopes
    assert envelope.rcpt_tos == ["auditor@firm.example", "second@firm.example"]
    saved = tmp_path / "saved.eml"
    saved.write_bytes(envelope.content)
    assert problems(saved) == []
    rewrite_all(settings, tmp_path)
    assert problems() == []
    assert "entry 3 is not the one that was anchored" in problems(saved)[0]


def test_a_history_written_anew_is_found_by_the_time_stamps(by_stamp, settings, tmp_path):
    act(3)
    services.anchor()
    assert services.hand_out() == {"time_stamp": ""}
    kept = stamp_file()
    report = selectors.verified(public_key())
    assert report.holds
    assert report.stamps == 1
    rewrite_all(settings, tmp_path)
    assert problems() == []
    assert "entry 3 is not the one that was anchored" in problems(kept)[0]


def test_a_history_written_anew_and_stamped_anew_shows_that_it_was_stamped_late(by_stamp):
    with clock.standing_at(clock.now() - timedelta(days=90, minutes=30)):
        act(3)
    services.anchor()
    services.hand_out()
    act()
    services.anchor()
    services.hand_out()
    report = selectors.verified(public_key())
    assert report.holds
    assert report.remarks[0].startswith("No entry waited longer for its time stamp than entry 1: 90 days, 0:")


def test_openssl_says_who_stamped_what_without_corpblog(by_stamp, settings, tmp_path):
    act(2)
    services.anchor()
    services.hand_out()
    export = tmp_path / "export.jsonl"
    export.write_text("".join(f"{line}\n" for line in selectors.export_lines()))
    command = [sys.executable, "-I", "-S", verify_file.__file__, export, "--key", public_key()]
    command += ["--anchors", settings.ANCHOR_FILE, stamp_file(), "--stamps", tmp_path / "stamps"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 of them with a time stamp" in done.stdout
    printed = next(line for line in done.stdout.splitlines() if line.startswith("openssl ts -verify"))

    def check(line):
        words = line.replace("AUTHORITY.pem", str(by_stamp.certificate)).split()
        return subprocess.run([find_program(words[0]), *words[1:]], capture_output=True, text=True, check=False)

    assert "Verification: OK" in check(printed).stdout
    digest = printed.split()[printed.split().index("-digest") + 1]
    assert check(printed.replace(digest, "0" * 64)).returncode != 0


def test_a_stamp_of_somebody_else_is_taken_neither_now_nor_later(by_stamp, settings, tmp_path):
    act()
    services.anchor()
    services.hand_out()
    with authority(tmp_path, "stranger") as stranger:
        settings.ANCHOR_KEEPERS = replace(
            settings.ANCHOR_KEEPERS,
            tsa_roots=tuple(x509.load_pem_x509_certificates(stranger.certificate.read_bytes())),
        )
        assert "the time stamp of entry 1 does not hold" in selectors.verified(public_key()).problems[0]
        act()
        services.anchor()
        assert services.hand_out()["time_stamp"] != ""
    assert len(stamp_file().read_text().splitlines()) == 1


def test_a_stamp_over_another_head_is_found_even_without_its_authority(by_stamp, settings):
    act()
    services.anchor()
    services.hand_out()
    first = json.loads(stamp_file().read_text())
    act()
    other = services.anchor()
    forged = {**other.facts, "stamp": first["stamp"]}
    assert verify(selectors.export(), [forged], public_key()).problems == [
        "the time stamp of entry 2 is about something else"
    ]
    with pytest.raises(stamps.NoStamp):
        stamps.check(forged, settings.ANCHOR_KEEPERS.tsa_roots)


def test_an_old_answer_of_the_authority_does_not_do_for_a_new_question(by_stamp):
    """The nonce: whoever stands between us and the authority cannot give us the stamp of another day."""
    act()
    services.anchor()
    services.hand_out()
    head = json.loads(stamp_file().read_text())
    by_stamp.remote.next(Reply(200, stamps.b64decode(head["stamp"])))
    with pytest.raises(stamps.NoStamp, match="Nonce"):
        stamps.ask(head, authority=by_stamp.address, roots=x509_of(by_stamp))


def x509_of(there):
    return x509.load_pem_x509_certificates(there.certificate.read_bytes())


@pytest.mark.parametrize("reply", [Reply(500, b""), Reply(200, b""), Reply(200, b"<html>"), Reply(200, b"0" * 70_000)])
def test_an_authority_that_answers_nonsense_is_in_trouble_and_asked_again(by_stamp, reply, monkeypatch):
    act()
    services.anchor()
    by_stamp.remote.next(reply)
    assert services.hand_out()["time_stamp"] != ""
    assert services.hand_out() == {}
    monkeypatch.setattr(clock, "now", later(minutes=2))
    assert services.hand_out() == {"time_stamp": ""}
    assert not PlaceTrouble.objects.exists()


def later(**much):
    now = clock.now() + timedelta(**much)
    return lambda: now


def test_a_place_that_fails_keeps_nothing_else_back(by_mail, by_stamp, settings, tmp_path, victor):
    """Not the act that is logged, not the file, not the other places."""
    keep(settings, f"127.0.0.1:{free_port()}", syslog=SyslogServer("tcp", "127.0.0.1", free_port()))
    by_mail.answers = ["451 later"]
    act(2)
    assert services.anchor().number == 2
    said = services.hand_out()
    assert said["time_stamp"] == ""
    assert "message: later" in said["mail"]
    assert said["syslog"] != ""
    assert {trouble.place for trouble in PlaceTrouble.objects.all()} == {"mail", "syslog"}
    assert {kept.place for kept in KeptAnchor.objects.all()} == {"file", "time_stamp"}
    now = {place.name: place for place in selectors.places_now(victor)}
    assert now["mail"].behind == 2
    assert now["time_stamp"].behind == 0
    assert problems() == []


def test_a_file_that_cannot_be_written_keeps_no_place_outside_back(by_mail, settings, tmp_path):
    (tmp_path / "in-the-way").write_text("")
    settings.ANCHOR_FILE = tmp_path / "in-the-way" / "anchors.jsonl"
    act()
    services.anchor()
    assert services.hand_out() == {"mail": ""}
    assert PlaceTrouble.objects.get().place == "file"
    settings.ANCHOR_FILE = tmp_path / "mended" / "anchors.jsonl"
    assert services.hand_out(outside=False, now=True) == {"file": ""}
    assert [head["number"] for head in read_anchors(str(settings.ANCHOR_FILE))] == [1]


def test_a_place_is_asked_less_and_less_often_and_gets_the_newest_head(by_mail, monkeypatch):
    by_mail.answers = ["451 later"] * 3
    tried = []
    monkeypatch.setattr(clock, "now", later(minutes=0))
    act()
    services.anchor()
    for minute in range(1, 12):
        if services.hand_out():
            tried.append(minute)
        act()
        services.anchor()
        monkeypatch.setattr(clock, "now", later(minutes=1))
    # One minute after the first try, two after the second, four after the third, which it takes.
    assert tried == [1, 2, 4, 8]
    assert KeptAnchor.objects.get(place="mail").anchor_id == 8


def test_mail_goes_once_in_its_time_with_the_newest_head(by_mail, settings, monkeypatch):
    act()
    services.anchor()
    services.hand_out()
    act()
    services.anchor()
    assert services.hand_out() == {}
    monkeypatch.setattr(clock, "now", later(minutes=61))
    assert services.hand_out() == {"mail": ""}
    assert services.hand_out() == {}
    assert "entry 2" in by_mail.messages[-1]["Subject"]
    assert KeptAnchor.objects.filter(place="mail").count() == 2


def test_what_mail_carries_survives_its_way(by_mail, tmp_path):
    act()
    signed = services.anchor()
    services.hand_out()
    (envelope,) = by_mail.envelopes
    # RFC 5322, 2.1.1: a server between may fold longer lines, and then nobody reads them again.
    assert max(len(line) for line in envelope.content.splitlines()) <= 78
    assert envelope.content.isascii()
    saved = tmp_path / "saved.eml"
    saved.write_bytes(envelope.content)
    assert list(read_anchors(str(saved))) == [signed.facts]


def test_an_anchor_file_that_lost_a_line_is_noticed(settings):
    act()
    services.anchor()
    act()
    services.anchor()
    lines = settings.ANCHOR_FILE.read_text().splitlines()
    settings.ANCHOR_FILE.write_text(f"{lines[1]}\n")
    assert problems() == ["the anchor file has lost 1 heads, the first of entry 1"]
    settings.ANCHOR_FILE.unlink()
    assert problems() == ["the anchor file has lost 2 heads, the first of entry 1"]


def test_two_heads_of_one_entry_are_both_looked_at(settings, tmp_path):
    """Whoever writes the log anew signs it anew: the later line must not make the verification forget the earlier."""
    act(3)
    services.anchor()
    old = settings.ANCHOR_FILE.read_text()
    rewrite_all(settings, tmp_path)
    for text in (old + settings.ANCHOR_FILE.read_text(), settings.ANCHOR_FILE.read_text() + old):
        both = tmp_path / "both.jsonl"
        both.write_text(text)
        assert "entry 3 is not the one that was anchored" in problems(both)[0]


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: Anchor.objects.update(digest="0" * 64),
        lambda: Anchor.objects.all()._raw_delete("default"),
        lambda: KeptAnchor.objects.update(sure=True),
        lambda: KeptAnchor.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_what_was_kept(tamper):
    act()
    services.anchor()
    with pytest.raises(IntegrityError, match="never"), transaction.atomic():
        tamper()


def test_the_command_asks_every_place_and_says_which_has_it(by_syslog, by_mail, capsys):
    act()
    call_command("anchor_audit")
    told = capsys.readouterr().out
    assert [line.strip() for line in told.splitlines()[:3]] == ["Anchored entry 1.", "syslog: has it", "mail: has it"]
    by_mail.answers = ["554 never"]
    act()
    with pytest.raises(SystemExit):
        call_command("anchor_audit")
    assert "mail: message: never" in capsys.readouterr().out


def test_the_command_reads_what_syslog_wrote(by_syslog, settings, tmp_path, capsys):
    act(3)
    call_command("anchor_audit")
    by_syslog.lines(1)
    call_command("verify_audit", anchors=[str(by_syslog.file)])
    assert "The audit log holds: 3 entries" in capsys.readouterr().out
    rewrite_all(settings, tmp_path)
    with pytest.raises(SystemExit):
        call_command("verify_audit", anchors=[str(by_syslog.file)])
    assert "entry 3 is not the one that was anchored" in capsys.readouterr().out


WRONG = {
    "no transport": ({"ANCHOR_SYSLOG": "log.acme.example"}, "ANCHOR_SYSLOG is not like"),
    "mail without a server": ({"ANCHOR_MAIL": ["a@x.example"], "MAIL_SERVER": ""}, "needs MAIL_SERVER"),
    "no mail address": ({"ANCHOR_MAIL": ["auditor"], "MAIL_SERVER": "smtp://h"}, "mail addresses"),
    "mail without end": ({"ANCHOR_MAIL_EVERY": 0}, "one minute"),
    "no web address": ({"ANCHOR_TSA": "tsa.example"}, "ANCHOR_TSA is not like"),
    "a stamp that nobody checks": ({"ANCHOR_TSA": "https://tsa.example"}, "needs ANCHOR_TSA_CA"),
    "no file": ({"ANCHOR_TSA": "https://tsa.example", "ANCHOR_TSA_CA": "/nowhere.pem"}, "cannot be read as PEM"),
    "no certificate": ({"ANCHOR_TSA": "https://tsa.example", "ANCHOR_TSA_CA": __file__}, "cannot be read as PEM"),
}
NOTHING = {
    "ANCHOR_SYSLOG": "", "ANCHOR_MAIL": [], "ANCHOR_MAIL_EVERY": 60, "ANCHOR_TSA": "", "ANCHOR_TSA_CA": "",
    "MAIL_SERVER": "",
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_cannot_work_is_said_at_start(name):
    given, words = WRONG[name]
    with pytest.raises(ValueError, match=words):
        read_keepers(NOTHING | given)


def test_what_is_set_up_is_read(by_stamp):
    given = {"ANCHOR_SYSLOG": "tls://log.example", "ANCHOR_TSA": by_stamp.address}
    keepers = read_keepers(NOTHING | given | {"ANCHOR_TSA_CA": str(by_stamp.certificate)})
    assert keepers.syslog_address == "tls://log.example:6514"
    assert keepers.tsa_roots == tuple(x509_of(by_stamp))
    assert read_keepers(NOTHING) == Keepers()


def test_heads_are_in_the_same_words_everywhere(settings):
    act()
    signed = services.anchor()
    (written,) = read_anchors(str(settings.ANCHOR_FILE))
    assert written == signed.facts
    assert anchor_text(written) == anchor_text(Anchor.objects.get().facts)
    assert Path(settings.ANCHOR_FILE).read_text().count("\n") == 1
