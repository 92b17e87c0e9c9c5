"""The work of the child process: find out what the bytes are, and read them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from corpblog.policy.extraction import archive, image, kinds, mail, markup, office, plain, rtf
from corpblog.policy.extraction.reading import DEEPEST, Extract, Reading, Unreadable

_OFFICE: Final = {kinds.DOCX, kinds.XLSX, kinds.PPTX, kinds.ODT, kinds.ODS, kinds.ODP}
_TEXTS: Final = {"text/plain", "text/csv"}
_XMLS: Final = {"text/xml", "image/svg+xml"}
# The streams of an Office file that was given a password.
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def main(data: bytes, name: str) -> bytes:
    """Return the extract as JSON."""
    return json.dumps(asdict(extract(data, name))).encode()


def extract(data: bytes, name: str) -> Extract:
    """Read a file; whatever it does to the reader, the answer has a reason."""
    reading = Reading()
    kind = kinds.kind_of(data, name)
    _read(reading, data, kind)
    return reading.as_extract(kind)


def inner(reading: Reading, data: bytes, name: str) -> None:
    """Read a file in the file. What is wrong with it is wrong with the whole; what makes it burst ends the reading."""
    reading.add(name)
    if not data:
        return
    kind = kinds.kind_of(data, name)
    if kind == kinds.ZIP:
        reading.cannot("nested")
        return
    if reading.depth >= DEEPEST:
        reading.cannot("nested")
        return
    reading.depth += 1
    try:
        _read(reading, data, kind)
    finally:
        reading.depth -= 1


def _read(reading: Reading, data: bytes, kind: str) -> None:
    try:
        _read_kind(reading, data, kind)
    except Unreadable as stop:
        reading.cannot(stop.code)
        if reading.depth and stop.code in {"too_large", "too_long", "time"}:
            raise
    except MemoryError:
        raise
    except Exception:  # a parser that stumbles over what a stranger made must not pass for one that found nothing
        reading.cannot("damaged")


def _read_kind(reading: Reading, data: bytes, kind: str) -> None:
    if kind == "application/pdf":
        # Loading its library takes longer than reading any other kind of file.
        from corpblog.policy.extraction import pdf

        pdf.read_pdf(reading, data, inner)
    elif kind in _OFFICE:
        office.read_office(reading, data, inner)
    elif kind == kinds.ZIP:
        archive.read_archive(reading, data, inner)
    elif kind == "message/rfc822":
        mail.read_mail(reading, data, inner)
    elif kind == "application/rtf":
        rtf.read_rtf(reading, data)
    elif kind == "text/html":
        markup.read_html(reading, data)
    elif kind in _XMLS:
        markup.read_xml(reading, data, every_attribute=True)
    elif kind in _TEXTS:
        plain.read_text(reading, data)
    elif kind.startswith("image/"):
        image.read_image(reading, data)
    else:
        reading.cannot("encrypted" if kind == kinds.OLE and _ENCRYPTED in data else "unknown")
