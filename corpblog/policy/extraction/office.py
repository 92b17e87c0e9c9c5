"""Office and OpenDocument files: all their parts, whatever the programs show of them.

Text, headers, notes, comments, deleted passages, properties and links are XML; every XML part is read, so that none
is forgotten. Tables are read cell by cell, because the words of a row belong together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from xml.etree import ElementTree as ET

from corpblog.policy.extraction.containers import Entry, entries
from corpblog.policy.extraction.markup import local_name, xml_text
from corpblog.policy.extraction.reading import Reading, Unreadable

_XML: Final = (".xml", ".rels", ".vml", ".rdf")
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
_STRINGS: Final = "xl/sharedStrings.xml"
# They say what the parts are, in words of the format.
_OF_THE_FORMAT: Final = frozenset({"[Content_Types].xml", "mimetype"})
Inner = Callable[[Reading, bytes, str], None]


def read_office(reading: Reading, data: bytes, inner: Inner) -> None:
    """Read every part. inner: reads what is no XML, a picture or a document in the document."""
    parts = list(entries(reading, data))
    strings = _shared_strings(parts)
    for part in parts:
        if part.name in _OF_THE_FORMAT or (part.name == _STRINGS and _has_sheets(parts)):
            continue
        if _SHEET.fullmatch(part.name):
            reading.add(_sheet_text(part.data, strings))
        elif part.name.lower().endswith(_XML):
            _read_xml(reading, part)
        else:
            inner(reading, part.data, part.name)


def _read_xml(reading: Reading, part: Entry) -> None:
    if part.name == "META-INF/manifest.xml" and b"encryption-data" in part.data:
        raise Unreadable("encrypted")
    reading.add(xml_text(part.data))


def _has_sheets(parts: Iterable[Entry]) -> bool:
    return any(_SHEET.fullmatch(part.name) for part in parts)


def _shared_strings(parts: Iterable[Entry]) -> list[str]:
    """Return the texts that cells name by number."""
    for part in parts:
        if part.name == _STRINGS:
            return ["".join(item.itertext()) for item in _tree(part.data) if local(item) == "si"]
    return []


def _sheet_text(data: bytes, strings: list[str]) -> str:
    """Return a sheet, a row a line, cells between tabs; formulas, headers and notices of input after it."""
    root = _tree(data)
    rows = ["\t".join(_cells(row, strings)) for row in root.iter() if local(row) == "row"]
    return "\n".join(rows) + "\n" + _without_cells(data)


def _cells(row: ET.Element, strings: list[str]) -> Iterable[str]:
    for cell in row:
        values = ["".join(part.itertext()) for part in cell if local(part) in {"v", "is"}]
        for value in values:
            yield _shown(value, cell.get("t", "n"), strings)
        yield from ("=" + (part.text or "") for part in cell if local(part) == "f" and part.text)


def _shown(value: str, kind: str, strings: list[str]) -> str:
    if kind == "s":
        known = value.isdecimal() and int(value) < len(strings)
        return strings[int(value)] if known else ""
    if kind == "n" and "e" in value.lower():
        # A card's number is kept as 4.1111111111111E15.
        try:
            return str(int(float(value))) if float(value).is_integer() else value
        except (ValueError, OverflowError):
            return value
    return value


def _without_cells(data: bytes) -> str:
    """Return the words around the cells: headers and footers, hints beside an input, links."""
    start, end = data.find(b"<sheetData"), data.find(b"</sheetData>")
    around = data if start < 0 or end < 0 else data[:start] + data[end + len(b"</sheetData>") :]
    return xml_text(around)


def _tree(data: bytes) -> ET.Element:
    # Entities were refused before: `xml_text` reads the same bytes.
    xml_text(data)
    return ET.fromstring(data)  # noqa: S314


def local(element: ET.Element) -> str:
    return local_name(element.tag.replace("}", ":"))
