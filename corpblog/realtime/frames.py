"""A message as it lies on the wire, encoded once for every socket that gets it."""

import json
import struct
from collections.abc import Iterable
from typing import Any, NamedTuple

from corpblog.realtime.limits import CloseCode

_TEXT = 0x81  # one whole text message; servers never mask (RFC 6455, 5.1)


class Frame(NamedTuple):
    """One text message: `text` for a server that frames it itself, `wire` for a socket that takes bytes."""

    text: str
    wire: bytes


class Parcel(NamedTuple):
    """Frames that travel together: one write for all of them."""

    frames: tuple[Frame, ...]
    wire: bytes


def frame(message: dict[str, Any]) -> Frame:
    """Encode a message, without compression and without a mask."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    payload = text.encode()
    return Frame(text, _header(len(payload)) + payload)


def _header(length: int) -> bytes:
    if length < 126:
        return struct.pack("!BB", _TEXT, length)
    if length < 65_536:
        return struct.pack("!BBH", _TEXT, 126, length)
    return struct.pack("!BBQ", _TEXT, 127, length)


def parcel(frames: Iterable[Frame]) -> Parcel:
    """Put frames into one parcel, in their order."""
    together = tuple(frames)
    return Parcel(together, b"".join(each.wire for each in together))


def bye(why: CloseCode) -> Parcel:
    """Say why the socket is about to be closed, for pages whose browser hides the close code."""
    return parcel([frame({"t": "bye", "reason": why.reason})])


PONG = parcel([frame({"t": "pong"})])
DESK = parcel([frame({"t": "desk"})])
RESYNC = parcel([frame({"t": "resync"})])
