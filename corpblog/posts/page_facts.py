"""The child's work on a page of strangers: find its title, its description and its picture (Open Graph, Twitter, HTML).

The protocols: https://ogp.me and the twitter:* names of X's cards; both are <meta> elements of the head.
"""

import json
import re
from html.parser import HTMLParser
from typing import Final

LONGEST_TITLE: Final = 200
LONGEST_DESCRIPTION: Final = 300
_TITLES: Final = ("og:title", "twitter:title")
_DESCRIPTIONS: Final = ("og:description", "twitter:description", "description")
_PICTURES: Final = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_CHARSET: Final = re.compile(r"charset=[\"']?\s*([\w-]{2,30})", re.IGNORECASE)
# What hides, turns letters around or is no letter at all.
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffd]+")


class _HeadIsOver(Exception):
    pass


class _Head(HTMLParser):
    """Collects what the head says; the body is not read."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.title = ""
        self._is_in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "body":
            raise _HeadIsOver
        # A drawing in the page may have a title, too: the first one is the page's.
        self._is_in_title = tag == "title" and not self.title
        if tag == "meta":
            name = attributes.get("property") or attributes.get("name") or ""
            self.said.setdefault(name.strip().lower(), attributes.get("content", ""))

    def handle_endtag(self, tag: str) -> None:
        self._is_in_title = False

    def handle_data(self, data: str) -> None:
        if self._is_in_title:
            self.title += data


def main(data: bytes, content_type: str = "") -> bytes:
    """Return title, description and picture's address of a page as JSON; what it does not say is empty.

    content_type: what its server said of it, which may name how its letters are written.
    """
    head = _Head()
    try:
        head.feed(_decoded(data, content_type))
        head.close()
    except _HeadIsOver:
        pass
    facts = {
        "title": (_first(head, _TITLES) or _clean(head.title))[:LONGEST_TITLE],
        "description": _first(head, _DESCRIPTIONS)[:LONGEST_DESCRIPTION],
        "picture": _first(head, _PICTURES)[:2000],
    }
    return json.dumps(facts).encode()


def _decoded(data: bytes, content_type: str) -> str:
    """Return the page's letters, as its first bytes, its server or itself say; what is none of them falls out."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    named = _CHARSET.search(content_type) or _CHARSET.search(data[:4096].decode("ascii", "replace"))
    try:
        return data.decode(named[1] if named else "utf-8", "replace")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", "replace")


def _first(head: _Head, names: tuple[str, ...]) -> str:
    return next((found for name in names if (found := _clean(head.said.get(name, "")))), "")


def _clean(words: str) -> str:
    return " ".join(_UNFIT.sub(" ", words).split())
