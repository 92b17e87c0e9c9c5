"""Where a word list that is kept in step comes from: an address, or names that Corpblog knows by itself."""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpblog.kernel import egress
from corpblog.policy import csv_columns, dictionaries
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import DictionaryText, digest_of

ADDRESS: Final = "address"
LONGEST_NAME: Final = 60
# Kept as codes, so that each reader gets their language.
PROBLEMS: Final[dict[str, Promise]] = {
    "forbidden": gettext_lazy(
        "The address is not allowed: only https on the open internet, or a server that CORPBLOG_EGRESS_PRIVATE names."
    ),
    "unreachable": gettext_lazy("The server does not answer. The list stays as it was; it is tried again."),
    "status": gettext_lazy("The server has no such list. Check the address, and that it needs no sign-in."),
    "unusable": gettext_lazy(
        "What the server sends is no list: one term a line in UTF-8, or a CSV file that has the column."
    ),
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
        text = _fetched(source.url)
        return dictionaries.clean(name, csv_columns.column_of(text, source.column) if source.column else text)
    except SourceUnread:
        raise
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


def _fetched(url: str) -> str:
    try:
        answer = egress.send("GET", url, headers={"Accept": "text/plain, text/csv"}, largest=dictionaries.LONGEST_FILE)
    except egress.Forbidden as error:
        raise SourceUnread("forbidden") from error
    except egress.EgressError as error:
        raise SourceUnread("unreachable") from error
    if answer.status >= 500 or answer.status == 429:
        raise SourceUnread("unreachable")
    if answer.status != 200:
        raise SourceUnread("status")
    return dictionaries.decoded(answer.body).replace("\r\n", "\n")
