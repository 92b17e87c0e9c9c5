"""A ZIP that proves what became of a share, verified by a script that stands alone."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corpblog.audit import selectors as audit
from corpblog.audit import verify as audit_verify
from corpblog.audit.keys import public_key, signing_key
from corpblog.audit.models import AuditEntry
from corpblog.desk import services, verify_evidence
from corpblog.desk.verify_evidence import canonical, manifest_text, sha256, verify
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share

pytestmark = pytest.mark.django_db
SCRIPT = Path(verify_evidence.__file__)


@pytest.fixture
def told(write, press, alice, omar, lena, fresh, work, channel, django_capture_on_commit_callbacks):
    """A share that was sent back, edited, approved by two, and sent, while others wrote to the log as well."""
    share = gate.request_share(by=alice, post=write("The takeover by Falcon"), destination=press)
    services.ask_for_changes(by=omar, share_id=share.pk, digest=share.digest, reason="No names", authenticated_at=fresh)
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=share.post_id, text="The takeover, canary", version=1)
    other = gate.request_share(by=alice, post=write("Falcon alone"), destination=press)
    share.refresh_from_db()
    for officer in (omar, lena):
        services.approve(by=officer, share_id=share.pk, digest=share.digest, authenticated_at=fresh)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert other.state == "held"
    return share


@pytest.fixture
def made(told, omar, tmp_path):
    path = tmp_path / "evidence.zip"
    path.write_bytes(services.evidence(by=omar, share_id=told.pk))
    return path


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(members, path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    path.write_bytes(out.getvalue())
    return path


def signed_again(members, key):
    """What somebody can do who has a key: name every member anew and sign that."""
    manifest = json.loads(members["manifest.json"])
    manifest["members"] = {name: sha256(body) for name, body in members.items() if name != "manifest.json"}
    manifest["key"] = public_key(key)
    manifest["signature"] = key.sign(manifest_text(manifest)).hex()
    return {**members, "manifest.json": json.dumps(manifest).encode()}


def run(path, *options):
    """The script alone, with Python's standard library and nothing else, where no package can be found."""
    alone = path.parent / "verify_evidence.py"
    alone.write_bytes(SCRIPT.read_bytes())
    command = [sys.executable, "-I", "-S", str(alone), str(path), *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=path.parent, check=False)


def test_it_proves_itself_far_from_here(made, told):
    answer = run(made, "--key", public_key())
    assert answer.returncode == 0, answer.stdout
    assert f"share:{told.pk}, 2 revisions, 3 rulings" in answer.stdout


def test_it_tells_the_whole_story_and_nothing_of_others(made):
    members = unpacked(made)
    assert [revision["number"] for revision in json.loads(members["revisions.json"])] == [1, 2]
    rulings = [(ruling["reviewer"], ruling["ruling"]) for ruling in json.loads(members["decisions.json"])]
    assert rulings == [("Omar Haddad", "changes"), ("Omar Haddad", "approve"), ("Lena Schmidt", "approve")]
    assert json.loads(members["receipts.json"])[0]["url"]
    assert "id: grave" in json.loads(members["policies.json"])[0]["source"]
    assert b"Falcon alone" not in b"".join(members.values())
    others = [entry for entry in json.loads(members["chain.json"]) if entry["subject"] != f"share:{_id(members)}"]
    assert others
    assert {entry["body"] for entry in others} == {None}


def _id(members):
    return json.loads(members["share.json"])["id"]


def test_any_byte_of_any_member_is_missed_when_it_changes(made, tmp_path):
    members = unpacked(made)
    assert set(members) == {
        "manifest.json", "README.txt", "share.json", "revisions.json", "decisions.json", "receipts.json",
        "policies.json", "chain.json", "anchors.json",
    }  # fmt: skip
    for name, body in members.items():
        middle = len(body) // 2
        for changed in (body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :], body[:-1], b""):
            report = verify(str(packed({**members, name: changed}, tmp_path / "changed.zip")), public_key())
            assert not report.holds, f"{name} was changed and nobody noticed"


