"""A thousand sockets that read as fast as one Python thread can, and note when the last of them has its message."""

import select
import socket
import struct
import time
from base64 import b64encode
from secrets import token_bytes

# Beats and pongs are shorter, posts are longer.
_SHORTEST_MESSAGE = 200
_PING = 0x89


class Listener:
    """One socket: how many messages it got, and how much of the current one is still to come."""

    __slots__ = ("counts", "got", "rest", "socket", "tail")

    def __init__(self, line: socket.socket) -> None:
        self.socket = line
        self.got = 0
        self.rest = 0
        self.counts = False
        self.tail = b""

    def take(self, data: bytes) -> int:
        """Count the messages that end within `data`."""
        if self.tail:
            data, self.tail = self.tail + data, b""
        ended, at, size = 0, 0, len(data)
        while at < size:
            if self.rest:
                step = min(self.rest, size - at)
                self.rest -= step
                at += step
                if self.rest == 0:
                    ended += self.counts
                continue
            length, head = _length(data, at, size)
            if length < 0 or (data[at] == _PING and size - at < head + length):
                self.tail = data[at:]
                break
            if data[at] == _PING:
                self.socket.send(b"\x8a" + bytes([0x80 | length]) + b"\0\0\0\0" + data[at + head : at + head + length])
            at += head
            self.rest, self.counts = length, length >= _SHORTEST_MESSAGE
        self.got += ended
        return ended


def _length(data: bytes, at: int, size: int) -> tuple[int, int]:
    """The payload's length and the header's; -1 where the header is not whole yet."""
    if size - at < 2:
        return -1, 0
    short = data[at + 1] & 127
    if short < 126:
        return short, 2
    wide = 2 if short == 126 else 8
    if size - at < 2 + wide:
        return -1, 0
    return struct.unpack_from("!H" if wide == 2 else "!Q", data, at + 2)[0], 2 + wide


class Crowd:
    """Many open sockets."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._all: dict[int, Listener] = {}
        self.messages = 0

    def __len__(self) -> int:
        return len(self._all)

    def join(self, port: int, path: str, headers: dict[str, str], first: bytes = b"") -> Listener:
        """Open one more. first: what it says at once, masked already."""
        line = socket.create_connection(("127.0.0.1", port), timeout=60)
        given = {
            "Host": f"127.0.0.1:{port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": b64encode(token_bytes(16)).decode(),
            "Sec-WebSocket-Version": "13",
            **headers,
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items()), "", ""]
        line.sendall("\r\n".join(lines).encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += line.recv(1)
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionRefusedError(head.decode(errors="replace"))
        if first:
            line.sendall(first)
        line.setblocking(False)
        listener = Listener(line)
        self._all[line.fileno()] = listener
        self._poll.register(line.fileno(), select.EPOLLIN)
        return listener

    def wait(self, messages: int, seconds: float) -> float:
        """Read until the crowd got so many messages more; return when the last came. TimeoutError: some are lost."""
        deadline = time.monotonic() + seconds
        wanted = self.messages + messages
        while self.messages < wanted:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{wanted - self.messages} of {messages} messages did not come")
            self.read(left)
        return time.monotonic()

    def read(self, seconds: float) -> None:
        """Read what there is, waiting at most so long."""
        for number, _events in self._poll.poll(seconds, 4096):
            listener = self._all[number]
            try:
                data = listener.socket.recv(262_144)
            except BlockingIOError:
                continue
            if not data:
                self._poll.unregister(number)
                continue
            self.messages += listener.take(data)

    def settle(self, quiet: float = 1.0) -> None:
        """Read until nobody hears anything for so long."""
        until = time.monotonic() + quiet
        while time.monotonic() < until:
            before = self.messages
            self.read(0.1)
            if self.messages != before:
                until = time.monotonic() + quiet

    def leave(self) -> None:
        for listener in self._all.values():
            listener.socket.close()
        self._poll.close()
