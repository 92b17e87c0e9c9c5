"""The part of BER that LDAP uses (RFC 4511, 5.1): one-byte tags, definite lengths."""

from collections.abc import Callable
from typing import Final

INTEGER: Final = 0x02
OCTETS: Final = 0x04
ENUMERATED: Final = 0x0A
BOOLEAN: Final = 0x01
SEQUENCE: Final = 0x30
SET: Final = 0x31

MAX_MESSAGE: Final = 1 << 20


class BerError(ValueError):
    """The bytes are not the BER that LDAP allows."""


def encode(tag: int, *parts: bytes) -> bytes:
    """One element whose content is the given parts joined."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def encode_int(value: int, tag: int = INTEGER) -> bytes:
    """A signed integer in the fewest bytes."""
    return encode(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def encode_text(value: str | bytes, tag: int = OCTETS) -> bytes:
    """An octet string, from text in UTF-8."""
    return encode(tag, value.encode() if isinstance(value, str) else value)


def read_element(read: Callable[[int], bytes]) -> tuple[int, bytes]:
    """Tag and content of the next element of a stream; `read(n)` must give exactly n bytes."""
    tag, first = read(2)
    size = first
    if first & 0x80:
        count = first & 0x7F
        # 0x80 would be an indefinite length, which LDAP forbids; more than four bytes is an attack on memory.
        if not 1 <= count <= 4:
            raise BerError("length form not allowed")
        size = int.from_bytes(read(count), "big")
    if size > MAX_MESSAGE:
        raise BerError("element too large")
    return tag, read(size)


class Reader:
    """Reads the elements of one content, in order."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def _take(self, count: int) -> bytes:
        piece = self._content[self._at : self._at + count]
        if len(piece) < count:
            raise BerError("element cut short")
        self._at += count
        return piece

    @property
    def at_end(self) -> bool:
        """Whether everything has been read."""
        return self._at >= len(self._content)

    @property
    def next_tag(self) -> int | None:
        """The tag that comes next, without reading it."""
        return None if self.at_end else self._content[self._at]

    def element(self) -> tuple[int, bytes]:
        """The next element, whatever it is."""
        return read_element(self._take)

    def content(self, tag: int) -> bytes:
        """The content of the next element, which must have this tag."""
        found, content = self.element()
        if found != tag:
            raise BerError(f"expected tag {tag:#x}, found {found:#x}")
        return content

    def integer(self, tag: int = INTEGER) -> int:
        """The next element as a signed integer."""
        content = self.content(tag)
        if not 1 <= len(content) <= 8:
            raise BerError("integer of a strange size")
        return int.from_bytes(content, "big", signed=True)

    def boolean(self) -> bool:
        """The next element as a boolean."""
        return self.content(BOOLEAN) != b"\x00"

    def text(self, tag: int = OCTETS) -> str:
        """The next element as UTF-8 text."""
        return decode_text(self.content(tag))

    def nested(self, tag: int) -> "Reader":
        """A reader of the next element's content."""
        return Reader(self.content(tag))


def decode_text(content: bytes) -> str:
    """Text of an octet string; broken UTF-8 is the sender's error, not ours."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise BerError("text is not UTF-8") from error
