"""E-mail: headers that people read, all bodies, all attachments."""

from __future__ import annotations

from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Final

from corpblog.policy.extraction.markup import read_html
from corpblog.policy.extraction.reading import Reading

# Written by machines for machines: signatures would look like secrets.
_TECHNICAL: Final = (
    "received", "dkim-", "arc-", "authentication-results", "message-id", "references", "in-reply-to", "x-ms-",
    "x-google-", "content-transfer-encoding", "mime-version", "return-path", "domainkey-",
)  # fmt: skip
Inner = Callable[[Reading, bytes, str], None]


def read_mail(reading: Reading, data: bytes, inner: Inner) -> None:
    """Read it all. inner: reads what is attached."""
    message = BytesParser(policy=policy.default).parsebytes(data)
    for part in message.walk():
        for name, value in part.items():
            if not name.lower().startswith(_TECHNICAL):
                reading.add(str(value))
        if part.is_multipart():
            continue
        body = part.get_payload(decode=True)
        content = body if isinstance(body, bytes) else b""
        reading.unpacked(len(content), len(content))
        if part.defects:
            reading.cannot("damaged")
        kind = part.get_content_type()
        if part.get_filename() is None and kind == "text/html":
            read_html(reading, _as_utf8(part, content))
        elif part.get_filename() is None and kind.startswith("text/"):
            reading.add(_as_utf8(part, content).decode("utf-8", "replace"))
        else:
            inner(reading, content, part.get_filename() or "")


def _as_utf8(part: EmailMessage, content: bytes) -> bytes:
    charset = part.get_content_charset("utf-8")
    try:
        return content.decode(charset, "replace").encode("utf-8", "replace")
    except LookupError:
        return content
