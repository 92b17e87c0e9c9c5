"""The words in XML and HTML, in attributes and comments too."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final
from xml.parsers import expat

from corpblog.policy.extraction.plain import text_of
from corpblog.policy.extraction.reading import Reading, Unreadable

# Local names after which a new line begins: of Office, OpenDocument and web pages.
_BREAKS: Final = frozenset({
    "p", "br", "cr", "tr", "row", "h", "si", "tab", "table-cell", "table-row", "tc", "list-item", "li", "div",
    "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "title", "creator", "subject", "description", "keywords",
    "dt", "dd", "text", "tspan", "comment", "note", "option", "line-break", "lastModifiedBy", "category",
})  # fmt: skip
# Attributes whose values people write or see.
_WRITTEN: Final = frozenset({
    "descr", "title", "name", "target", "href", "tooltip", "alt", "author", "initials", "display", "prompt",
    "prompttitle", "error", "errortitle", "label", "string-value", "content", "value", "placeholder",
    "aria-label", "summary", "caption", "comment", "display-name",
})  # fmt: skip
# Office keeps some words in `val`, beside thousands of numbers and colours.
_VALUES_OF: Final = frozenset({"alias", "tag", "docvar"})


def read_xml(reading: Reading, data: bytes, *, every_attribute: bool = False) -> None:
    """Read the words of an XML document; raise Unreadable for what is none or declares entities."""
    reading.add(xml_text(data, every_attribute=every_attribute))


def xml_text(data: bytes, *, every_attribute: bool = False) -> str:
    """Return the words of an XML document, a paragraph a line, pieces of one word together."""
    parts: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = local_name(tag)
        for name, value in attributes.items():
            plain = local_name(name).lower()
            if every_attribute or plain in _WRITTEN or (plain == "val" and local.lower() in _VALUES_OF):
                parts.append(f"\n{value}\n")

    def end(tag: str) -> None:
        if local_name(tag) in _BREAKS:
            parts.append("\n")

    def refuse(*_declaration: object) -> None:
        # One that stands for many is how a kilobyte becomes a gigabyte; Office and OpenDocument need none.
        raise Unreadable("damaged")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = parts.append
    parser.CommentHandler = lambda text: parts.append(f"\n{text}\n")
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unreadable("damaged") from error
    return "".join(parts)


def local_name(name: str) -> str:
    """Return the name without its prefix."""
    return name.rpartition(":")[2]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.has_data = False

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"\n{data}\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        for name, value in attrs:
            if value and value.lstrip().lower().startswith("data:"):
                self.has_data = True
            elif value and (name in _WRITTEN or name.startswith("data-")):
                self.parts.append(f"\n{value}\n")

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)

    def _break(self, tag: str) -> None:
        if tag in _BREAKS:
            self.parts.append("\n")


def read_html(reading: Reading, data: bytes) -> None:
    """Read a web page: what is shown, what is not, and what scripts hold."""
    page = _Page()
    page.feed(text_of(reading, data))
    page.close()
    if page.has_data:
        reading.cannot("unread_part")
    reading.add("".join(page.parts))
