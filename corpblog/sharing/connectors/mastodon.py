"""Mastodon, and every server that speaks its API. Plain HTTP through the egress client; the ADR says why no library."""

import re
import time
import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final, Literal

import grapheme
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import egress
from corpblog.sharing.connectors import http, oauth
from corpblog.sharing.connectors.attachments import File, handed_over
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
    Correction,
    Errand,
    Question,
    Refused,
    Repeat,
    Seen,
    Takes,
    Target,
    Trial,
    Unclear,
    check_carried,
)
from corpblog.sharing.marks import NONE
from corpblog.sharing.seals import SealedPayload

LONGEST: Final = 500
SCOPE: Final = "read:accounts read:statuses write:statuses write:media"
# What a server allows where its administrator changed nothing.
MOST_PICTURES: Final = 4
LARGEST_PICTURE: Final = 16 * 1024 * 1024
LINK_COUNTS: Final = 23
LONGEST_ALT: Final = 1500
# How often it is asked whether a picture that it took is ready, a second apart.
LIMITS: Final = frozenset(
    {
        "characters_reserved_per_url",
        "max_media_attachments",
        "supported_mime_types",
        "image_size_limit",
        "image_matrix_limit",
        "description_limit",
    }
)
MOST_LOOKS: Final = 15
_LINK = re.compile(r"https?://[^\s]+")
# Clocks of servers differ a little; what we look for cannot be older than our first try by more than this.
_FIGURES: Final = {"likes": "favourites_count", "boosts": "reblogs_count", "replies": "replies_count"}
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


