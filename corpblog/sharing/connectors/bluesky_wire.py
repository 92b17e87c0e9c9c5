"""Calls of the AT protocol, and the session they are made in.

`com.atproto.server.createSession`; ADR 16 says why app passwords.
"""

import hashlib
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from typing import Any, Final

from corpblog.kernel import egress
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.base import Refused, Target

# A token lasts two hours, and a server gives out 300 a day.
_SESSION_SECONDS: Final = 3600.0
# Servers say it with status 400 as well as 401.
_TOKEN_IS_OVER: Final = frozenset({"ExpiredToken", "InvalidToken"})


class Sessions:
    """The sessions of this process, one for each account and its password."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, str]]] = {}

    def ask(self, target: Target, method: str, name: str, **more: Any) -> egress.Answer:
        """Make the call signed in. A token that is over changed nothing, so the call is made again with a new one."""
        headers = more.pop("headers", {})
        for _time in range(2):
            token = self._signed_in(target)["accessJwt"]
            answer = call(target, method, name, headers={**headers, "Authorization": f"Bearer {token}"}, **more)
            if answer.status != 401 and error(answer) not in _TOKEN_IS_OVER:
                return answer
            self._kept.pop(_session_key(target), None)
        raise Refused("token", for_good=True, told=http.told(answer))

    def renewed(self, target: Target) -> dict[str, str]:
        """Sign in now, whatever is kept; return the identity (`did`) and the `handle` beside the token."""
        self._kept.pop(_session_key(target), None)
        return self._signed_in(target)

    def _signed_in(self, target: Target) -> dict[str, str]:
        key = _session_key(target)
        until, session = self._kept.get(key, (0.0, {}))
        if until > time.monotonic():
            return session
        who = {"identifier": _handle(target), "password": target.secrets["password"]}
        answer = call(target, "POST", "com.atproto.server.createSession", body=http.as_json(who))
        if answer.status != 200:
            raise Refused("password", for_good=True, told=http.told(answer))
        try:
            session = {name: str(answer.json()[name]) for name in ("accessJwt", "did", "handle")}
        except (KeyError, TypeError, ValueError) as unknown:
            raise Refused("not_bluesky", for_good=True) from unknown
        self._kept[key] = (time.monotonic() + _SESSION_SECONDS, session)
        return session


def call(
    target: Target,
    method: str,
    name: str,
    *,
    query: Mapping[str, str] | Sequence[tuple[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    publishes: bool = False,
    not_after: float | None = None,
) -> egress.Answer:
    """Make one call of the protocol; its 400 and 401 say more in their body, so the caller reads them."""
    url = f"{str(target.config['server']).rstrip('/')}/xrpc/{name}"
    if query:
        url += "?" + urllib.parse.urlencode(query)
    sent = (
        {"Accept": "application/json", "Content-Type": "application/json"} if body else {"Accept": "application/json"}
    )
    return http.ask(
        method,
        url,
        headers=sent | dict(headers or {}),
        body=body,
        publishes=publishes,
        not_after=not_after,
        seconds=float(target.config.get("seconds", egress.TOTAL_SECONDS)),
        fine=frozenset({400, 401}),
    )


def error(answer: egress.Answer) -> str:
    """Return the protocol's own name of what went wrong, empty where it says none."""
    try:
        return str(answer.json()["error"])
    except (ValueError, KeyError, TypeError):
        return ""


def _handle(target: Target) -> str:
    return str(target.config["handle"]).strip().removeprefix("@").lower()


def _session_key(target: Target) -> str:
    told = "\n".join([str(target.config["server"]), _handle(target), target.secrets["password"]])
    return hashlib.sha256(told.encode()).hexdigest()
