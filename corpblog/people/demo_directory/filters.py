"""Search filters (RFC 4511, 4.5.1.7), with three truth values: an unknown attribute is neither true nor false."""

from collections.abc import Callable, Iterable

from .ber import OCTETS, SEQUENCE, BerError, Reader, decode_text
from .entries import Entry, comparable, fold

Truth = bool | None
Filter = Callable[[Entry], Truth]

_MAX_DEPTH = 32
_AND, _OR, _NOT = 0xA0, 0xA1, 0xA2
_EQUAL, _SUBSTRINGS, _AT_LEAST, _AT_MOST, _PRESENT, _APPROXIMATE, _EXTENSIBLE = 0xA3, 0xA4, 0xA5, 0xA6, 0x87, 0xA8, 0xA9
_INITIAL, _ANY, _FINAL = 0x80, 0x81, 0x82


def read_filter(reader: Reader, known: frozenset[str], depth: int = 0) -> Filter:
    """The next filter of a request as a function; `known` are the attributes that the schema has."""
    if depth > _MAX_DEPTH:
        raise BerError("filter nested too deeply")
    tag, content = reader.element()
    inner = Reader(content)
    if tag in (_AND, _OR):
        parts = []
        while not inner.at_end:
            parts.append(read_filter(inner, known, depth + 1))
        return _all_of(parts) if tag == _AND else _any_of(parts)
    if tag == _NOT:
        return _negation(read_filter(inner, known, depth + 1))
    if tag == _PRESENT:
        return _presence(decode_text(content), known)
    if tag == _SUBSTRINGS:
        return _substrings(inner, known)
    if tag in (_EQUAL, _APPROXIMATE, _AT_LEAST, _AT_MOST):
        return _comparison(tag, inner.text(), inner.content(OCTETS), known)
    if tag == _EXTENSIBLE:
        # RFC 4511: a matching rule that the server does not know makes the item undefined, not an error.
        return lambda entry: None
    raise BerError(f"unknown filter {tag:#x}")


def _all_of(parts: Iterable[Filter]) -> Filter:
    def test(entry: Entry) -> Truth:
        results = [part(entry) for part in parts]
        return False if False in results else None if None in results else True

    return test


def _any_of(parts: Iterable[Filter]) -> Filter:
    def test(entry: Entry) -> Truth:
        results = [part(entry) for part in parts]
        return True if True in results else None if None in results else False

    return test


def _negation(part: Filter) -> Filter:
    def test(entry: Entry) -> Truth:
        result = part(entry)
        return None if result is None else not result

    return test


def _presence(attribute: str, known: frozenset[str]) -> Filter:
    if attribute.lower() not in known:
        return lambda entry: None
    return lambda entry: bool(entry.values(attribute))


def _comparison(tag: int, attribute: str, assertion: bytes, known: frozenset[str]) -> Filter:
    try:
        wanted = comparable(attribute, assertion.decode())
    except UnicodeDecodeError:
        wanted = None
    if attribute.lower() not in known or wanted is None:
        return lambda entry: None
    if tag in (_EQUAL, _APPROXIMATE):
        return lambda entry: any(comparable(attribute, value) == wanted for value in entry.values(attribute))
    limit = str(wanted)
    if tag == _AT_LEAST:
        return lambda entry: any(fold(value) >= limit for value in entry.values(attribute))
    return lambda entry: any(fold(value) <= limit for value in entry.values(attribute))


def _substrings(inner: Reader, known: frozenset[str]) -> Filter:
    attribute = inner.text()
    pieces: list[tuple[int, str]] = []
    sequence = inner.nested(SEQUENCE)
    while not sequence.at_end:
        tag, content = sequence.element()
        if tag not in (_INITIAL, _ANY, _FINAL):
            raise BerError("unknown kind of substring")
        pieces.append((tag, fold(decode_text(content))))
    if attribute.lower() not in known:
        return lambda entry: None
    return lambda entry: any(_contains(fold(value), pieces) for value in entry.values(attribute))


def _contains(value: str, pieces: list[tuple[int, str]]) -> bool:
    at = 0
    for tag, piece in pieces:
        if tag == _FINAL:
            return len(value) - at >= len(piece) and value.endswith(piece)
        found = value.find(piece, at)
        if found < 0 or (tag == _INITIAL and found != 0):
            return False
        at = found + len(piece)
    return True
