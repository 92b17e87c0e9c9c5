"""The press page's items for readers and for their programs: the released bytes, nothing more and nothing less."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from corpblog.sharing.html import as_html
from corpblog.sharing.marks import Marked, of_form
from corpblog.sharing.models import PressItem

ATOM: Final = "http://www.w3.org/2005/Atom"
TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"


def absolute(path: str) -> str:
    """Return the public address of a path: feeds are read far from here."""
    return settings.ORIGINS[0].rstrip("/") + path


def files_of(item: PressItem) -> list[dict[str, Any]]:
    """Return the released files with their addresses. A file's number is its place in the sealed bytes."""
    return [
        {**file, "url": reverse("web:press_file", args=[item.pk, index, file["name"]])}
        for index, file in enumerate(item.content["attachments"])
    ]


def atom(items: list[PressItem], gone: list[PressItem], updated: datetime | None) -> bytes:
    """Return the Atom feed. Content is text where it is no more than that, so the released bytes arrive unchanged.

    gone: what was taken back. Readers are told its id, so that they drop their copies (RFC 6721), and nothing else.
    """
    ET.register_namespace("", ATOM)
    ET.register_namespace("at", TOMBSTONES)
    feed = ET.Element(f"{{{ATOM}}}feed")
    _add(feed, "title", settings.COMPANY)
    _add(feed, "id", absolute("/press/"))
    _add(feed, "updated", _moment(updated))
    _add(feed, "link", rel="self", href=absolute("/press/feed.atom"), type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=absolute("/press/"), type="text/html")
    for item in gone:
        facts = {"ref": _name(item), "when": _moment(item.withdrawn_at)}
        ET.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry", facts)
    for item in items:
        _entry(ET.SubElement(feed, f"{{{ATOM}}}entry"), item)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _entry(entry: ET.Element, item: PressItem) -> None:
    content = item.content
    _add(entry, "id", _name(item))
    _add(entry, "title", title(content["text"]))
    _add(entry, "published", _moment(item.published_at))
    _add(entry, "updated", _moment(item.corrected_at or item.published_at))
    _add(entry, "link", rel="alternate", href=absolute(f"/press/{item.pk}/"), type="text/html")
    _add(ET.SubElement(entry, f"{{{ATOM}}}author"), "name", content["speaker"] or settings.COMPANY)
    for file in files_of(item):
        facts = {"type": file["kind"], "length": str(file["size"]), "title": file["alt"] or file["name"]}
        _add(entry, "link", rel="enclosure", href=absolute(file["url"]), **facts)
    said = of_form(content)
    body = _add(entry, "content", as_html(said) if said.marks else said.text, type=_type(said))
    if content["language"]:
        body.set("{http://www.w3.org/XML/1998/namespace}lang", content["language"])


def _type(said: Marked) -> str:
    return "html" if said.marks else "text"


def _name(item: PressItem) -> str:
    host, day = urlsplit(settings.ORIGINS[0]).hostname, item.published_at.date().isoformat()
    return f"tag:{host},{day}:press:{item.pk}"


def json_feed(items: list[PressItem]) -> dict[str, Any]:
    """Return the JSON Feed (version 1.1)."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.COMPANY,
        "home_page_url": absolute("/press/"),
        "feed_url": absolute("/press/feed.json"),
        "items": [_json_item(item) for item in items],
    }


def _json_item(item: PressItem) -> dict[str, Any]:
    content, said = item.content, of_form(item.content)
    shown: dict[str, Any] = {
        "id": str(item.pk),
        "url": absolute(f"/press/{item.pk}/"),
        "content_text": said.flat().text,
        **({"content_html": as_html(said)} if said.marks else {}),
        "date_published": _moment(item.published_at),
        **({"date_modified": _moment(item.corrected_at)} if item.corrected_at else {}),
        "authors": [{"name": content["speaker"] or settings.COMPANY}],
    }
    if files := files_of(item):
        shown["attachments"] = [
            {
                "url": absolute(file["url"]),
                "mime_type": file["kind"],
                "title": file["alt"] or file["name"],
                "size_in_bytes": file["size"],
            }
            for file in files
        ]
    return shown | ({"language": content["language"]} if content["language"] else {})


def title(text: str) -> str:
    """Return the first line, shortened: Atom asks for a title that short messages do not have, nor files alone."""
    line = text.strip().split("\n")[0] or settings.COMPANY
    return line if len(line) <= 80 else line[:79].rsplit(" ", 1)[0] + "…"


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text
    return child


def _moment(moment: datetime | None) -> str:
    return (moment or datetime(2020, 1, 1, tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
