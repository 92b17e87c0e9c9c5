"""Prove what an evidence ZIP says about one share, with nothing but Python's standard library.

    python verify_evidence.py evidence.zip [--key HEX] [--anchors FILE ...] [--stamps FOLDER]

An auditor runs this file alone, far from Corpblog. The manifest names every member by its SHA-256 and is signed; each
revision is the bytes that its digest names; each ruling, sending and receipt has its entry in the excerpt of the audit
chain; the excerpt runs without a hole to a head that was signed when it was the chain's end. Without --key anybody's
signature will do, so give the company's public key (`manage.py anchor_audit` prints it); with --anchors, signed heads
from outside the company (its anchor file, what a syslog server wrote, saved mails), even the company itself cannot have
written another history. With --stamps, the time stamps over the heads are written to files, and the commands printed by
which OpenSSL says who made them and when.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

MANIFEST = "manifest.json"
# Larger members are not unpacked: a forged ZIP must not fill the auditor's memory.
LARGEST = 64 * 1024 * 1024
RULINGS = {"approve": "share.approved", "reject": "share.rejected", "changes": "share.changes_asked"}
Facts = dict[str, Any]


def canonical(value: Any) -> str:
    """Return the one spelling of a JSON value that digests are made of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def policy_digest(policy: Facts) -> str:
    """Return what identifies a policy version: its text, and the digests of its lists."""
    said = f"{canonical(policy['dictionaries'])}\n{policy['source']}"
    if policy["sources"]:
        said = f"sources {canonical(policy['sources'])}\n{said}"
    return sha256(said.encode("utf-8", "surrogatepass"))


@dataclass
class Report:
    """What was found: problems in words, and what was proven."""

    share: str = ""
    key: str = ""
    members: int = 0
    revisions: int = 0
    decisions: int = 0
    entries: int = 0
    anchored: bool = False
    stamped: bool = False
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


class Evidence:
    """The members of the ZIP, read one at a time."""

    def __init__(self, path: str) -> None:
        self._zip = zipfile.ZipFile(path)
        self.names = self._zip.namelist()

    def read(self, name: str) -> bytes:
        if self._zip.getinfo(name).file_size > LARGEST:
            raise ValueError(f"{name} is too large")
        return self._zip.read(name)

    def json(self, name: str) -> Any:
        return json.loads(self.read(name))


def verify(path: str, key: str | None = None, anchors: list[Facts] | None = None) -> Report:
    """Check everything in the ZIP; go on after a problem so that all of them are listed.

    key: the public key (hex) that must have signed; anchors: signed heads that were kept elsewhere.
    """
    report = Report()
    try:
        evidence = Evidence(path)
        manifest = evidence.json(MANIFEST)
        _check_manifest(evidence, manifest, key, report)
        _check_chain(evidence, manifest, key or manifest["key"], anchors, report)
        _check_share(evidence, manifest, report)
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, zipfile.BadZipFile) as error:
        report.problems.append(f"it cannot be read as evidence: {type(error).__name__} {error}")
    return report


def manifest_text(manifest: Facts) -> bytes:
    """Return the bytes of a manifest that are signed: all of it but the signature."""
    return canonical({name: value for name, value in manifest.items() if name != "signature"}).encode()


def _check_manifest(evidence: Evidence, manifest: Facts, key: str | None, report: Report) -> None:
    report.share, report.key = manifest["subject"], manifest["key"]
    if key and key != manifest["key"]:
        report.problems.append("the manifest is signed by another key than the one you gave")
    if not signature_holds(
        bytes.fromhex(manifest["key"]), manifest_text(manifest), bytes.fromhex(manifest["signature"])
    ):
        report.problems.append("the manifest was changed: its signature does not hold")
    named = manifest["members"]
    for name in sorted(evidence.names):
        if evidence.names.count(name) > 1:
            report.problems.append(f"{name} is there twice")
        elif name != MANIFEST and name not in named:
            report.problems.append(f"{name} was added: the manifest does not name it")
    for name, digest in sorted(named.items()):
        report.members += 1
        if name not in evidence.names:
            report.problems.append(f"{name} was removed")
        elif sha256(evidence.read(name)) != digest:
            report.problems.append(f"{name} was changed")


