"""Where a word list that is kept in step comes from: an address, or names that Corpblog knows by itself."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.kernel import egress
from corpblog.policy import csv_columns, dictionaries
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import DictionaryText, digest_of

ADDRESS: Final = "address"
LONGEST_NAME: Final = 60
_TABLES: Final = ("text/csv", "text/tab-separated-values")
# Kept as codes, so that each reader gets their language.
PROBLEMS: Final[dict[str, Promise]] = {
    "forbidden": gettext_lazy(
        "The address is not allowed: only https on the open internet, or a server that CORPBLOG_EGRESS_PRIVATE names."
    ),
    "unreachable": gettext_lazy(
        "The server does not answer. A list that follows it stays as it was, and it is asked again."
    ),
    "status": gettext_lazy("The server has no such list. Check the address, and that it needs no sign-in."),
    "unusable": gettext_lazy("What the server sends is no list: one term a line in UTF-8, or a CSV file."),
    "page": gettext_lazy("What the server sends is a web page and no list. It may ask for a sign-in first."),
    "large": gettext_lazy("What the server sends is too large for a list. Split it."),
    "column": gettext_lazy("It is a CSV file that has not the column, or of which none was chosen. Choose one."),
    "examples": gettext_lazy("With these terms an example of a rule no longer holds. The list stays as it was."),
}


class SourceUnread(BadDictionary):
    """The source gave no list; `code` is one of PROBLEMS."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or str(PROBLEMS[code]), code=code)
        self.code = code


@dataclass(frozen=True)
class Source:
    """kind: ADDRESS, or the name of something that was offered; column: of a CSV file, else one term a line."""

    kind: str
    url: str = ""
    column: str = ""

    @property
    def key(self) -> str:
        """Its name in SourceState."""
        return hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()

    def facts(self) -> dict[str, str]:
        """Return it as a version keeps it."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Head:
    """How what an address has begins: its first lines, and the columns they would be of.

    is_table: whether the server calls it a CSV file, so that one of its columns has to be chosen.
    """

    columns: tuple[csv_columns.Column, ...]
    lines: tuple[str, ...]
    is_table: bool


_names: dict[str, tuple[Promise, Callable[[], Iterable[str]]]] = {}


def offer(kind: str, title: Promise, names: Callable[[], Iterable[str]]) -> None:
    """Let lists be made of names that a package knows. Call it in `AppConfig.ready`."""
    _names[kind] = (title, names)


def kinds() -> dict[str, Promise]:
    """Return what a list can be kept in step with, and how people call it."""
    return {ADDRESS: gettext_lazy("an address")} | {kind: title for kind, (title, _read) in _names.items()}


def read(source: Source, name: str) -> dictionaries.Report:
    """Ask the source and return its list, as a person who uploads it would get it; raise SourceUnread."""
    if source.kind != ADDRESS:
        return _of_names(source.kind, name)
    try:
        answer = _asked(source.url, largest=dictionaries.LONGEST_FILE)
        text = dictionaries.decoded(answer.body).replace("\r\n", "\n")
        return dictionaries.clean(name, _column(text, source.column, is_table=_is_table(answer)))
    except SourceUnread:
        raise
    except BadDictionary as error:
        raise SourceUnread("unusable", error.message) from error


def look(url: str) -> Head:
    """Ask an address how its list begins and which columns it has, and for no more than that; raise SourceUnread."""
    answer = _asked(url, largest=csv_columns.LONGEST_HEAD, cuts=True)
    try:
        columns = csv_columns.columns_in_head(answer.body)
        return Head(tuple(columns), csv_columns.first_lines(answer.body), _is_table(answer))
    except BadDictionary as error:
        raise SourceUnread("unusable", error.message) from error


def keep(report: dictionaries.Report) -> str:
    """Store the list's text, once for all versions, and return its digest."""
    digest = digest_of(report.terms, {})
    # Written again where it is known: whatever happened to the row, its digest says what it must hold.
    DictionaryText.objects.update_or_create(digest=digest, defaults={"terms": report.terms, "count": report.count})
    return digest


def _of_names(kind: str, name: str) -> dictionaries.Report:
    if kind not in _names:
        raise SourceUnread("unusable")
    found = (" ".join(term.split())[:LONGEST_NAME] for term in _names[kind][1]())
    # A name of three letters stands in every second post.
    terms = sorted({term for term in found if len(term) >= dictionaries.SHORT_TERM and not term.startswith("#")})
    if not terms:
        raise SourceUnread("unusable", _("There is no such name yet that has four letters or more."))
    return dictionaries.clean(name, "\n".join(terms))


def _column(text: str, column: str, *, is_table: bool) -> str:
    """Return the words of a text: those of the column, where there are columns to choose from."""
    titles = csv_columns.columns_of(text) if is_table and not column else []
    if len(titles) > 1:
        words = _("This file has several columns: %(names)s. Choose which one has the terms.")
        raise SourceUnread("column", words % {"names": ", ".join(titles)})
    try:
        return csv_columns.column_of(text, column) if column else text
    except BadDictionary as error:
        raise SourceUnread("column", error.message) from error


def _is_table(answer: egress.Answer) -> bool:
    """Whether the server, or the address it led to, says that this is a CSV file."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in _TABLES or urlsplit(answer.url).path.lower().endswith((".csv", ".tsv"))


def _asked(url: str, *, largest: int, cuts: bool = False) -> egress.Answer:
    """Return the answer of a server that has something at this address, which is no web page."""
    try:
        answer = egress.send("GET", url, headers={"Accept": "text/plain, text/csv"}, largest=largest, cuts=cuts)
    except egress.Forbidden as error:
        raise SourceUnread("forbidden") from error
    except egress.TooLarge as error:
        raise SourceUnread("large") from error
    except egress.EgressError as error:
        raise SourceUnread("unreachable") from error
    if answer.status >= 500 or answer.status == 429:
        raise SourceUnread("unreachable")
    if answer.status != 200:
        raise SourceUnread("status")
    # A server that asks for a sign-in sends its page with a 200: its lines would be terms, and hold nearly everything.
    if answer.body[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        raise SourceUnread("page")
    return answer