class Mastodon:
    kind = "mastodon"
    pause = staticmethod(time.sleep)
    title: str | Promise = "Mastodon"
    repeat = Repeat.KEY
    threads: Literal[True] = True
    correction = Correction(in_place=True, repeat=Repeat.KEY)
    marks = NONE
    takes = Takes(most=MOST_PICTURES, largest=LARGEST_PICTURE)
    trial = Trial.UNSEEN
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question("server", _("Address of the server"), shape="url", help=_("For example https://mastodon.social")),
        Question(
            "token",
            _("Access token"),
            help=_("Leave it empty to sign in there; or make one there under Preferences, Development."),
            is_secret=True,
            is_needed=False,
        ),
    )

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return int(config.get("longest") or LONGEST)

    def length(self, text: str) -> int:
        """Mastodon counts what people see as one character as one, and every link as 23 or as its server says."""
        return self.length_at(text, {})

    def length_at(self, text: str, config: Mapping[str, Any]) -> int:
        link = _limit(config, "characters_reserved_per_url") or LINK_COUNTS
        return int(grapheme.length(_LINK.sub("x" * link, text)))

    def takes_at(self, config: Mapping[str, Any]) -> Takes:
        """What the server's administrator allows; pictures only, whatever else it takes."""
        kinds = config.get("limits", {}).get("supported_mime_types") or ()
        return Takes(
            most=_limit(config, "max_media_attachments") or MOST_PICTURES,
            largest=_limit(config, "image_size_limit") or LARGEST_PICTURE,
            kinds=frozenset(kind for kind in kinds if isinstance(kind, str) and kind.startswith("image/")),
            most_pixels=_limit(config, "image_matrix_limit"),
            longest_alt=_limit(config, "description_limit") or LONGEST_ALT,
        )

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Post once. The key is the job's: for an hour the server answers a repetition with the first post."""
        check_carried(payload, "attachments", "thread")
        content = payload.content
        status = [("status", payload.words), ("visibility", content["visibility"]), *_language(content)]
        if payload.above:
            status.append(("in_reply_to_id", payload.above[-1]))
        status += [("media_ids[]", media) for _picture, media in handed_over(payload, self.takes_at(target.config))]
        form = urllib.parse.urlencode(status).encode()
        headers = {"Idempotency-Key": payload.key, "Content-Type": "application/x-www-form-urlencoded"}
        answer = _call(
            "POST", "/api/v1/statuses", target, headers=headers, body=form, publishes=True, not_after=not_after
        )
        return _arrived(answer)

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Edit the post. Its media stay: the server takes away what an edit does not name.

        What says these words already is left alone, so that a second try leaves no second line in its history.
        """
        check_carried(payload, "attachments", "corrects")
        content = payload.content
        path = f"/api/v1/statuses/{urllib.parse.quote(content['corrects']['remote_id'], safe='')}"
        answer = _call("GET", path, target, fine=frozenset({404}))
        if answer.status == 404:
            raise Refused("gone_there", for_good=True)
        standing = http.read(answer)
        if _squeezed(str(http.read(_call("GET", f"{path}/source", target))["text"])) == _squeezed(content["text"]):
            return _arrived(answer)
        status = [("status", content["text"]), *_language(content)]
        status += [("media_ids[]", str(media["id"])) for media in standing.get("media_attachments", [])]
        headers = {"Idempotency-Key": payload.key, "Content-Type": "application/x-www-form-urlencoded"}
        body = urllib.parse.urlencode(status).encode()
        return _arrived(_call("PUT", path, target, headers=headers, body=body, publishes=True, not_after=not_after))

    def upload(self, file: File, target: Target, *, not_after: float) -> str:
        """Hand a picture over; the server shows it to nobody until a post names it."""
        kind, body = http.as_form({"description": file.alt}, file=("file", file.kind, file.read()))
        headers = {"Content-Type": kind}
        answer = _call("POST", "/api/v2/media", target, headers=headers, body=body, not_after=not_after)
        try:
            media = str(answer.json()["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("file_refused", for_good=False) from error
        if answer.status == 202:
            self._wait_for(media, target, not_after)
        return media

    def _wait_for(self, media: str, target: Target, not_after: float) -> None:
        """Return once the server is done with a picture that it only took (202): a post that names it too early fails.

        https://docs.joinmastodon.org/methods/media/: 206 while it works, 200 when it is done, 422 where it failed.
        """
        path = f"/api/v1/media/{urllib.parse.quote(media, safe='')}"
        for _look in range(MOST_LOOKS):
            self.pause(1.0)
            if _call("GET", path, target, not_after=not_after).status == 200:
                return
        self.drop(media, target)
        raise Refused("file_slow", for_good=False)

    def drop(self, media: str, target: Target) -> None:
        """Servers from 4.4 on delete it at once (DELETE /api/v1/media/:id), older ones after a day."""
        _call("DELETE", f"/api/v1/media/{urllib.parse.quote(media, safe='')}", target, fine=frozenset({404, 405, 422}))

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Read our own timeline back, and compare each post's source, not its rendering, with the sealed text."""
        query = urllib.parse.urlencode({"limit": 40, "exclude_reblogs": "true"})
        try:
            account = urllib.parse.quote(_account_id(target), safe="")
            answer = _call("GET", f"/api/v1/accounts/{account}/statuses?{query}", target)
            for status in reversed(http.read(answer)):
                if status["id"] in known or _moment(status["created_at"]) < since - _CLOCKS_DIFFER:
                    continue
                if self._is_ours(status, payload, target):
                    return Arrived(remote_id=status["id"], url=status.get("url") or "")
        except (Refused, KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error
        return None

    def _is_ours(self, status: dict[str, Any], payload: SealedPayload, target: Target) -> bool:
        text = payload.words
        if payload.above and str(status.get("in_reply_to_id")) != payload.above[-1]:
            return False
        # The rendering decides cheaply which posts are worth a second question.
        if _squeezed(_plain(status["content"])) != _squeezed(text):
            return False
        source = http.read(_call("GET", f"/api/v1/statuses/{status['id']}/source", target))
        return _squeezed(str(source["text"])) == _squeezed(text)

    def delete(self, remote_id: str, target: Target) -> None:
        _call("DELETE", f"/api/v1/statuses/{urllib.parse.quote(remote_id, safe='')}", target, fine=frozenset({404}))

    def recent(self, target: Target) -> list[Seen]:
        """Return the newest posts and boosts: what the account boosts, it says."""
        query = urllib.parse.urlencode({"limit": 40})
        account = urllib.parse.quote(_account_id(target), safe="")
        statuses = http.read(_call("GET", f"/api/v1/accounts/{account}/statuses?{query}", target))
        # As rendered: one request for all. Whoever finds a difference looks again, at the source.
        return [_seen(status, _plain(str(status["content"]))) for status in statuses]

    def look(self, remote_id: str, target: Target) -> Seen | None:
        path = f"/api/v1/statuses/{urllib.parse.quote(remote_id, safe='')}"
        answer = _call("GET", path, target, fine=frozenset({404}))
        if answer.status == 404:
            return None
        source = http.read(_call("GET", f"{path}/source", target))
        return _seen(http.read(answer), str(source["text"]))

    def verify(self, target: Target) -> Account:
        """Ask who the token belongs to, and how long a post may be there."""
        me = http.read(_call("GET", "/api/v1/accounts/verify_credentials", target))
        try:
            return Account(
                account=f"{me['id']}@{urllib.parse.urlsplit(target.config['server']).netloc}",
                name=str(me.get("display_name") or me["username"]),
                url=str(me.get("url") or ""),
                **self._limits(target),
            )
        except (KeyError, TypeError) as error:
            raise Refused("not_mastodon", for_good=True) from error

    def prepared(self, target: Target, redirect: str) -> Mapping[str, str]:
        """Register this installation as an application of that server."""
        form = {"client_name": "Corpblog", "redirect_uris": redirect, "scopes": SCOPE}
        url = f"{_server(target)}/api/v1/apps"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = http.ask("POST", url, headers=headers, body=urllib.parse.urlencode(form).encode())
        try:
            return {name: str(answer.json()[name]) for name in ("client_id", "client_secret")}
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("not_mastodon", for_good=True) from error

    def sign_in_page(self, target: Target, errand: Errand) -> str:
        url = f"{_server(target)}/oauth/authorize"
        return oauth.page(url, errand, client_id=target.secrets["client_id"], scope=SCOPE)

    def redeemed(self, target: Target, *, redirect: str, code: str, verifier: str) -> Mapping[str, str]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "scope": SCOPE}
        form |= {"code_verifier": verifier}
        form |= {name: target.secrets[name] for name in ("client_id", "client_secret")}
        return oauth.token(f"{_server(target)}/oauth/token", form)

    def renewed(self, target: Target) -> Mapping[str, str]:
        """Mastodon's tokens last until somebody takes them back."""
        raise Refused("token", for_good=True)

    def _limits(self, target: Target) -> dict[str, Any]:
        """Return how long a post may be there, and what else the server says that it takes."""
        for path in ("/api/v2/instance", "/api/v1/instance"):
            try:
                told = http.read(_call("GET", path, target))["configuration"]
                statuses, media = dict(told["statuses"]), dict(told.get("media_attachments") or {})
                longest = max(1, int(statuses["max_characters"]))
            except (Refused, Unclear, KeyError, TypeError, ValueError):
                continue
            return {
                "longest": longest,
                "limits": {name: said for name, said in (statuses | media).items() if name in LIMITS},
            }
        return {"longest": LONGEST}


