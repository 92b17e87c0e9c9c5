"""Word lists: one term a line, cleaned on the way in; and documents, of which only the fingerprint is kept."""

import csv
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from corpblog.policy.csv_columns import not_utf_8, unreadable_line
from corpblog.policy.engine import terms_of_lines
from corpblog.policy.engine.embargoes import parted
from corpblog.policy.engine.fingerprints import LEAST_LETTERS, fingerprint, is_fingerprint, letters_in, read_fingerprint
from corpblog.policy.engine.records import is_records, lines_of, read_records
from corpblog.policy.errors import BadDictionary
from corpblog.policy.extraction import read_file
from corpblog.policy.unread import why

LONGEST = 8_000_000
LONGEST_FILE = 16_000_000
MOST_TERMS = 200_000
MOST_ROWS = 100_000
LONGEST_DOCUMENT = 1_000_000
LONGEST_TERM = 200
SHORT_TERM = 4
_COLUMN = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_ENCODINGS = (("utf-8-sig", b""), ("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff"))


@dataclass(frozen=True)
class Report:
    """What was found in a list: `short` names terms so short that they stand in ordinary words and posts."""

    name: str
    terms: str
    count: int
    doubles: int
    short: tuple[str, ...]


def decoded(raw: bytes) -> str:
    """Return an uploaded file's text; UTF-8, or UTF-16 as spreadsheets write it."""
    if len(raw) > LONGEST_FILE:
        raise BadDictionary(_("This file is larger than %(most)s MB. Split it.") % {"most": LONGEST_FILE // 1_000_000})
    for encoding, mark in _ENCODINGS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise BadDictionary(not_utf_8())


def words_of(raw: bytes, name: str) -> str:
    """Return the words of an uploaded document of any kind that attachments may have; they are read in a child process.

    Raises BadDictionary with the reason where not all of it can be read: a part would be taken for the whole.
    """
    if len(raw) > LONGEST_FILE:
        raise BadDictionary(_("This file is larger than %(most)s MB. Split it.") % {"most": LONGEST_FILE // 1_000_000})
    found = read_file(raw, name)
    if found.reasons:
        raise BadDictionary(why(found.reasons[0]).in_language(get_language() or "en"))
    return found.text


def checked_name(name: str) -> str:
    """Return the name under which rules refer to the list; raise BadDictionary where it cannot be one."""
    wanted = name.strip().lower()
    if not _NAME.fullmatch(wanted):
        raise BadDictionary(
            _("Name the list with letters a to z, digits, dots and dashes, for example code-names.txt.")
        )
    return wanted


def clean(name: str, text: str) -> Report:
    """Return the list without blank lines and doubles, in the order it came; lines that begin with # are remarks."""
    lines = [line.strip() for line in text.split("\n")]
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_TERM:
            raise BadDictionary(
                _("Line %(line)s is longer than %(longest)s characters. One term a line.")
                % {"line": number, "longest": LONGEST_TERM}
            )
        _check_embargo(number, line)
    terms = terms_of_lines(lines)
    if not terms:
        raise BadDictionary(_("This list has no terms. One term a line."))
    if len(terms) > MOST_TERMS:
        raise BadDictionary(_("This list has more than %(most)s terms. Split it.") % {"most": MOST_TERMS})
    written = sum(1 for line in lines if line and not line.startswith("#"))
    short = tuple(term for term in terms if len(parted(term)[0]) < SHORT_TERM)
    return Report(name, "\n".join(dict.fromkeys(filter(None, lines))), len(terms), written - len(terms), short)


def prepared(name: str, text: str) -> Report:
    """Return a list as an export has it: words are cleaned, hashes of documents and tables are taken as they are."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    try:
        if is_fingerprint(lines):
            return Report(name, "\n".join(lines), len(read_fingerprint(lines).hashes), 0, ())
        if is_records(lines):
            read_records(lines)
            return Report(name, "\n".join(lines), len(lines) - 1, 0, ())
    except ValueError as error:
        raise BadDictionary(_("%(name)s begins as hashes do and is none.") % {"name": name}) from error
    return clean(name, text.replace("\r\n", "\n"))


def _check_embargo(number: int, line: str) -> None:
    try:
        parted(line)
    except ValueError as error:
        raise BadDictionary(
            _(
                "Line %(line)s: behind “| until” write a date, or a moment with its time zone, "
                "for example 2027-03-01 or 2027-03-01T08:00+01:00."
            )
            % {"line": number}
        ) from error


def fingerprinted(name: str, text: str) -> Report:
    """Return the fingerprint of a document in place of a list of terms; its words are not kept anywhere."""
    if letters_in(text) < LEAST_LETTERS:
        raise BadDictionary(
            _("This document has fewer than %(least)s letters: too few to know it by. Put its words into a list.")
            % {"least": LEAST_LETTERS}
        )
    if len(text) > LONGEST_DOCUMENT:
        raise BadDictionary(
            _("This document is longer than %(most)s characters. Split it into chapters.") % {"most": LONGEST_DOCUMENT}
        )
    found = fingerprint(text, secrets.randbits(32))
    return Report(name, "\n".join(found.lines()), len(found.hashes), 0, ())


def recorded(name: str, text: str) -> Report:
    """Return salted hashes of a table in place of a list of terms; its values are not kept anywhere."""
    first = text.lstrip("\ufeff\n").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    table = csv.reader(text.lstrip("\ufeff\n").splitlines(), delimiter=delimiter, strict=True)
    try:
        columns = tuple(title.strip().lower() for title in next(table))
        _check_columns(columns)
        rows = list(_rows(table, len(columns)))
    except csv.Error as error:
        raise BadDictionary(unreadable_line(table.line_num)) from error
    if not rows:
        raise BadDictionary(_("This table has column names and no row below them."))
    return Report(name, "\n".join(lines_of(columns, rows, secrets.token_bytes(16))), len(rows), 0, ())


def _check_columns(columns: tuple[str, ...]) -> None:
    if len(columns) < 2:
        raise BadDictionary(_("A table needs two columns at least, with their names in the first line."))
    if len(set(columns)) < len(columns) or not all(_COLUMN.fullmatch(title) for title in columns):
        raise BadDictionary(
            _("The first line gives each column a name of its own: letters a to z, digits and dashes, as name;account.")
        )


def _rows(table: Iterator[list[str]], width: int) -> Iterator[list[str]]:
    for number, row in enumerate(table, 2):
        if number > MOST_ROWS + 1:
            raise BadDictionary(_("This table has more than %(most)s rows. Split it.") % {"most": MOST_ROWS})
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            raise BadDictionary(
                _("Line %(line)s has %(found)s values, and there are %(wanted)s columns.")
                % {"line": number, "found": len(row), "wanted": width}
            )
        yield row
