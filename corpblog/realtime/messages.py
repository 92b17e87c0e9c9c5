"""What a page may say: follow these channels, or ping. Everything else closes the socket."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from corpblog.realtime.limits import CHANNELS_PER_SOCKET

_LARGEST = 2**63 - 1


class Malformed(Exception):
    """Not a message of this protocol."""


@dataclass(frozen=True)
class Ping:
    """Are you there?"""


@dataclass(frozen=True)
class Follow:
    """Follow these channels and no others; `after` is what the page has already, by channel."""

    channels: frozenset[int]
    after: Mapping[int, int]


def parse(message: Mapping[str, Any]) -> Ping | Follow:
    """Read what came in, or raise Malformed; never anything else, whatever was sent."""
    text = message.get("text")
    if not isinstance(text, str):
        raise Malformed
    try:
        # Deep nesting ends in RecursionError, a number of ten thousand digits in ValueError.
        said = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Malformed from None
    match said:
        case {"t": "ping"}:
            return Ping()
        case {"t": "sub", "channels": list(channels)}:
            return Follow(_channels(channels), _after(said.get("after", {})))
    raise Malformed


def _refuse(_constant: str) -> NoReturn:
    raise Malformed


def _channels(given: list[object]) -> frozenset[int]:
    if len(given) > CHANNELS_PER_SOCKET:
        raise Malformed
    return frozenset(_number(each) for each in given)


def _after(given: object) -> dict[int, int]:
    if not isinstance(given, dict) or len(given) > CHANNELS_PER_SOCKET:
        raise Malformed
    return {_key(key): _number(value) for key, value in given.items()}


def _key(given: str) -> int:
    # isdecimal() alone would let other scripts' digits through, and int() underscores and spaces.
    if not (given.isascii() and given.isdecimal() and len(given) < 20):
        raise Malformed
    return _number(int(given))


def _number(given: object) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= _LARGEST:
        raise Malformed
    return given
