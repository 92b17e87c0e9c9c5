"""Word lists: one term a line, cleaned on the way in."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from corpblog.policy.errors import BadDictionary

LONGEST = 8_000_000
MOST_TERMS = 200_000
LONGEST_TERM = 200
SHORT_TERM = 4
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
    for encoding, mark in _ENCODINGS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise BadDictionary(
        _("This file is not UTF-8 text. Save it as “CSV UTF-8” or “Plain text, UTF-8” and upload it again.")
    )


def checked_name(name: str) -> str:
    """Return the name under which rules refer to the list; raise BadDictionary where it cannot be one."""
    wanted = name.strip().lower()
    if not _NAME.fullmatch(wanted):
        raise BadDictionary(
            _("Name the list with letters a to z, digits, dots and dashes, for example code-names.txt.")
        )
    return wanted


def clean(name: str, text: str) -> Report:
    """Return the list's terms without blanks, blank lines and doubles, in the order they came."""
    lines = [line.strip() for line in text.split("\n")]
    filled = [line for line in lines if line]
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_TERM:
            raise BadDictionary(
                _("Line %(line)s is longer than %(longest)s characters. One term a line.")
                % {"line": number, "longest": LONGEST_TERM}
            )
    terms = list(dict.fromkeys(filled))
    if not terms:
        raise BadDictionary(_("This list has no terms. One term a line."))
    if len(terms) > MOST_TERMS:
        raise BadDictionary(_("This list has more than %(most)s terms. Split it.") % {"most": MOST_TERMS})
    short = tuple(term for term in terms if len(term) < SHORT_TERM)
    return Report(name, "\n".join(terms), len(terms), len(filled) - len(terms), short)
