"""One column of a CSV file as a list of words: which columns there are, how each begins, and all of one."""

import codecs
import csv
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from corpblog.policy.errors import BadDictionary

# What is read of a file before somebody chose its column.
LONGEST_HEAD: Final = 65_536
SHOWN_TERMS: Final = 6


@dataclass(frozen=True)
class Column:
    """A column somebody may choose: by its title, in small letters; `terms` are the first that stand in it."""

    key: str
    title: str
    terms: tuple[str, ...]


def column_of(text: str, column: str) -> str:
    """Return the values of one column of a CSV text, one a line; raise BadDictionary, which names the columns it has.

    column: its title in the first line, in any case. The first line also tells what stands between the columns.
    """
    titles = columns_of(text)
    wanted = column.strip().lower()
    if wanted not in titles:
        raise BadDictionary(
            _("The file has no column of that name. Its columns: %(names)s.") % {"names": ", ".join(titles)}
        )
    place = titles.index(wanted)
    return "\n".join(" ".join(row[place].split()) for row in _table(text)[1:] if len(row) > place)


def columns_of(text: str) -> list[str]:
    """Return the titles of a CSV text's columns, in small letters."""
    return [title.strip().lower() for title in next(iter(_table(_first_line(text))), [])]


def columns_in_head(raw: bytes) -> list[Column]:
    """Return the columns with a title that a file has, from its beginning alone; raise BadDictionary if it is no text.

    raw: the whole file, or its first LONGEST_HEAD bytes: then its last line is not looked at, since it may be cut.
    """
    text = decoded_head(raw[:LONGEST_HEAD])
    lines = text.splitlines()
    if len(raw) >= LONGEST_HEAD and len(lines) > 1:
        text = "\n".join(lines[:-1])
    rows = _table(text)
    places: dict[str, int] = {}
    for place, title in enumerate(rows[0] if rows else ()):
        places.setdefault(title.strip().lower(), place)
    return [Column(key, rows[0][place].strip(), _first_terms(rows[1:], place)) for key, place in places.items() if key]


def first_lines(raw: bytes) -> tuple[str, ...]:
    """Return how a list of one term a line begins; raise BadDictionary if it is no text."""
    lines = (line.strip() for line in decoded_head(raw[:LONGEST_HEAD]).splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))[:SHOWN_TERMS]


def decoded_head(raw: bytes) -> str:
    """Return a beginning of a text, whose last character may be cut."""
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return codecs.getincrementaldecoder(encoding)().decode(raw)
    except UnicodeDecodeError as error:
        raise BadDictionary(not_utf_8()) from error


def not_utf_8() -> str:
    """Return what to do with a file that is no text in UTF-8."""
    return _("This file is not UTF-8 text. Save it as “CSV UTF-8” or “Plain text, UTF-8” and upload it again.")


def _first_terms(rows: list[list[str]], place: int) -> tuple[str, ...]:
    found = (" ".join(row[place].split()) for row in rows if len(row) > place)
    return tuple(dict.fromkeys(filter(None, found)))[:SHOWN_TERMS]


def _table(text: str) -> list[list[str]]:
    table = csv.reader(text.splitlines(), delimiter=max(",;\t", key=_first_line(text).count))
    try:
        return list(table)
    except csv.Error as error:
        # A quotation mark that is not closed makes one field of all that follows, which is too long for a field.
        raise BadDictionary(unreadable_line(table.line_num)) from error


def unreadable_line(number: int) -> str:
    """Return what to do with a line that is no CSV."""
    words = _("Line %(line)s cannot be read as CSV. Look for a quotation mark that is not closed.")
    return words % {"line": number}


def _first_line(text: str) -> str:
    return next(iter(text.splitlines()), "")
