"""PDF: pages, notes, forms, bookmarks, properties, pictures and files in it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, Final

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from corpblog.policy.extraction.markup import xml_text
from corpblog.policy.extraction.reading import Reading, Unreadable

MOST_PAGES: Final = 2_000
_SMALLEST_PICTURE: Final = 32  # pixels a side: no word fits into less
_OF_NOTES: Final = ("/Contents", "/T", "/TU", "/V", "/DV", "/Subj", "/RC", "/NM")
Inner = Callable[[Reading, bytes, str], None]


def read_pdf(reading: Reading, data: bytes, inner: Inner) -> None:
    """Read all of it. inner: reads pictures, and files in the file."""
    if b"%%EOF" not in data[-2048:]:
        # What is left of a file that was cut can often be read. What was in the rest cannot.
        reading.cannot("damaged")
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("encrypted")
        _read(reading, reader, inner)
    except FileNotDecryptedError as error:
        raise Unreadable("encrypted") from error
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise Unreadable("damaged") from error


def _read(reading: Reading, reader: PdfReader, inner: Inner) -> None:
    if len(reader.pages) > MOST_PAGES:
        raise Unreadable("too_large")
    for value in (reader.metadata or {}).values():
        reading.add(str(value))
    _read_xmp(reading, reader)
    for title in _titles(reader.outline):
        reading.add(title)
    words = 0
    for page in reader.pages:
        text = page.extract_text()
        words += len(text.split())
        if "\ufffd" in text or any("\ue000" <= char <= "\uf8ff" for char in text):
            # A font that does not say which letters its shapes are.
            reading.cannot("encoding")
        reading.add(text)
        _read_notes(reading, page)
        words += _read_pictures(reading, page, inner)
    if not words:
        # Letters drawn as lines are no letters to us.
        reading.cannot("no_text")
    for name, files in reader.attachments.items():
        for file in files:
            reading.unpacked(len(file), len(file))
            inner(reading, file, name)


def _read_xmp(reading: Reading, reader: PdfReader) -> None:
    root: Any = reader.trailer["/Root"].get_object()
    found = root.get("/Metadata")
    if found is not None:
        reading.add(xml_text(found.get_object().get_data()))


def _titles(outline: list[Any]) -> Iterator[str]:
    for item in outline:
        if isinstance(item, list):
            yield from _titles(item)
        elif item.title:
            yield str(item.title)


def _read_notes(reading: Reading, page: Any) -> None:
    for reference in page.get("/Annots") or ():
        note = reference.get_object()
        for key in _OF_NOTES:
            if key in note:
                reading.add(str(note[key]))
        action = note.get("/A")
        if action is not None:
            reading.add(str(action.get_object().get("/URI", "")))


def _read_pictures(reading: Reading, page: Any, inner: Inner) -> int:
    """Read the page's pictures; return how many there were."""
    count = 0
    for picture in page.images:
        size = picture.image.size if picture.image is not None else (_SMALLEST_PICTURE, _SMALLEST_PICTURE)
        if min(size) >= _SMALLEST_PICTURE:
            inner(reading, picture.data, picture.name)
        count += 1
    return count