# What was asked, judged, ruled and sent ---------------------------------------------------------------------------


def _check_share(evidence: Evidence, manifest: Facts, report: Report) -> None:
    subject = manifest["subject"]
    told = [_told(entry) for entry in evidence.json("chain.json") if entry["subject"] == subject]
    share, revisions = evidence.json("share.json"), evidence.json("revisions.json")
    if subject != f"share:{share['id']}":
        report.problems.append("the manifest is about another share")
    for revision in revisions:
        report.revisions += 1
        _check_revision(revision, told, evidence, report)
    digests = {revision["number"]: revision["digest"] for revision in revisions}
    decisions = evidence.json("decisions.json")
    for decision in decisions:
        report.decisions += 1
        _check_decision(decision, share, digests, told, report)
    _check_nothing_is_missing(revisions, decisions, told, report)
    _check_sending(evidence.json("receipts.json"), digests, told, report)
    _check_policies(evidence, revisions, report)


def _check_revision(revision: Facts, told: list[Facts], evidence: Evidence, report: Report) -> None:
    name = f"revision {revision['number']}"
    if sha256(revision["canonical"].encode()) != revision["digest"]:
        report.problems.append(f"the bytes of {name} are not those that its digest names")
    for entry in told:
        if (entry["facts"] or {}).get("revision") == revision["number"] and "rules" in entry["facts"]:
            break
    else:
        report.problems.append(f"the audit log does not know {name}")
        return
    facts, verdict = entry["facts"], revision["verdict"]
    rules = list(dict.fromkeys(finding["rule"] for finding in verdict["findings"]))
    said = (facts["digest"], facts["policy_digest"], facts["outcome"], set(facts["rules"]))
    if said != (revision["digest"], revision["policy_digest"], verdict["outcome"], set(rules)):
        report.problems.append(f"the audit log tells another story of {name}")
    for file in json.loads(revision["canonical"])["attachments"]:
        member = f"files/{file['sha256']}"
        if member in evidence.names and sha256(evidence.read(member)) != file["sha256"]:
            report.problems.append(f"the bytes of the file {file['name']} are not those that its digest names")


def _check_decision(decision: Facts, share: Facts, digests: Facts, told: list[Facts], report: Report) -> None:
    name = f"the ruling of {decision['at']}"
    if digests.get(decision["revision"]) != decision["digest"]:
        report.problems.append(f"{name} is on other bytes than its revision's")
    if decision["reviewer_id"] in {share["author_id"], share["requester_id"]}:
        report.problems.append(f"{name} is by somebody who wrote or asked for the share")
    wanted = (RULINGS[decision["ruling"]], decision["reviewer_id"], decision["digest"])
    if not any(_ruling(entry) == wanted for entry in told):
        report.problems.append(f"the audit log does not know {name}")


def _ruling(entry: Facts) -> tuple[Any, ...]:
    return (entry["action"], entry["actor_id"], (entry["facts"] or {}).get("digest"))


def _check_nothing_is_missing(
    revisions: list[Facts], decisions: list[Facts], told: list[Facts], report: Report
) -> None:
    numbers = [revision["number"] for revision in revisions]
    if numbers != list(range(1, len(numbers) + 1)):
        report.problems.append("revisions are missing or not in order")
    known = [(RULINGS[decision["ruling"]], decision["reviewer_id"], decision["digest"]) for decision in decisions]
    for entry in told:
        facts = entry["facts"]
        if facts is None:
            report.problems.append(f"what entry {entry['number']} says was erased, so it proves nothing")
        elif entry["action"] in RULINGS.values() and _ruling(entry) not in known:
            report.problems.append(f"the ruling of entry {entry['number']} is missing")
        elif "rules" in facts and facts.get("revision") not in {None, *numbers}:
            report.problems.append(f"revision {facts['revision']} is missing")


