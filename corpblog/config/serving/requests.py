"""Daphne's request with a limit on its body.

Without it Daphne spools any body of any size to disk before Django sees the first byte: 299 MB of an anonymous POST
were accepted in 0.9 s (measured).
"""

import re

from daphne.http_protocol import HTTPFactory, WebRequest

MAX_BODY = 1024 * 1024
# Word lists and documents of a policy: as large as `policy.dictionaries` takes them, and the rest of the form.
MAX_UPLOAD = 17 * MAX_BODY
# What people attach: `posts.files.LARGEST`, and the rest of the form.
MAX_FILE = 26 * MAX_BODY
_LIMITS = ((re.compile(rb"/policies/\d+/lists/put/(?:\?.*)?"), MAX_UPLOAD), (re.compile(rb"/files/"), MAX_FILE))
# So much is read and thrown away to be able to answer a browser in words; a longer body is cut off.
_MAX_DISCARDED = 2 * MAX_FILE
_REFUSAL = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class LimitedRequest(WebRequest):  # type: ignore[misc]
    """Refuses bodies above the limit of their address without storing them."""

    _received = 0
    _limit = MAX_BODY
    _is_too_big = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - Twisted's name
        # The request has its own address only once all of it is there; its channel knows it from the first line on.
        for address, limit in _LIMITS:
            if address.fullmatch(self.channel._path):
                self._limit = limit
        self._is_too_big = length is not None and length > self._limit
        # What is refused is not kept, so it needs no file either.
        super().gotLength(0 if self._is_too_big else length)
        if length is not None and length > _MAX_DISCARDED:
            self._cut()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self._received += len(data)
        # A chunked body has no length to look at beforehand.
        self._is_too_big = self._is_too_big or self._received > self._limit
        if self._received > _MAX_DISCARDED:
            self._cut()
        elif not self._is_too_big:
            super().handleContentChunk(data)

    def process(self) -> None:
        if self._is_too_big:
            most = self._limit // MAX_BODY
            self.basic_error(
                413, b"Content Too Large", f"More than {most} MiB was sent. Nothing was stored. Send less at a time."
            )
        else:
            super().process()

    def _cut(self) -> None:
        self.channel.transport.write(_REFUSAL)
        self.channel.loseConnection()


class LimitedFactory(HTTPFactory):  # type: ignore[misc]
    """Daphne's factory, making limited requests."""

    def buildProtocol(self, addr: object) -> object:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = LimitedRequest
        return protocol
