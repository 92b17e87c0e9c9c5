"""Prove that an audit export is whole and unchanged, with nothing but Python's standard library.

    python verify.py export.jsonl [--anchors FILE ...] [--key HEX] [--stamps FOLDER]

An auditor runs this file alone, far from Corpblog. Each line of the export is one entry:
`h_n = sha256(meta_n ‖ commitment_n ‖ h_{n-1})`, and `commitment = sha256(salt ‖ payload)`. The chain finds an entry
that was edited, removed or moved. A cut tail and a chain that was recomputed from end to end are found by the anchors:
signed heads that were kept outside the database. Any file will do that holds them: the anchor file, what a syslog
server wrote, saved mails. A head with a time stamp (timestamps.jsonl) carries its authority's answer, which OpenSSL
checks: with --stamps, each is written to a file of its own, and the command is printed. What an entry says may be
erased and the chain still holds; another entry then says that it was, and a payload that is gone without one is found.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

GENESIS = hashlib.sha256(b"corpblog audit chain").hexdigest()
# The action of an entry that says which entries lost their payload, and so for which ones that is right.
FORGOTTEN = "audit.payloads_forgotten"


def canonical(value: Any) -> str:
    """Return the one spelling of a JSON value that digests are made of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def commitment(salt: str, body: str) -> str:
    """Return what binds an entry to its payload; without the salt, short personal data could be guessed from it."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()


def link(
    *, number: int, at: str, action: str, actor_id: int | None, subject: str, commitment: str, previous: str
) -> str:
    """Return an entry's digest, which takes in the digest before it.

    at: UTC with microseconds, as `2026-01-31T08:00:00.000000+00:00`.
    """
    meta = canonical([number, at, action, actor_id, subject])
    return hashlib.sha256(f"{meta}\n{commitment}\n{previous}".encode()).hexdigest()


@dataclass
class Report:
    """What was found: problems in words, and how far the proof reaches.

    gone: entries whose payload is gone, as long as no later entry says that it was erased.
    """

    entries: int = 0
    erased: int = 0
    gone: set[int] = field(default_factory=set)
    anchors: int = 0
    stamps: int = 0
    head: str = GENESIS
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


def verify(entries: Iterable[dict[str, Any]], anchors: Iterable[dict[str, Any]] = (), key: str | None = None) -> Report:
    """Check every link, every payload and every anchor; go on after a problem so that all of them are listed.

    key: the public key (hex) that anchors must be signed with; without it each anchor's own is used.
    """
    report = Report()
    # By number and digest: whoever writes the log anew signs its heads anew, and both then name the same entry.
    expected: dict[int, dict[str, str]] = {}
    for anchor in _checked(anchors, key, report):
        expected.setdefault(anchor["number"], {}).setdefault(anchor["digest"], anchor["at"])
    for entry in entries:
        _check_entry(entry, report)
        for digest, at in expected.pop(entry["number"], {}).items():
            if digest != entry["digest"]:
                report.problems.append(f"entry {entry['number']} is not the one that was anchored at {at}")
    report.problems += [
        f"entry {number} was anchored at {at} and is missing: the end was cut off"
        for number, heads in sorted(expected.items())
        for at in heads.values()
        if number > 0
    ]
    report.problems += [
        f"the payload of entry {number} is gone, and no entry says that it was erased" for number in sorted(report.gone)
    ]
    return report


def _check_entry(entry: dict[str, Any], report: Report) -> None:
    number = entry["number"]
    if number != report.entries + 1:
        report.problems.append(f"entry {report.entries + 1} should come next, but entry {number} does")
    facts = {name: entry[name] for name in ("number", "at", "action", "actor_id", "subject", "commitment")}
    if link(**facts, previous=report.head) != entry["digest"]:
        report.problems.append(f"entry {number} was changed, or an entry before it was removed, added or moved")
    if entry.get("salt") is None:
        report.erased += 1
        report.gone.add(number)
    elif commitment(entry["salt"], entry["body"]) != entry["commitment"]:
        report.problems.append(f"the payload of entry {number} was changed")
    elif entry["action"] == FORGOTTEN:
        report.gone.difference_update(json.loads(entry["body"])["entries"])
    # Go on from what the entry claims: one changed entry is then one problem, not one for each that follows.
    report.entries, report.head = number, entry["digest"]


def _checked(anchors: Iterable[dict[str, Any]], key: str | None, report: Report) -> Iterator[dict[str, Any]]:
    for anchor in anchors:
        report.anchors += 1
        signer = key or anchor["key"]
        if not signature_holds(bytes.fromhex(signer), anchor_text(anchor), bytes.fromhex(anchor["signature"])):
            report.problems.append(f"the anchor of entry {anchor['number']} is not signed by the expected key")
            continue
        if "stamp" in anchor:
            report.stamps += 1
            if not stamp_names(anchor):
                report.problems.append(f"the time stamp of entry {anchor['number']} is about something else")
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


def read_lines(path: str) -> Iterator[dict[str, Any]]:
    """Give the objects of a file of JSON lines."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def summary(report: Report) -> str:
    """Return the report for people."""
    if not report.holds:
        return "\n".join(["The audit log does NOT hold:", *(f"  - {problem}" for problem in report.problems)])
    erased = f", {report.erased} of them with their payload erased" if report.erased else ""
    stamps = f", {report.stamps} of them with a time stamp" if report.stamps else ""
    said = (
        f"The audit log holds: {report.entries} entries{erased}, {report.anchors} anchors{stamps}. Head {report.head}"
    )
    return "\n".join([said, *report.remarks])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an audit export of Corpblog.")
    parser.add_argument("export")
    parser.add_argument("--anchors", nargs="+", default=[], help="files with signed heads, kept outside the database")
    parser.add_argument("--stamps", help="folder to write the time stamps to, for OpenSSL")
    parser.add_argument("--key", help="public key (hex) that the anchors must be signed with")
    options = parser.parse_args(arguments)
    try:
        anchors = [anchor for path in options.anchors for anchor in read_anchors(path)]
        report = verify(read_lines(options.export), anchors, options.key)
        report.remarks += list(write_stamps(anchors, options.stamps)) if options.stamps else []
    except (OSError, ValueError, KeyError, TypeError) as error:
        report = Report(problems=[f"the file cannot be read as an export: {error!r}"])
    sys.stdout.write(summary(report) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