def test_members_that_go_or_come_are_missed(made, tmp_path):
    members = unpacked(made)
    for name in members:
        fewer = {other: body for other, body in members.items() if other != name}
        assert not verify(str(packed(fewer, tmp_path / "fewer.zip"))).holds, f"{name} was removed and nobody noticed"
    more = verify(str(packed({**members, "more.json": b"{}"}, tmp_path / "more.zip")))
    assert more.problems == ["more.json was added: the manifest does not name it"]


def test_a_member_that_is_there_twice_is_noticed(made):
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(made, "a") as archive:
        archive.writestr("decisions.json", unpacked(made)["decisions.json"])
    assert "decisions.json is there twice" in verify(str(made)).problems


def test_somebody_elses_signature_is_noticed_where_the_key_is_known(made, tmp_path):
    members = signed_again(unpacked(made), Ed25519PrivateKey.generate())
    forged = packed(members, tmp_path / "forged.zip")
    assert "the manifest is signed by another key than the one you gave" in verify(str(forged), public_key()).problems
    assert run(forged, "--key", public_key()).returncode == 1


def changed(name, change):
    def tamper(members):
        data = json.loads(members[name])
        change(data)
        return {**members, name: json.dumps(data).encode()}

    return tamper


def drop(name, which=-1):
    return changed(name, lambda data: data.pop(which))


def put(name, key, value, which=-1):
    return changed(name, lambda data: data[which].__setitem__(key, value))


FORGERIES = {
    "other bytes": (put("revisions.json", "canonical", '{"attachments":[]}'), "are not those that its digest names"),
    "a milder verdict": (put("revisions.json", "verdict", {"outcome": "allow", "findings": []}), "another story"),
    "another policy": (put("revisions.json", "policy_digest", "0" * 64), "another story"),
    "a revision less": (drop("revisions.json", 0), "revisions are missing"),
    "an approval less": (drop("decisions.json"), "is missing"),
    "another reviewer": (put("decisions.json", "reviewer_id", 1), "does not know the ruling"),
    "a no that was a yes": (put("decisions.json", "ruling", "approve", 0), "does not know the ruling"),
    "a ruling on other bytes": (put("decisions.json", "digest", "0" * 64), "on other bytes"),
    "no receipt": (drop("receipts.json"), "the receipt of entry"),
    "another receipt": (put("receipts.json", "remote_id", "elsewhere"), "does not know the receipt"),
    "a milder policy": (put("policies.json", "source", "policy: 1"), "not what its digest names"),
    "no policy": (drop("policies.json"), "is missing"),
    "an entry less": (drop("chain.json", 1), "should come next"),
    "entries in another order": (changed("chain.json", lambda data: data.reverse()), "should come next"),
    "another actor in the log": (put("chain.json", "actor_id", 1), "was changed, or one before it"),
    "another time in the log": (put("chain.json", "at", "2020-01-01T00:00:00.000000+00:00"), "was changed"),
    "another payload": (put("chain.json", "body", "{}", 0), "payload of entry"),
    "an erased payload": (put("chain.json", "body", None, 0), "was erased"),
    "no anchor": (changed("anchors.json", lambda data: data.clear()), "no signed head"),
    "an anchor of another entry": (put("anchors.json", "digest", "0" * 64), "not signed by the expected key"),
}


@pytest.mark.parametrize("what", sorted(FORGERIES))
def test_even_whoever_has_the_key_cannot_tell_another_story(made, tmp_path, what):
    tamper, complaint = FORGERIES[what]
    forged = packed(signed_again(tamper(unpacked(made)), signing_key()), tmp_path / "forged.zip")
    problems = verify(str(forged), public_key()).problems
    assert any(complaint in problem for problem in problems), problems


