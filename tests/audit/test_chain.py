"""Whatever is done to the audit log behind its back, the verification says so."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from corpblog.audit import selectors, services
from corpblog.audit import verify as verify_file
from corpblog.audit.keys import public_key, signing_key
from corpblog.audit.models import AuditEntry, AuditHead, AuditPayload
from corpblog.audit.refusals import REFUSALS
from corpblog.audit.services import anchoring
from corpblog.audit.verify import signature_holds, verify

pytestmark = pytest.mark.django_db
VERIFY = Path(verify_file.__file__)


@pytest.fixture(autouse=True)
def anchor_file(settings, tmp_path):
    settings.ANCHOR_FILE = tmp_path / "anchors" / "anchors.jsonl"
    return settings.ANCHOR_FILE


@pytest.fixture
def entries():
    for number in range(1, 6):
        services.record(action="share.requested", actor_id=number, subject=f"share:{number}", state="held", n=number)
    return list(selectors.export())


@pytest.fixture
def unguarded():
    """Take the database's own refusals away, as somebody with its password could."""
    with connection.cursor() as cursor:
        for refusal in REFUSALS:
            cursor.execute(refusal.drop(connection.vendor))


def test_an_untouched_log_holds(entries):
    report = selectors.verified()
    assert report.holds
    assert report.entries == 5


def test_entries_have_no_holes(entries):
    assert [entry["number"] for entry in entries] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("field", ["at", "action", "actor_id", "subject", "commitment", "digest"])
def test_an_edited_entry_is_found(entries, field):
    entries[2][field] = "2020-01-01T00:00:00.000000+00:00" if field == "at" else 7 if field == "actor_id" else "x"
    assert not verify(entries).holds


def test_an_edited_payload_is_found(entries):
    entries[2]["body"] = entries[2]["body"].replace("held", "sent")
    assert verify(entries).problems == ["the payload of entry 3 was changed"]


def test_a_removed_entry_is_found(entries):
    assert not verify(entries[:2] + entries[3:]).holds


def test_swapped_entries_are_found(entries):
    entries[1], entries[2] = entries[2], entries[1]
    assert not verify(entries).holds


def test_an_added_entry_is_found(entries):
    assert not verify([*entries[:3], entries[2], *entries[3:]]).holds


def test_an_erased_payload_is_counted_and_the_log_still_holds(entries):
    assert services.forget_payloads("share:3", because="erasure:1") == 1
    report = selectors.verified()
    assert report.holds
    assert report.erased == 1
    assert [entry["body"] for entry in selectors.export()][2] is None
    assert selectors.trail("erasure:1")[0].payload.facts == {"entries": [3]}


def test_a_payload_that_is_gone_without_an_entry_that_says_so_is_found(entries):
    services.forget_payloads("share:3", because="erasure:1")
    AuditPayload.objects.filter(entry_id=2).delete()
    assert selectors.verified().problems == ["the payload of entry 2 is gone, and no entry says that it was erased"]


def test_what_says_that_a_payload_was_erased_is_not_taken_away_either(entries):
    services.forget_payloads("share:3", because="erasure:1")
    AuditPayload.objects.filter(entry_id=6).delete()
    assert [problem[:30] for problem in selectors.verified().problems] == [
        "the payload of entry 3 is gone",
        "the payload of entry 6 is gone",
    ]


def test_forgetting_nothing_is_no_entry(entries):
    assert services.forget_payloads("share:9", because="erasure:1") == 0
    assert selectors.verified().entries == 5


def test_a_cut_tail_is_found_by_the_anchor_only(entries):
    services.anchor()
    assert verify(entries[:4]).holds
    report = verify(entries[:4], selectors.anchors())
    assert "the end was cut off" in report.problems[0]


def test_a_recomputed_log_is_found_by_the_anchor_only(entries, unguarded):
    services.anchor()
    AuditPayload.objects.all().delete()
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    for number in range(1, 6):
        services.record(action="share.requested", actor_id=1, subject=f"share:{number}")
    assert verify(selectors.export()).holds
    assert "is not the one that was anchored" in selectors.verified().problems[0]


