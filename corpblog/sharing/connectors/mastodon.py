"""Mastodon, and every server that speaks its API. Plain HTTP through the egress client; the ADR says why no library."""

import re
import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any, Final

import grapheme

from corpblog.kernel import clock, egress
from corpblog.sharing.connectors.base import Account, Arrived, Refused, Repeat, Target, Unclear
from corpblog.sharing.seals import SealedPayload

LONGEST: Final = 500
_LINK = re.compile(r"https?://[^\s]+")
_LINK_COUNTS: Final = "x" * 23
# Clocks of servers differ a little; what we look for cannot be older than our first try by more than this.
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_NOT_FOR_GOOD: Final = frozenset({408, 425, 429})


class Mastodon:
    kind = "mastodon"
    repeat = Repeat.KEY

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return int(config.get("longest") or LONGEST)

    def length(self, text: str) -> int:
        """Mastodon counts what people see as one character as one, and every link as 23."""
        return int(grapheme.length(_LINK.sub(_LINK_COUNTS, text)))

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Post once. The key is the job's: for an hour the server answers a repetition with the first post."""
        content = payload.content
        status = {"status": content["text"], "visibility": content["visibility"]}
        if content["language"]:
            status["language"] = content["language"]
        form = urllib.parse.urlencode(status).encode()
        headers = {"Idempotency-Key": payload.key, "Content-Type": "application/x-www-form-urlencoded"}
        answer = _call("POST", "/api/v1/statuses", target, headers=headers, body=form, not_after=not_after)
        return _arrived(answer)

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Read our own timeline back, and compare each post's source, not its rendering, with the sealed text."""
        query = urllib.parse.urlencode({"limit": 40, "exclude_reblogs": "true"})
        try:
            account = urllib.parse.quote(_account_id(target), safe="")
            answer = _call("GET", f"/api/v1/accounts/{account}/statuses?{query}", target)
            for status in _json(answer):
                if status["id"] in known or _moment(status["created_at"]) < since - _CLOCKS_DIFFER:
                    continue
                if self._is_ours(status, payload, target):
                    return Arrived(remote_id=status["id"], url=status.get("url") or "")
        except (Refused, KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error
        return None

    def _is_ours(self, status: dict[str, Any], payload: SealedPayload, target: Target) -> bool:
        text = payload.content["text"]
        # The rendering decides cheaply which posts are worth a second question.
        if _squeezed(_plain(status["content"])) != _squeezed(text):
            return False
        source = _json(_call("GET", f"/api/v1/statuses/{status['id']}/source", target))
        return _squeezed(str(source["text"])) == _squeezed(text)

    def delete(self, remote_id: str, target: Target) -> None:
        _call("DELETE", f"/api/v1/statuses/{urllib.parse.quote(remote_id, safe='')}", target, may_miss=True)

    def verify(self, target: Target) -> Account:
        """Ask who the token belongs to, and how long a post may be there."""
        me = _json(_call("GET", "/api/v1/accounts/verify_credentials", target))
        try:
            return Account(
                account=f"{me['id']}@{urllib.parse.urlsplit(target.config['server']).netloc}",
                name=str(me.get("display_name") or me["username"]),
                url=str(me.get("url") or ""),
                longest=self._limit(target),
            )
        except (KeyError, TypeError) as error:
            raise Refused("not_mastodon", for_good=True) from error

    def _limit(self, target: Target) -> int:
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                told = _json(_call("GET", path, target))["configuration"]["statuses"]["max_characters"]
                return max(1, int(told))
            except (Refused, Unclear, KeyError, TypeError, ValueError):
                continue
        return LONGEST


def _account_id(target: Target) -> str:
    return target.account.partition("@")[0]


def _call(
    method: str,
    path: str,
    target: Target,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    not_after: float | None = None,
    may_miss: bool = False,
) -> egress.Answer:
    """Ask the server; raise Refused where it certainly did nothing, Unclear where it may have."""
    url = str(target.config["server"]).rstrip("/") + path
    sent = {"Authorization": f"Bearer {target.secrets['token']}", "Accept": "application/json"} | dict(headers or {})
    seconds = float(target.config.get("seconds", egress.TOTAL_SECONDS))
    try:
        answer = egress.send(method, url, headers=sent, body=body, seconds=seconds, not_after=not_after)
    except egress.Forbidden as error:
        raise Refused("forbidden_address", for_good=True, told=error.reason) from error
    except egress.EgressError as error:
        if error.reached:
            raise Unclear("no_answer", told=error.reason) from error
        raise Refused("unreachable", for_good=False, told=error.reason) from error
    return answer if answer.status == 404 and may_miss else _judged(answer)


def _judged(answer: egress.Answer) -> egress.Answer:
    if 200 <= answer.status < 300:
        return answer
    if answer.status == 429:
        raise Refused("asked_to_wait", for_good=False, retry_after=_retry_after(answer.headers))
    if answer.status == 401:
        raise Refused("token", for_good=True)
    if answer.status >= 500 or 300 <= answer.status < 400:
        # A server error may come after the post was stored: only looking tells.
        raise Unclear("server_error", told=str(answer.status))
    raise Refused("refused", for_good=answer.status not in _NOT_FOR_GOOD, told=_told(answer))


def _arrived(answer: egress.Answer) -> Arrived:
    status = _json(answer)
    try:
        return Arrived(remote_id=str(status["id"]), url=str(status.get("url") or ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise Unclear("unreadable") from error


def _json(answer: egress.Answer) -> Any:
    try:
        return answer.json()
    except ValueError as error:
        raise Unclear("unreadable") from error


def _told(answer: egress.Answer) -> str:
    try:
        return str(answer.json()["error"])[:200]
    except (ValueError, KeyError, TypeError):
        return str(answer.status)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait: Retry-After as number or date, or Mastodon's own reset time."""
    told = headers.get("retry-after") or headers.get("x-ratelimit-reset") or ""
    if told.isdigit() and len(told) < 7:
        return float(told)
    try:
        moment = datetime.fromisoformat(told) if "T" in told else parsedate_to_datetime(told)
        return max(1.0, (moment - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return 60.0


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"br", "p"}:
            self.parts.append("\n")


def _plain(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return "".join(parser.parts)
