"""What was read of a file so far, and the bounds of reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Raise it whenever more is read than before: what an older version called clean is then read again.
VERSION: Final = 1
LONGEST_TEXT: Final = (
    500_000  # characters: a scan takes a million in its two seconds, and a post may have two such files
)
MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 200 * 1024 * 1024  # unpacked, of all entries of all levels
MOST_RATIO: Final = 100
_SMALL: Final = 1024 * 1024  # below it, a ratio harms nobody
DEEPEST: Final = 3  # a picture in a table in a document in an archive
MOST_PICTURES: Final = 20

_MANY_LINES: Final = re.compile(r"\n\s*\n\s*\n+")
_MANY_BLANKS: Final = re.compile(r"[ \t\xa0]{2,}")
_NOT_TEXT: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class Unreadable(Exception):
    """Reading this part is over; `code` is one of `policy.unread`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Extract:
    """A file's kind by its content, the words in it, and why there may be more. No reason: all of it was read."""

    kind: str
    text: str = ""
    reasons: tuple[str, ...] = ()


class Reading:
    """Collects words and reasons, and keeps to the bounds over all levels of a file in a file."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._entries = 0
        self._bytes = 0
        self._pictures = 0
        self._reasons: dict[str, None] = {}
        self.depth = 0

    def add(self, text: str) -> None:
        """Take a piece of text, on lines of its own; raise Unreadable where it becomes too much."""
        text = _MANY_LINES.sub("\n\n", _MANY_BLANKS.sub(" ", _NOT_TEXT.sub(" ", text))).strip()
        if not text:
            return
        room = LONGEST_TEXT - self._length
        self._parts.append(text[:room])
        self._length += len(text) + 1
        if self._length > LONGEST_TEXT:
            raise Unreadable("too_long")

    def cannot(self, code: str) -> None:
        """Say that something of the file was not read."""
        self._reasons[code] = None

    def unpacked(self, size: int, packed: int) -> None:
        """Count one entry of a container; raise Unreadable for one that is made to burst."""
        self._entries += 1
        self._bytes += size
        bursts = size > _SMALL and size > MOST_RATIO * max(packed, 1)
        if self._entries > MOST_ENTRIES or self._bytes > MOST_BYTES or bursts:
            raise Unreadable("too_large")

    def picture(self) -> None:
        """Count one picture whose words are looked for."""
        self._pictures += 1
        if self._pictures > MOST_PICTURES:
            raise Unreadable("many_pictures")

    @property
    def is_empty(self) -> bool:
        return not self._parts

    def as_extract(self, kind: str) -> Extract:
        return Extract(kind, "\n".join(self._parts), tuple(self._reasons))