def _limit(config: Mapping[str, Any], name: str) -> int | None:
    """Return a limit that the server gave; None where it gave none that is a number above nothing."""
    said = config.get("limits", {}).get(name)
    return said if isinstance(said, int) and said > 0 else None


def _language(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [("language", content["language"])] if content["language"] else []


def _server(target: Target) -> str:
    return str(target.config["server"]).rstrip("/")


def _seen(status: dict[str, Any], text: str) -> Seen:
    try:
        figures = {ours: int(status[theirs]) for ours, theirs in _FIGURES.items() if status.get(theirs) is not None}
        made = _moment(status["created_at"])
        media, boosted = status.get("media_attachments"), status.get("reblog") or {}
        return Seen(
            str(status["id"]),
            str(status.get("url") or ""),
            text.strip(),
            made,
            figures,
            alts=None if media is None else tuple(str(each.get("description") or "") for each in media),
            warning=str(status.get("spoiler_text") or ""),
            boosts=str(boosted.get("url") or boosted.get("uri") or ""),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unclear("timeline") from error


def _account_id(target: Target) -> str:
    return target.account.partition("@")[0]


def _call(
    method: str, path: str, target: Target, *, headers: Mapping[str, str] | None = None, **more: Any
) -> egress.Answer:
    url = _server(target) + path
    sent = {"Authorization": f"Bearer {target.secrets['token']}", "Accept": "application/json"} | dict(headers or {})
    seconds = float(target.config.get("seconds", egress.TOTAL_SECONDS))
    return http.ask(method, url, headers=sent, seconds=seconds, **more)


def _arrived(answer: egress.Answer) -> Arrived:
    status = http.read(answer)
    try:
        return Arrived(remote_id=str(status["id"]), url=str(status.get("url") or ""))
    except (KeyError, TypeError, AttributeError) as error:
        raise Unclear("unreadable") from error


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