def test_a_history_that_was_written_anew_and_signed_is_found_by_an_anchor_from_outside(made, tmp_path):
    members = unpacked(made)
    manifest, entries = json.loads(members["manifest.json"]), json.loads(members["chain.json"])
    kept_outside = tmp_path / "anchors.jsonl"
    kept_outside.write_text("\n".join(json.dumps(head) for head in audit.anchors()))
    previous = manifest["before"]
    for entry in entries:
        entry["at"] = "2020-01-01T00:00:00.000000+00:00"
        entry["digest"] = previous = verify_evidence.link(entry, previous)
    head = {"number": entries[-1]["number"], "digest": previous, "at": "2020-01-01T00:00:00.000000+00:00"}
    head |= {"key": public_key(), "signature": signing_key().sign(verify_evidence.anchor_text(head)).hex()}
    written = {**members, "chain.json": json.dumps(entries).encode(), "anchors.json": json.dumps([head]).encode()}
    forged = packed(signed_again(written, signing_key()), tmp_path / "forged.zip")
    assert verify(str(forged), public_key()).holds
    answer = run(forged, "--key", public_key(), "--anchors", str(kept_outside))
    assert answer.returncode == 1
    assert "is not the one that was anchored" in answer.stdout


@pytest.mark.parametrize("body", [b"", b"PK", b"not a zip" * 100])
def test_what_is_no_evidence_is_said_so(tmp_path, body):
    path = tmp_path / "evidence.zip"
    path.write_bytes(body)
    answer = run(path)
    assert answer.returncode == 1
    assert "cannot be read as evidence" in answer.stdout
    assert "Traceback" not in answer.stderr


def test_a_share_that_still_waits_has_evidence_too(write, press, alice, omar, tmp_path):
    share = gate.request_share(by=alice, post=write("Falcon waits"), destination=press)
    path = tmp_path / "evidence.zip"
    path.write_bytes(services.evidence(by=omar, share_id=share.pk))
    assert verify(str(path), public_key()).holds


def test_a_file_travels_with_the_evidence(made, tmp_path):
    """A forged file under a true name is found even by whoever signs anew."""
    members = unpacked(made)
    form = json.dumps({"attachments": [{"name": "plan.pdf", "sha256": sha256(b"true")}]})
    revisions = json.loads(members["revisions.json"])
    revisions[-1]["canonical"] = form
    members |= {"revisions.json": json.dumps(revisions).encode(), f"files/{sha256(b'true')}": b"forged"}
    forged = packed(signed_again(members, signing_key()), tmp_path / "forged.zip")
    assert any("the file plan.pdf" in problem for problem in verify(str(forged), public_key()).problems)


def test_making_evidence_is_logged_and_only_for_the_desk(told, omar, victor, person):
    before = AuditEntry.objects.filter(action="desk.evidence_made").count()
    services.evidence(by=victor, share_id=told.pk)
    entry = AuditEntry.objects.filter(action="desk.evidence_made").latest("number")
    assert (entry.actor_id, entry.subject) == (victor.pk, told.subject)
    for name in ("alice", "irene", "chloe"):
        with pytest.raises(NotAllowed):
            services.evidence(by=person(name), share_id=told.pk)
    with pytest.raises(NotFound):
        services.evidence(by=omar, share_id=1)
    assert AuditEntry.objects.filter(action="desk.evidence_made").count() == before + 1


def test_the_script_reads_heads_and_checks_signatures_as_the_audit_script_does():
    """Both stand alone, so both carry the same lines; they stay the same."""
    begin, end = "# Heads that were kept outside", "# On its own"

    def section(module):
        text = Path(module.__file__).read_text(encoding="utf-8")
        return text[text.index(begin) : text.index(end)].strip()

    assert section(verify_evidence) == section(audit_verify)
    assert canonical({"b": 1, "a": "é"}) == audit_verify.canonical({"b": 1, "a": "é"})
