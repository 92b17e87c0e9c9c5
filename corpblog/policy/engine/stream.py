"""Scanning a stream of posts, one JSON line each: what `manage.py scan` and `python -m corpblog.policy.engine` do.

Exit codes: 0 every post may go as it is (allow or warn); 1 at least one needs a word or a decision (justify, hold,
block); 2 the command line or the policy is wrong, and nothing was scanned.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from corpblog.policy.engine.model import ATTACHMENT_KINDS, CLASSIFICATIONS
from corpblog.policy.engine.problems import PolicyError
from corpblog.policy.engine.reader import load_policy
from corpblog.policy.engine.scanner import MAX_CHARACTERS, Scanner, compile_policy
from corpblog.policy.engine.verdict import Verdict, fail_closed

CLEAR, NOT_CLEAR, WRONG = 0, 1, 2
_ATTACHMENTS: Final = frozenset(ATTACHMENT_KINDS)
_MAX_LINE: Final = 4 * MAX_CHARACTERS  # bytes: the longest text in UTF-8


class Folder(Mapping[str, list[str]]):
    """The word lists that lie beside a policy file, read when a rule names them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __getitem__(self, name: str) -> list[str]:
        file = self._path / name
        if not file.is_file():
            raise KeyError(name)
        return file.read_text(encoding="utf-8").splitlines()

    def __iter__(self) -> Iterator[str]:
        return (file.name for file in self._path.iterdir() if file.is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that both doors share."""
    parser.add_argument(
        "--policy", required=True, type=Path, metavar="FILE", help="The policy, YAML. Its word lists lie beside it."
    )
    parser.add_argument(
        "--audience", choices=("external", "internal"), default="external", help="Who would read the posts."
    )
    parser.add_argument(
        "--destination", metavar="KIND", help="The kind of connector. Without it the rules of every destination apply."
    )
    parser.add_argument("--destination-name", metavar="NAME", help="The name of the destination.")
    parser.add_argument("--group", action="append", metavar="NAME", help="A directory group of the author.")
    parser.add_argument("--classification", choices=CLASSIFICATIONS, help="How closed the channel of the posts is.")
    parser.add_argument("--language", metavar="CODE", help="The language of the posts, such as en or fr.")
    parser.add_argument(
        "--now", type=_moment, metavar="TIME", help="The time for embargoes, with zone; without it the clock's."
    )
    parser.add_argument(
        "--jsonl",
        action="store_true",
        help='Each line is an object {"text": ..., "fields": {...}}, with "classification", "language", "attachments" '
        "where they are known.",
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


def run(options: argparse.Namespace, source: IO[bytes], sink: IO[str], errors: IO[str]) -> int:
    """Scans a stream with bounded memory and returns the exit code."""
    try:
        folder = options.policy.resolve().parent
        scanner = compile_policy(load_policy(options.policy.read_text(encoding="utf-8"), Folder(folder)))
    except PolicyError as error:
        for problem in error.problems:
            errors.write(f"{options.policy}: {problem}\n")
        return WRONG
    except (OSError, UnicodeError) as error:
        errors.write(f"{options.policy}: the policy cannot be read: {error}\n")
        return WRONG
    clear = True
    for line in _lines(source):
        verdict = _scan_line(scanner, line, options)
        clear = clear and verdict.may_leave
        sink.write(
            json.dumps(verdict.to_json(), ensure_ascii=False).encode("utf-8", "backslashreplace").decode() + "\n"
        )
        sink.flush()
    return CLEAR if clear else NOT_CLEAR


def _lines(source: IO[bytes]) -> Iterator[bytes | None]:
    """The lines without their ends; None for one that is longer than any post."""
    while line := source.readline(_MAX_LINE + 1):
        if line.endswith(b"\n") or len(line) <= _MAX_LINE:
            yield line.rstrip(b"\r\n")
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(_MAX_LINE)
        yield None


def _scan_line(scanner: Scanner, line: bytes | None, options: argparse.Namespace) -> Verdict:
    if line is None:
        return fail_closed(f"the line is longer than {_MAX_LINE} bytes")
    # Broken UTF-8 becomes lone surrogates, one a byte: nothing is lost, and nothing passes unscanned.
    text = line.decode("utf-8", "surrogateescape")
    # A line of text has nothing attached to it.
    post = _post(text) if options.jsonl else {"text": text, "attachments": []}
    fields = _fields(post) if post is not None else None
    facts = _facts(post, options) if post is not None else None
    if fields is None or facts is None:
        return fail_closed("the line is not an object with a text, fields of text and known facts")
    return scanner.scan(
        fields,
        audience=options.audience,
        destination=options.destination,
        destination_name=options.destination_name,
        groups=None if options.group is None else frozenset(options.group),
        now=options.now or datetime.now(UTC),
        **facts,
    )


def _post(line: str) -> dict[str, Any] | None:
    """The object of one JSON line; None when it is none."""
    try:
        post: Any = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return post if isinstance(post, dict) else None


def _facts(post: dict[str, Any], options: argparse.Namespace) -> dict[str, Any] | None:
    """What is known about a post beside its words; None where it is not what we expect."""
    classification = post.get("classification", options.classification)
    language = post.get("language", options.language)
    attachments = post.get("attachments")
    if not all(fact is None or isinstance(fact, str) for fact in (classification, language)):
        return None
    if attachments is not None and not (isinstance(attachments, list) and set(map(str, attachments)) <= _ATTACHMENTS):
        return None
    return {
        "channel_classification": classification,
        "language": language,
        "attachment_kinds": None if attachments is None else frozenset(attachments),
    }


def _fields(post: dict[str, Any]) -> dict[str, str] | None:
    """The fields of one JSON line; None when they are not texts."""
    fields = post.get("fields", {})
    named = ({"text": post["text"]} if "text" in post else {}) | (
        fields if isinstance(fields, dict) else {"fields": fields}
    )
    return named if named and all(isinstance(text, str) for text in named.values()) else None