def _check_sending(receipts: list[Facts], digests: Facts, told: list[Facts], report: Report) -> None:
    sent = {(entry["facts"] or {}).get("remote_id"): entry for entry in told if entry["action"] == "share.sent"}
    for receipt in receipts:
        entry = sent.pop(receipt["remote_id"], None)
        if entry is None or entry["facts"]["digest"] != receipt["digest"]:
            report.problems.append(f"the audit log does not know the receipt {receipt['remote_id']}")
        if receipt["digest"] not in digests.values():
            report.problems.append(f"what the receipt {receipt['remote_id']} names is none of the revisions")
    report.problems += [f"the receipt of entry {entry['number']} is missing" for entry in sent.values()]


def _check_policies(evidence: Evidence, revisions: list[Facts], report: Report) -> None:
    found = {policy["digest"]: policy for policy in evidence.json("policies.json")}
    for digest, policy in found.items():
        if policy_digest(policy) != digest:
            report.problems.append(f"the text of policy version {policy['number']} is not what its digest names")
    for revision in revisions:
        if revision["policy_digest"] and revision["policy_digest"] not in found:
            report.problems.append(f"the policy of revision {revision['number']} is missing")


# The chain ----------------------------------------------------------------------------------------------------------


def _told(entry: Facts) -> Facts:
    return {**entry, "facts": json.loads(entry["body"]) if entry["body"] is not None else None}


def _check_chain(evidence: Evidence, manifest: Facts, key: str, outside: list[Facts] | None, report: Report) -> None:
    entries = evidence.json("chain.json")
    previous, expected = manifest["before"], entries[0]["number"]
    digests: dict[int, str] = {}
    for entry in entries:
        report.entries += 1
        if entry["number"] != expected:
            report.problems.append(f"entry {expected} should come next, but entry {entry['number']} does")
        if link(entry, previous) != entry["digest"]:
            report.problems.append(f"entry {entry['number']} was changed, or one before it was removed, added or moved")
        if entry["body"] is not None and commitment(entry) != entry["commitment"]:
            report.problems.append(f"the payload of entry {entry['number']} was changed")
        digests[entry["number"]] = previous = entry["digest"]
        expected = entry["number"] + 1
    last = max(entry["number"] for entry in entries if entry["subject"] == manifest["subject"])
    anchors = [*evidence.json("anchors.json"), *(outside or [])]
    for anchor in _signed(anchors, key, report):
        if digests.get(anchor["number"], anchor["digest"]) != anchor["digest"]:
            report.problems.append(f"entry {anchor['number']} is not the one that was anchored at {anchor['at']}")
        elif anchor["number"] in digests and anchor["number"] >= last:
            report.anchored = True
            report.stamped |= "stamp" in anchor
    if not report.anchored:
        report.problems.append("no signed head covers the share's last entry")


def link(entry: Facts, previous: str) -> str:
    """Return what an entry's digest must be after `previous`."""
    meta = canonical([entry["number"], entry["at"], entry["action"], entry["actor_id"], entry["subject"]])
    return sha256(f"{meta}\n{entry['commitment']}\n{previous}".encode())


def commitment(entry: Facts) -> str:
    return sha256(f"{entry['salt']}\n{entry['body']}".encode())


def _signed(anchors: list[Facts], key: str, report: Report) -> Iterator[Facts]:
    for anchor in anchors:
        signature = bytes.fromhex(anchor["signature"])
        if not signature_holds(bytes.fromhex(key), anchor_text(anchor), signature):
            report.problems.append(f"the anchor of entry {anchor['number']} is not signed by the expected key")
        elif "stamp" in anchor and not stamp_names(anchor):
            report.problems.append(f"the time stamp of entry {anchor['number']} is about something else")
        else:
            yield anchor


# Heads that were kept outside -----------------------------------------------------------------------------------------


