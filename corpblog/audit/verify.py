"""Prove that an audit export is whole and unchanged, with nothing but Python's standard library.

    python verify.py export.jsonl [--anchors anchors.jsonl] [--key HEX]

An auditor runs this file alone, far from Corpblog. Each line of the export is one entry:
`h_n = sha256(meta_n ‖ commitment_n ‖ h_{n-1})`, and `commitment = sha256(salt ‖ payload)`. The chain finds an entry
that was edited, removed or moved. A cut tail and a chain that was recomputed from end to end are found by the anchors:
signed heads that were written outside the database.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

GENESIS = hashlib.sha256(b"corpblog audit chain").hexdigest()


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
    """What was found: problems in words, and how far the proof reaches."""

    entries: int = 0
    erased: int = 0
    anchors: int = 0
    head: str = GENESIS
    problems: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.problems


def verify(entries: Iterable[dict[str, Any]], anchors: Iterable[dict[str, Any]] = (), key: str | None = None) -> Report:
    """Check every link, every payload and every anchor; go on after a problem so that all of them are listed.

    key: the public key (hex) that anchors must be signed with; without it each anchor's own is used.
    """
    report = Report()
    expected = {anchor["number"]: anchor for anchor in _checked(anchors, key, report)}
    for entry in entries:
        _check_entry(entry, report)
        anchor = expected.pop(entry["number"], None)
        if anchor and anchor["digest"] != entry["digest"]:
            report.problems.append(f"entry {entry['number']} is not the one that was anchored at {anchor['at']}")
    report.problems += [
        f"entry {number} was anchored at {anchor['at']} and is missing: the end was cut off"
        for number, anchor in sorted(expected.items())
        if number > 0
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
    elif commitment(entry["salt"], entry["body"]) != entry["commitment"]:
        report.problems.append(f"the payload of entry {number} was changed")
    # Go on from what the entry claims: one changed entry is then one problem, not one for each that follows.
    report.entries, report.head = number, entry["digest"]


def _checked(anchors: Iterable[dict[str, Any]], key: str | None, report: Report) -> Iterator[dict[str, Any]]:
    for anchor in anchors:
        report.anchors += 1
        signer = key or anchor["key"]
        if not signature_holds(bytes.fromhex(signer), anchor_text(anchor), bytes.fromhex(anchor["signature"])):
            report.problems.append(f"the anchor of entry {anchor['number']} is not signed by the expected key")
        else:
            yield anchor


def anchor_text(anchor: dict[str, Any]) -> bytes:
    """Return the bytes of an anchor that are signed."""
    return canonical([anchor["number"], anchor["digest"], anchor["at"]]).encode()


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
    return f"The audit log holds: {report.entries} entries{erased}, {report.anchors} anchors. Head {report.head}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Verify an audit export of Corpblog.")
    parser.add_argument("export")
    parser.add_argument("--anchors", help="file with the signed heads, kept outside the database")
    parser.add_argument("--key", help="public key (hex) that the anchors must be signed with")
    options = parser.parse_args(arguments)
    try:
        anchors = list(read_lines(options.anchors)) if options.anchors else []
        report = verify(read_lines(options.export), anchors, options.key)
    except (OSError, ValueError, KeyError, TypeError) as error:
        report = Report(problems=[f"the file cannot be read as an export: {error!r}"])
    sys.stdout.write(summary(report) + "\n")
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main())
