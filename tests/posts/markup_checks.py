"""Reads rendered HTML with a parser that the renderer does not use, so that one cannot hide the other's mistake."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

ALLOWED = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote"}
# A named link is read as its name and the host it leads to.
_NAMED = re.compile(
    r"\[((?:(?!://|www\.)[^\[\]\n])*[^\s\[\]](?:(?!://|www\.)[^\[\]\n])*)\]\(https?://([^\s()<>\[\]/?#]+)[^\s()<>\[\]]*\)"
)
CLASSES = {"link", "tag", "mention"}


class Reader(HTMLParser):
    """Collects tags and words, and fails on anything that the renderer never makes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words = ""
        self.open: list[str] = []
        self.number = 0
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, f"<{tag}> came through"
        assert not attrs or tag in {"a", "ol"}, f"{attrs} came through on <{tag}>"
        if tag == "br":
            self.words += "\n"
            return
        self.open.append(tag)
        self.count_item(tag, dict(attrs))
        if tag == "a":
            self.check_link(dict(attrs))

    def count_item(self, tag: str, attributes: dict[str, str | None]) -> None:
        """Read the number that a browser shows before an item."""
        if tag == "ol":
            assert attributes.keys() <= {"start"}
            self.number = int(attributes.get("start") or 1)
        if tag == "li" and self.open[-2] == "ol":
            self.words += f"{self.number}."
            self.number += 1

    def check_link(self, attributes: dict[str, str | None]) -> None:
        self.links.append(attributes)
        assert attributes["class"] in CLASSES
        href = attributes["href"] or ""
        if attributes["class"] == "link":
            assert attributes.keys() == {"class", "href", "rel"}
            assert attributes["rel"] == "noopener noreferrer nofollow"
            assert urlsplit(href).scheme in {"http", "https", "mailto"}
        else:
            assert attributes.keys() == {"class", "href"}
            assert re.fullmatch(r"/(@|tags/|c/)[^/?#\"'<>\s]+/", href), href

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags do not nest"

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"comment came through: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"declaration came through: {decl}")


def read(html: str) -> Reader:
    """Parse and check the HTML of a body."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open, f"left open: {reader.open}"
    return reader


def bare(text: str) -> str:
    """Return the text without blanks and without the signs that markup may take away."""
    return re.sub(r"[\s*`>-]+", "", _NAMED.sub(r"\1(\2)", text))
