"""The LDAP messages that the server reads and writes (RFC 4511, 4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from .ber import ENUMERATED, OCTETS, SEQUENCE, SET, BerError, Reader, encode, encode_int, encode_text


class Op(IntEnum):
    """Tags of the operations."""

    BIND = 0x60
    UNBIND = 0x42
    SEARCH = 0x63
    MODIFY = 0x66
    ADD = 0x68
    DELETE = 0x4A
    RENAME = 0x6C
    COMPARE = 0x6E
    ABANDON = 0x50
    EXTENDED = 0x77


class Answer(IntEnum):
    """Tags of the answers."""

    BIND = 0x61
    ENTRY = 0x64
    SEARCH_DONE = 0x65
    MODIFY = 0x67
    ADD = 0x69
    DELETE = 0x6B
    RENAME = 0x6D
    COMPARE = 0x6F
    EXTENDED = 0x78


class Code(IntEnum):
    """Result codes (RFC 4511, appendix A)."""

    SUCCESS = 0
    OPERATIONS_ERROR = 1
    PROTOCOL_ERROR = 2
    SIZE_LIMIT_EXCEEDED = 4
    COMPARE_FALSE = 5
    COMPARE_TRUE = 6
    AUTH_METHOD_NOT_SUPPORTED = 7
    UNAVAILABLE_CRITICAL_EXTENSION = 12
    CONFIDENTIALITY_REQUIRED = 13
    NO_SUCH_ATTRIBUTE = 16
    NO_SUCH_OBJECT = 32
    INVALID_DN_SYNTAX = 34
    INVALID_CREDENTIALS = 49
    INSUFFICIENT_ACCESS_RIGHTS = 50
    UNWILLING_TO_PERFORM = 53


START_TLS = "1.3.6.1.4.1.1466.20037"
WHO_AM_I = "1.3.6.1.4.1.4203.1.11.3"
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True)
class Control:
    """A control that came with a request."""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True)
class Request:
    """One request, its operation still unread."""

    message_id: int
    op: int
    body: Reader
    controls: tuple[Control, ...]


def read_request(content: bytes) -> Request:
    """Takes the envelope apart; raises BerError."""
    reader = Reader(content)
    message_id = reader.integer()
    if not 0 <= message_id < 1 << 31:
        raise BerError("message id out of range")
    op, body = reader.element()
    controls = tuple(_read_controls(reader.nested(0xA0))) if reader.next_tag == 0xA0 else ()
    return Request(message_id, op, Reader(body), controls)


def _read_controls(reader: Reader) -> Iterable[Control]:
    while not reader.at_end:
        control = reader.nested(SEQUENCE)
        oid = control.text()
        critical = control.boolean() if control.next_tag == 0x01 else False
        yield Control(oid, critical, b"" if control.at_end else control.content(OCTETS))


def read_page_request(value: bytes) -> tuple[int, bytes]:
    """Page size and cookie of a paged-results control (RFC 2696)."""
    reader = Reader(value).nested(SEQUENCE)
    return reader.integer(), reader.content(OCTETS)


def page_control(cookie: bytes) -> bytes:
    """The control that goes with one page; an empty cookie says that it was the last."""
    value = encode(SEQUENCE, encode_int(0), encode_text(cookie))
    return encode(SEQUENCE, encode_text(PAGED_RESULTS), encode_text(value))


def message(message_id: int, operation: bytes, *controls: bytes) -> bytes:
    """An answer in its envelope."""
    return encode(SEQUENCE, encode_int(message_id), operation, encode(0xA0, *controls) if controls else b"")


def result(tag: int, code: Code, text: str = "", *, matched: str = "", extra: bytes = b"") -> bytes:
    """An LDAPResult."""
    return encode(tag, encode_int(code, ENUMERATED), encode_text(matched), encode_text(text), extra)


def extended(code: Code, text: str = "", *, oid: str = "", value: str | None = None) -> bytes:
    """The answer to an extended operation."""
    extra = encode_text(oid, 0x8A) if oid else b""
    extra += encode_text(value, 0x8B) if value is not None else b""
    return result(Answer.EXTENDED, code, text, extra=extra)


def entry(dn: str, attributes: Iterable[tuple[str, tuple[str, ...]]], *, types_only: bool) -> bytes:
    """One entry of a search's result."""
    encoded = (
        encode(
            SEQUENCE,
            encode_text(name),
            encode(SET, *(() if types_only else (encode_text(value) for value in values))),
        )
        for name, values in attributes
    )
    return encode(Answer.ENTRY, encode_text(dn), encode(SEQUENCE, *encoded))
