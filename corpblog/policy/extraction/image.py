"""Pictures: what their properties say, and the words in them where Tesseract is installed."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import warnings
from collections.abc import Iterator
from typing import Any, Final

from PIL import ExifTags, Image, UnidentifiedImageError

from corpblog.policy.extraction.markup import xml_text
from corpblog.policy.extraction.reading import Reading, Unreadable

MOST_PIXELS: Final = 50_000_000
_LARGEST_SIDE: Final = 3_000  # pixels; print of 300 dots an inch on A4 needs no more
_SMALLEST_SIDE: Final = 32
_OCR_SECONDS: Final = 15
_NESTED: Final = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)
# Windows writes these as UTF-16 and calls them bytes.
_IN_UTF16: Final = range(0x9C9B, 0x9CA0)
_BROKEN: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError, IndexError, KeyError)


def read_image(reading: Reading, data: bytes) -> None:
    """Read properties and words; raise Unreadable for what is too large or no picture."""
    picture = opened(data)
    for text in _properties(picture):
        reading.add(text)
    if getattr(picture, "n_frames", 1) > 1:
        reading.cannot("unread_part")
    if min(picture.size) >= _SMALLEST_SIDE:
        reading.picture()
        reading.add(_words_in(picture))


def opened(data: bytes) -> Image.Image:
    """Return the decoded picture; raise Unreadable."""
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with warnings.catch_warnings():
            # Pillow warns up to twice the limit, and only then raises.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data))
            picture.load()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as bomb:
        raise Unreadable("too_large") from bomb
    except _BROKEN as error:
        raise Unreadable("damaged") from error
    return picture


def _properties(picture: Image.Image) -> Iterator[str]:
    for value in picture.info.values():
        yield from _texts(value)
    try:
        exif = picture.getexif()
        for tags in (exif, *(exif.get_ifd(number) for number in _NESTED)):
            for tag, value in tags.items():
                if tag in _IN_UTF16 and isinstance(value, bytes):
                    yield value.decode("utf-16-le", "replace")
                else:
                    yield from _texts(value)
    except _BROKEN as error:
        raise Unreadable("damaged") from error


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield xml_text(value.encode()) if value.lstrip().startswith("<") and _is_xml(value) else value
    elif isinstance(value, bytes):
        # Of bytes, what is text: comments, XMP, the names in a colour profile.
        yield "\n".join(run.decode("ascii") for run in _runs(value))
        if b"<x:xmpmeta" in value and _is_xml(value.decode("utf-8", "replace")):
            yield xml_text(value, every_attribute=True)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _texts(part)


def _is_xml(text: str) -> bool:
    try:
        xml_text(text.encode())
    except Unreadable:
        return False
    return True


def _runs(value: bytes) -> list[bytes]:
    # Every second byte of UTF-16 is a zero for Western letters.
    return re.findall(rb"[\x20-\x7e]{4,}", value) + re.findall(rb"[\x20-\x7e]{4,}", value.replace(b"\x00", b""))


def _words_in(picture: Image.Image) -> str:
    """Return what Tesseract reads; raise Unreadable where it is not installed: then nobody knows what is in it."""
    program = shutil.which("tesseract")
    if program is None:
        raise Unreadable("no_ocr")
    grey = picture.convert("RGBA")
    page = Image.new("RGBA", grey.size, "white")
    page.alpha_composite(grey)
    small = page.convert("L")
    small.thumbnail((_LARGEST_SIDE, _LARGEST_SIDE))
    buffer = io.BytesIO()
    small.save(buffer, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", "+".join(_languages()), "--psm", "3"]
    try:
        done = subprocess.run(command, input=buffer.getvalue(), capture_output=True, timeout=_OCR_SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as late:
        raise Unreadable("time") from late
    if done.returncode:
        raise Unreadable("no_ocr")
    return done.stdout.decode("utf-8", "replace")


def _languages() -> list[str]:
    """Return the languages that are installed, English and French first."""
    told = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, timeout=5, check=False)  # noqa: S607
    installed = [name for name in told.stdout.split("\n")[1:] if name and name != "osd"]
    return sorted(installed, key=lambda name: (name not in {"eng", "fra"}, name))[:4] or ["eng"]
