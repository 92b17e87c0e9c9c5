"""Time stamps of an authority over signed heads (RFC 3161): asked for, and checked years later."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from corpblog.audit.verify import anchor_text
from corpblog.kernel import egress

LARGEST: Final = 64 * 1024
ASKING: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class NoStamp(Exception):
    """There is no stamp, or it does not hold; the text says why."""


def ask(head: dict[str, Any], *, authority: str, roots: Iterable[x509.Certificate]) -> tuple[str, datetime]:
    """Return the authority's answer (DER, base64) over the head's signed bytes, checked, and the time it says.

    Raises NoStamp and EgressError.
    """
    request = TimestampRequestBuilder().data(anchor_text(head)).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = egress.send("POST", authority, headers=ASKING, body=request.as_bytes(), largest=LARGEST)
    if answer.status != 200:
        raise NoStamp(f"the authority answered {answer.status}")
    moment = _held(answer.body, head, VerifierBuilder.from_request(request), roots)
    return b64encode(answer.body).decode(), moment


def check(stamped: dict[str, Any], roots: Iterable[x509.Certificate]) -> datetime:
    """Return the time that a kept stamp proves for its head; raise NoStamp where it proves none.

    Certificates are judged at that time: an authority's own may have run out since.
    """
    try:
        answer = b64decode(stamped["stamp"], validate=True)
    except ValueError as error:
        raise NoStamp("it is not base64") from error
    return _held(answer, stamped, VerifierBuilder(), roots)


def _held(answer: bytes, head: dict[str, Any], builder: VerifierBuilder, roots: Iterable[x509.Certificate]) -> datetime:
    try:
        response: TimeStampResponse = decode_timestamp_response(_with_certificates_in_order(answer))
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(response, anchor_text(head))
        moment: datetime = response.tst_info.gen_time
    except (VerificationError, ValueError) as error:
        raise NoStamp(str(error)[:200]) from error
    return moment


def _with_certificates_in_order(answer: bytes) -> bytes:
    """Return the answer with its certificates as DER sorts a set, for the library reads nothing else.

    OpenSSL gives them in the order in which it met them, and so do authorities that run on it. They are beside what is
    signed (RFC 5652, 5.1), and sorted they are as long as before.
    """
    try:
        (whole,) = _elements(answer, 0, len(answer))
        _status, token = _elements(answer, *whole)
        _kind, wrapped = _elements(answer, *token)
        (signed_data,) = _elements(answer, *wrapped)
        _version, _digests, _signed, (begin, end), *_rest = _elements(answer, *signed_data)
        ends = [end for _content, end in _elements(answer, begin, end)]
    except (ValueError, IndexError):
        # No token, or nothing that can be read: the library says what it is.
        return answer
    certificates = [answer[first:last] for first, last in pairwise([begin, *ends])]
    return answer[:begin] + b"".join(sorted(certificates)) + answer[end:]


def _elements(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give where the content of each DER element between two places begins and ends."""
    while start < end:
        size, content = data[start + 1], start + 2
        if size & 0x80:
            content += size & 0x7F
            size = int.from_bytes(data[start + 2 : content], "big")
        if content + size > end:
            raise ValueError("an element is longer than what it is in")
        yield content, content + size
        start = content + size
