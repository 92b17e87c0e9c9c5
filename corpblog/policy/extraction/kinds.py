"""What a file is, by its content. Its name is what somebody typed."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import Final

from corpblog.policy.extraction.plain import decoded

OTHER: Final = "application/octet-stream"
ZIP: Final = "application/zip"
OLE: Final = "application/x-ole-storage"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX, PPTX = (
    f"{_OFFICE}{part}" for part in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
)
_ODF: Final = "application/vnd.oasis.opendocument."
ODT, ODS, ODP = (f"{_ODF}{part}" for part in ("text", "spreadsheet", "presentation"))

_PICTURES: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_MAGIC: Final = (
    (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
)
_FAMILIES: Final = {
    "application/pdf": "pdf",
    DOCX: "document",
    ODT: "document",
    "application/rtf": "document",
    XLSX: "spreadsheet",
    ODS: "spreadsheet",
    "text/csv": "spreadsheet",
    PPTX: "presentation",
    ODP: "presentation",
    "message/rfc822": "email",
    ZIP: "archive",
    "application/gzip": "archive",
    "application/x-7z-compressed": "archive",
    "application/vnd.rar": "archive",
}
_BY_NAME: Final = {
    "pdf": {"application/pdf"},
    "docx": {DOCX}, "docm": {DOCX}, "dotx": {DOCX}, "xlsx": {XLSX}, "xlsm": {XLSX}, "pptx": {PPTX}, "pptm": {PPTX},
    "odt": {ODT}, "ods": {ODS}, "odp": {ODP}, "rtf": {"application/rtf"},
    "png": {"image/png"}, "jpg": {"image/jpeg"}, "jpeg": {"image/jpeg"}, "gif": {"image/gif"}, "webp": {"image/webp"},
    "zip": {ZIP}, "eml": {"message/rfc822"}, "svg": {"image/svg+xml"},
    "html": {"text/html", "text/xml", "text/plain"}, "htm": {"text/html", "text/xml", "text/plain"},
    "csv": {"text/csv", "text/plain"}, "txt": {"text/plain", "text/csv", "message/rfc822", "text/html", "text/xml"},
    "md": {"text/plain", "text/html"},
}  # fmt: skip
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]")
_OF_MAIL: Final = re.compile(r"^(from|to|subject|date|received|message-id|mime-version):", re.IGNORECASE | re.MULTILINE)
_HTML: Final = re.compile(r"<(!doctype html|html|head|body|script|table|div|p)\b", re.IGNORECASE)


def kind_of(data: bytes, name: str = "") -> str:
    """Return the media type. The name only tells CSV from other text, which nobody can see in the bytes."""
    if known := picture_kind(data) or _by_first_bytes(data):
        return known
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(data)
    if b"%PDF-" in data[:1024]:  # readers accept it that late
        return "application/pdf"
    return _kind_of_text(data, name)


def _by_first_bytes(data: bytes) -> str:
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    return "video/mp4" if data[4:8] == b"ftyp" else ""


def picture_kind(data: bytes) -> str:
    """Return the media type of a picture of dots, by its first bytes; nothing for all else."""
    for magic, kind in _PICTURES:
        if data.startswith(magic):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    # Two letters begin many a text; the four zeros do not follow in one.
    return "image/bmp" if data.startswith(b"BM") and data[6:10] == bytes(4) else ""


def _kind_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                told = archive.read("mimetype").decode("ascii", "replace").strip()
                return told if told.startswith(_ODF) else ZIP
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
        return ZIP
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(name.startswith(folder) for name in names):
                return kind
    return ZIP


def _kind_of_text(data: bytes, name: str) -> str:
    found = decoded(data[:65_536])
    if found is None:
        return OTHER
    head = found.text[:4096].lstrip("\ufeff \t\r\n")
    if head.startswith(("<?xml", "<svg")):
        return "image/svg+xml" if "<svg" in head else "text/html" if "<html" in head else "text/xml"
    if _HEADER.match(head) and len({match.lower() for match in _OF_MAIL.findall(head)}) >= 2:
        return "message/rfc822"
    if _HTML.search(head[:1024]):
        return "text/html"
    return "text/csv" if _ending(name) in {"csv", "tsv"} else "text/plain"


def family_of(kind: str) -> str:
    """Return what a rule's `attachments` calls the kind: one of the engine's ATTACHMENT_KINDS."""
    if kind == "image/svg+xml":
        return "image"
    broad = kind.partition("/")[0]
    return _FAMILIES.get(kind) or (broad if broad in {"image", "video", "audio", "text"} else "other")


def name_lies(name: str, kind: str) -> bool:
    """Whether the name's ending promises another kind: what opens it by its name may see something else in it."""
    promised = _BY_NAME.get(_ending(name))
    return promised is not None and kind not in promised


def _ending(name: str) -> str:
    return PurePosixPath(name.strip().lower()).suffix.lstrip(".")
