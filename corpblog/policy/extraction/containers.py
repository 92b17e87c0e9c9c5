"""The entries of ZIP files, which Office and OpenDocument files are as well, opened with care."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from corpblog.policy.extraction.reading import MOST_BYTES, MOST_ENTRIES, Reading, Unreadable

_ENCRYPTED: Final = 0x1
# What the directory of a ZIP file takes beside the entries' own bytes, generously.
_OVERHEAD: Final = 200
_BROKEN: Final = (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error, KeyError)


class Entry(NamedTuple):
    name: str
    data: bytes


def entries(reading: Reading, data: bytes) -> Iterator[Entry]:
    """Yield the entries that can be read, noting those that cannot; raise Unreadable for what is made to burst."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise Unreadable("damaged") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > MOST_ENTRIES:
            raise Unreadable("too_large")
        # Bytes that no entry accounts for are bytes that nobody reads, here.
        if len(data) - sum(info.compress_size + 2 * len(info.orig_filename) + _OVERHEAD for info in infos) > 4096:
            reading.cannot("hidden_bytes")
        reading.add(archive.comment.decode("utf-8", "replace"))
        for info in infos:
            if info.is_dir():
                continue
            if _is_odd(info):
                reading.cannot("odd_entry")
            reading.add(info.comment.decode("utf-8", "replace"))
            yield Entry(info.filename, _unpacked(reading, archive, info))


def _is_odd(info: zipfile.ZipInfo) -> bool:
    """Whether unpacking it would write or lead elsewhere; we unpack in memory, other people do not."""
    parts = info.filename.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or ":" in parts[0] or stat.S_ISLNK(info.external_attr >> 16)


def _unpacked(reading: Reading, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable("encrypted")
    # Before the first byte is unpacked, by what the entry says of itself, and again by what comes out.
    reading.unpacked(info.file_size, info.compress_size)
    try:
        with archive.open(info) as file:
            unpacked = file.read(min(info.file_size, MOST_BYTES) + 1)
    except _BROKEN as error:
        raise Unreadable("damaged") from error
    if len(unpacked) != info.file_size:
        raise Unreadable("damaged")
    return unpacked