def test_an_anchor_signed_with_another_key_is_found(entries, settings):
    services.anchor()
    known = public_key()
    assert verify(entries, selectors.anchors(), known).holds
    settings.ANCHOR_KEY = "A" * 43
    services.record(action="x", actor_id=None, subject="")
    services.anchor()
    assert verify(selectors.export(), selectors.anchors()).holds
    assert "is not signed by the expected key" in verify(selectors.export(), selectors.anchors(), known).problems[0]


def test_the_stand_alone_signature_check_agrees_with_the_library_that_signs(entries):
    key = signing_key()
    public = bytes.fromhex(public_key(key))
    for size in (0, 1, 64, 1000):
        message = bytes(range(256)) * 4
        signature = key.sign(message[:size])
        assert signature_holds(public, message[:size], signature)
        assert not signature_holds(public, message[:size] + b"x", signature)
        assert not signature_holds(public, message[:size], signature[:-1] + bytes([signature[-1] ^ 1]))


def test_the_head_is_anchored_once_until_something_new_happens(entries, anchor_file):
    assert services.anchor().number == 5
    assert services.anchor() is None
    services.record(action="x", actor_id=None, subject="")
    assert services.anchor().number == 6
    assert len(anchor_file.read_text().splitlines()) == 2


def test_a_long_stretch_is_anchored_before_its_time(entries, monkeypatch):
    assert services.anchor_when_long() is None
    monkeypatch.setattr(anchoring, "ANCHOR_EVERY", 5)
    assert services.anchor_when_long().number == 5


@pytest.mark.parametrize(
    "tamper",
    [
        lambda: AuditEntry.objects.filter(pk=2).update(actor_id=99),
        lambda: AuditEntry.objects.filter(pk=5)._raw_delete("default"),
        lambda: AuditPayload.objects.filter(pk=2).update(body="{}"),
        lambda: AuditHead.objects.update(number=2),
        lambda: AuditHead.objects.all().delete(),
    ],
)
def test_the_database_refuses_to_change_the_log(entries, tamper):
    AuditPayload.objects.filter(pk=5).delete()
    with pytest.raises(IntegrityError, match=r"never|only moves on"), transaction.atomic():
        tamper()


def test_a_rolled_back_act_leaves_no_entry(entries):
    def act():
        with transaction.atomic():
            services.record(action="x", actor_id=None, subject="")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert selectors.verified().entries == 5


def test_the_verification_runs_without_corpblog(entries, tmp_path, anchor_file):
    services.anchor()
    export = tmp_path / "export.jsonl"
    export.write_text("".join(f"{line}\n" for line in selectors.export_lines()))
    command = [sys.executable, "-I", "-S", str(VERIFY), str(export), "--anchors", str(anchor_file)]
    command += ["--key", public_key()]
    good = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert (good.returncode, good.stderr) == (0, "")
    assert "5 entries" in good.stdout
    lines = export.read_text().splitlines()
    changed = json.loads(lines[1]) | {"actor_id": 42}
    export.write_text("\n".join([lines[0], json.dumps(changed), *lines[2:]]))
    bad = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert bad.returncode == 1
    assert "entry 2 was changed" in bad.stdout


def test_the_command_verifies_the_database_and_an_export(entries, tmp_path, capsys):
    call_command("verify_audit")
    assert "The audit log holds: 5 entries" in capsys.readouterr().out
    export = tmp_path / "export.jsonl"
    call_command("export_audit", str(export))
    call_command("verify_audit", str(export))
    assert "The audit log holds: 6 entries" in capsys.readouterr().out
    export.write_text("not json\n")
    with pytest.raises(SystemExit):
        call_command("verify_audit", str(export))
    assert "cannot be read" in capsys.readouterr().out


def test_facts_read_back_as_they_were_recorded():
    entry = services.record(
        action="x", actor_id=None, subject="s", text="é\u0000😀", number=1, none=None, many=[1, "a"]
    )
    assert AuditPayload.objects.get(entry=entry).facts == {
        "text": "é\u0000😀",
        "number": 1,
        "none": None,
        "many": [1, "a"],
    }
    assert selectors.verified().holds
