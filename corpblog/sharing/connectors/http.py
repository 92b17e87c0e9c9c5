"""What connectors that speak HTTP do alike: ask through the egress client, and read the answer as yes, no or doubt."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from corpblog.kernel import clock, egress
from corpblog.sharing.connectors.base import Refused, Unclear

_NOT_FOR_GOOD: Final = frozenset({408, 425, 429})
_LONGEST_TOLD: Final = 200


def ask(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    publishes: bool = False,
    not_after: float | None = None,
    seconds: float = egress.TOTAL_SECONDS,
    fine: frozenset[int] = frozenset(),
) -> egress.Answer:
    """Return an answer that says yes, or has one of the `fine` statuses; raise Refused or Unclear otherwise.

    publishes: whether something may be outside once bytes are on the wire. Where nothing can, no failure is unclear.
    """
    try:
        answer = egress.send(method, url, headers=headers, body=body, seconds=seconds, not_after=not_after)
    except egress.Forbidden as error:
        raise Refused("forbidden_address", for_good=True, told=error.reason) from error
    except egress.EgressError as error:
        if error.reached and publishes:
            raise Unclear("no_answer", told=error.reason) from error
        raise Refused("unreachable", for_good=False, told=error.reason) from error
    return answer if answer.status in fine else _judged(answer, publishes)


def _judged(answer: egress.Answer, publishes: bool) -> egress.Answer:
    if 200 <= answer.status < 300:
        return answer
    if answer.status == 429:
        raise Refused("asked_to_wait", for_good=False, retry_after=retry_after(answer.headers))
    if answer.status == 401:
        raise Refused("token", for_good=True, told=told(answer))
    if answer.status >= 500 or answer.status < 400:
        # A server error may come after the post was stored: only looking tells.
        if publishes:
            raise Unclear("server_error", told=str(answer.status))
        raise Refused("unreachable", for_good=False, told=str(answer.status))
    raise Refused("refused", for_good=answer.status not in _NOT_FOR_GOOD, told=told(answer))


def read(answer: egress.Answer) -> Any:
    """Return the answer's JSON; raise Unclear where it is none."""
    try:
        return answer.json()
    except ValueError as error:
        raise Unclear("unreadable") from error


def told(answer: egress.Answer) -> str:
    """Return what the other side says about a refusal, wherever in its JSON it says it."""
    try:
        said = answer.json()
    except ValueError:
        return str(answer.status)
    for name in ("message", "detail", "error_description", "error", "title"):
        if isinstance(said, dict) and isinstance(said.get(name), str):
            return str(said[name])[:_LONGEST_TOLD]
    return str(answer.status)


def retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait: Retry-After as number or date, or a reset time as date or seconds since 1970."""
    said = headers.get("retry-after") or next((headers[name] for name in _RESETS if headers.get(name)), "")
    if said.isdigit() and len(said) < 7:
        return float(said)
    try:
        if said.isdigit():
            return max(1.0, float(said) - clock.now().timestamp())
        moment = datetime.fromisoformat(said) if "T" in said else parsedate_to_datetime(said)
        return max(1.0, (moment - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return 60.0


_RESETS: Final = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset")


def as_json(data: Any) -> bytes:
    """Return the data as the JSON that is sent: compact, and UTF-8 rather than escapes."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()


def as_form(fields: Mapping[str, str], *, file: tuple[str, str, bytes]) -> tuple[str, bytes]:
    """Return content type and body of a form with one file: its field's name, its media type, and its bytes."""
    name, kind, data = file
    edge = secrets.token_hex(16)
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="file"\r\nContent-Type: {kind}\r\n\r\n'
    return f"multipart/form-data; boundary={edge}", b"".join(
        [*parts, head.encode(), data, f"\r\n--{edge}--\r\n".encode()]
    )