def anchor_text(anchor: dict[str, Any]) -> bytes:
    """Return the bytes of an anchor that are signed."""
    return canonical([anchor["number"], anchor["digest"], anchor["at"]]).encode()


def read_anchors(path: str) -> Iterator[dict[str, Any]]:
    """Give the signed heads in a file, whatever stands around them: they may have come by syslog or by mail."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        begun = ""
        for line in lines:
            begun += line
            if line.endswith("=\n"):
                # Mail programs fold long lines this way.
                begun = begun[:-2]
                continue
            for found in re.findall(r'\{[^{}]*"signature": ?"[^{}]*\}', begun):
                yield json.loads(found)
            begun = ""


def stamp_names(anchor: dict[str, Any]) -> bool:
    """Whether the time stamp holds the hash of the head's signed bytes; who made it is for OpenSSL to say."""
    try:
        stamp = base64.b64decode(anchor["stamp"], validate=True)
    except ValueError:
        return False
    return hashlib.sha256(anchor_text(anchor)).digest() in stamp


def write_stamps(anchors: Iterable[dict[str, Any]], folder: str) -> Iterator[str]:
    """Write each time stamp to a file of its own; give the commands that check them, but for the authority's file."""
    os.makedirs(folder, exist_ok=True)
    for anchor in anchors:
        if "stamp" in anchor:
            path = os.path.join(folder, f"{int(anchor['number'])}.tsr")
            with open(path, "wb") as file:
                file.write(base64.b64decode(anchor["stamp"]))
            digest = hashlib.sha256(anchor_text(anchor)).hexdigest()
            yield f"openssl ts -verify -digest {digest} -in {path} -CAfile AUTHORITY.pem"


# Ed25519 as in RFC 8032, verification only: nothing secret passes here, so plain integers are good enough

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def signature_holds(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` over `message` was made with the private half of `key`."""
    if len(key) != 32 or len(signature) != 64:
        return False
    public, commitment_point = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment_point is None or scalar >= _L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _L
    return _same(_times(scalar, _BASE), _plus(commitment_point, _times(challenge, public)))


def _plus(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    result: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        scalar >>= 1
    return result


def _same(p: _Point, q: _Point) -> bool:
    return (p[0] * q[2] - q[0] * p[2]) % _P == 0 and (p[1] * q[2] - q[1] * p[2]) % _P == 0


def _point(encoded: bytes) -> _Point | None:
    value = int.from_bytes(encoded, "little")
    sign, y = value >> 255, value & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little")) or (0, 1, 1, 0)


# On its own -----------------------------------------------------------------------------------------------------------


def summary(report: Report) -> str:
    """Return the report for people."""
    if not report.holds:
        return "\n".join(["The evidence does NOT hold:", *(f"  - {problem}" for problem in report.problems)])
    stamp = " with a time stamp" if report.stamped else ""
    said = (
        f"The evidence holds: {report.share}, {report.revisions} revisions, {report.decisions} rulings,"
        f" {report.entries} entries of the audit log up to a signed head{stamp}, {report.members} members."
        f" Signed by {report.key}"
    )
    return "\n".join([said, *report.remarks])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an evidence ZIP of Corpblog.")
    parser.add_argument("evidence")
    parser.add_argument("--key", help="public key (hex) that the company signs with")
    parser.add_argument("--anchors", nargs="+", default=[], help="files with signed heads, from outside the company")
    parser.add_argument("--stamps", help="folder to write the time stamps to, for OpenSSL")
    options = parser.parse_args(arguments)
    try:
        anchors = [anchor for path in options.anchors for anchor in read_anchors(path)]
        report = verify(options.evidence, options.key, anchors)
        if options.stamps and report.holds:
            anchors += Evidence(options.evidence).json("anchors.json")
            report.remarks += write_stamps(anchors, options.stamps)
    except (OSError, ValueError) as error:
        report = Report(problems=[f"the anchors cannot be read: {error!r}"])
    sys.stdout.write(summary(report) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
