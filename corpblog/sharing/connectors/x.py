"""X (API v2). A post has no key there: our own recent posts are read back where the plan of the account lets us.

https://docs.x.com/x-api/posts/create-post, …/get-posts (timeline), …/media/upload-media, …/oauth-2-0/user-access-token,
and the length rules of https://docs.x.com/fundamentals/counting-characters (configuration v3 of twitter-text).
"""

import base64
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import grapheme
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from linkify_it import LinkifyIt

from corpblog.kernel import egress
from corpblog.sharing.connectors import http, oauth
from corpblog.sharing.connectors.attachments import File, handed_over
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
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

LONGEST: Final = 280
MOST_PICTURES: Final = 4
_SHOWN: Final = {
    "tweet.fields": "attachments,created_at,entities,note_tweet,public_metrics,referenced_tweets",
    "expansions": "attachments.media_keys",
    "media.fields": "alt_text",
}
_FIGURES: Final = {
    "likes": "like_count",
    "boosts": "retweet_count",
    "replies": "reply_count",
    "quotes": "quote_count",
    "views": "impression_count",
}
_SCHEME: Final = re.compile(r"\bhttps?://")
LARGEST_PICTURE: Final = 5 * 1024 * 1024
# https://docs.x.com/x-api/media/create-media-metadata
LONGEST_ALT: Final = 1000
SCOPE: Final = "tweet.read tweet.write users.read media.write offline.access"
_LINK_COUNTS: Final = 23
# Code points that count one; all others count two.
_LIGHT: Final = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
# What joins code points into one emoji: variation and keycap signs, joiners, skin tones, flags, tags.
_JOINS: Final = re.compile("[\ufe0f\u20e3\u200d\U0001f3fb-\U0001f3ff\U0001f1e6-\U0001f1ff\U000e0020-\U000e007f]")
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
_links: Final = LinkifyIt(options={"fuzzy_email": False})


class X:
    kind = "x"
    title: str | Promise = "X"
    repeat = Repeat.READABLE
    threads: Literal[True] = True
    marks = NONE
    takes = Takes(most=MOST_PICTURES, largest=LARGEST_PICTURE, longest_alt=LONGEST_ALT)
    trial = Trial.TAKEN_BACK
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question("client_id", _("Client ID"), help=_("Of your application in X's developer portal"), own="company"),
        Question("client_secret", _("Client secret"), is_secret=True, own="company"),
    )

    def __init__(self, api: str = "https://api.x.com", site: str = "https://x.com") -> None:
        self._api, self._site = api, site

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return int(config.get("longest") or LONGEST)

    def length(self, text: str) -> int:
        """Links count 23; emoji and everything far from Latin two; the rest one."""
        return sum(_LINK_COUNTS if is_link else _weight(part) for part, is_link in _parts(text))

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        check_carried(payload, "attachments", "thread")
        post: dict[str, Any] = {"text": payload.words}
        if payload.above:
            post["reply"] = {"in_reply_to_tweet_id": payload.above[-1]}
        if shown := handed_over(payload, self.takes):
            post["media"] = {"media_ids": [media for _picture, media in shown]}
        answer = self._call(
            "POST", "/2/tweets", target, post, publishes=True, not_after=not_after, fine=frozenset({403})
        )
        if answer.status == 403:
            if "duplicate" in http.told(answer).lower():
                # Perhaps ours, perhaps one that somebody posted by hand: only looking tells.
                raise Unclear("perhaps_there", told=http.told(answer))
            raise Refused("refused", for_good=True, told=http.told(answer))
        try:
            return self._arrived(str(http.read(answer)["data"]["id"]))
        except (KeyError, TypeError) as error:
            raise Unclear("unreadable") from error

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Read back our own newest posts, with X's short links written out again, and compare word for word.

        A later part of a thread is ours only under the part before it.
        """
        above = payload.above[-1] if payload.above else None
        query = {
            "max_results": "100",
            "exclude": "retweets",
            "tweet.fields": "created_at,entities,note_tweet,referenced_tweets",
            "start_time": (since - _CLOCKS_DIFFER).isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        user = urllib.parse.quote(target.account.partition("@")[0], safe="")
        try:
            answer = self._call("GET", f"/2/users/{user}/tweets?{urllib.parse.urlencode(query)}", target)
            for post in reversed(http.read(answer).get("data", [])):
                is_same = _bare(_words(post)) == _bare(payload.words) and _referred(post, "replied_to") == above
                if post["id"] not in known and is_same:
                    return self._arrived(str(post["id"]))
        except (Refused, KeyError, TypeError, AttributeError) as error:
            raise Unclear("timeline") from error
        return None

    def recent(self, target: Target) -> list[Seen]:
        """Return the newest posts and reposts; an account whose plan may not read is refused, and told of as such."""
        query = urllib.parse.urlencode({"max_results": "40"} | _SHOWN)
        user = urllib.parse.quote(target.account.partition("@")[0], safe="")
        told = http.read(self._call("GET", f"/2/users/{user}/tweets?{query}", target))
        try:
            return [self._seen(post, told) for post in told.get("data", [])]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unclear("timeline") from error

    def look(self, remote_id: str, target: Target) -> Seen | None:
        path = f"/2/tweets/{urllib.parse.quote(remote_id, safe='')}?{urllib.parse.urlencode(_SHOWN)}"
        told = http.read(self._call("GET", path, target))
        try:
            if "data" in told:
                return self._seen(told["data"], told)
            # What is gone is told with status 200 and a list of problems.
            if any(str(problem["type"]).endswith("/resource-not-found") for problem in told["errors"]):
                return None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unclear("timeline") from error
        raise Unclear("timeline")

    def _seen(self, post: Mapping[str, Any], told: Mapping[str, Any]) -> Seen:
        counts = post.get("public_metrics") or {}
        figures = {ours: int(counts[theirs]) for ours, theirs in _FIGURES.items() if theirs in counts}
        made = datetime.fromisoformat(post["created_at"])
        boosted = _referred(post, "retweeted")
        return Seen(
            str(post["id"]),
            self._arrived(str(post["id"])).url,
            _words(post),
            made,
            figures,
            alts=_alts(post, told),
            boosts=self._arrived(boosted).url if boosted else "",
        )

    def delete(self, remote_id: str, target: Target) -> None:
        path = f"/2/tweets/{urllib.parse.quote(remote_id, safe='')}"
        self._call("DELETE", path, target, fine=frozenset({404}))

    def verify(self, target: Target) -> Account:
        try:
            me = http.read(self._call("GET", "/2/users/me", target))["data"]
            name = f"{me['id']}@x.com"
            return Account(name, str(me["name"]), f"https://x.com/{me['username']}", longest=LONGEST)
        except (KeyError, TypeError, Unclear) as error:
            raise Refused("unreadable_account", for_good=True) from error

    def prepared(self, target: Target, redirect: str) -> Mapping[str, str]:
        return {}

    def sign_in_page(self, target: Target, errand: Errand) -> str:
        return oauth.page(f"{self._site}/i/oauth2/authorize", errand, client_id=target.config["client_id"], scope=SCOPE)

    def redeemed(self, target: Target, *, redirect: str, code: str, verifier: str) -> Mapping[str, str]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}
        return self._token(target, form)

    def renewed(self, target: Target) -> Mapping[str, str]:
        """X gives out a new renewal with every token, and the old one is over at once."""
        return self._token(target, {"grant_type": "refresh_token", "refresh_token": target.secrets["refresh"]})

    def _token(self, target: Target, form: dict[str, str]) -> dict[str, str]:
        who = (target.config["client_id"], target.secrets["client_secret"])
        return oauth.token(f"{self._api}/2/oauth2/token", form | {"client_id": who[0]}, basic=who)

    def upload(self, file: File, target: Target, *, not_after: float) -> str:
        """Hand a picture over, with its alt text; nobody sees it until a post names it."""
        upload = {
            "media": base64.b64encode(file.read()).decode(),
            "media_category": "tweet_image",
            "media_type": file.kind,
        }
        try:
            media = str(self._call("POST", "/2/media/upload", target, upload, not_after=not_after).json()["data"]["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("file_refused", for_good=False) from error
        if file.alt:
            told = {"id": media, "metadata": {"alt_text": {"text": file.alt}}}
            self._call("POST", "/2/media/metadata", target, told, not_after=not_after)
        return media

    def drop(self, media: str, target: Target) -> None:
        """X has no call for it, and forgets after a day what no post names (`expires_after_secs`)."""

    def _call(
        self, method: str, path: str, target: Target, data: Mapping[str, Any] | None = None, **more: Any
    ) -> egress.Answer:
        headers = {"Authorization": f"Bearer {target.secrets['token']}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        body = http.as_json(data) if data is not None else b""
        seconds = float(target.config.get("seconds", egress.TOTAL_SECONDS))
        return http.ask(method, self._api + path, headers=headers, body=body, seconds=seconds, **more)

    def _arrived(self, post_id: str) -> Arrived:
        return Arrived(remote_id=post_id, url=f"https://x.com/i/web/status/{post_id}")


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Split into what is a link, also without https, and what is not."""
    at = 0
    for link in _links.match(text) or []:
        yield text[at : link.index], False
        yield text[link.index : link.last_index], True
        at = link.last_index
    yield text[at:], False


def _weight(text: str) -> int:
    clusters = grapheme.graphemes(unicodedata.normalize("NFC", text))
    return sum(2 if _JOINS.search(cluster) else sum(map(_heavy, cluster)) for cluster in clusters)


def _heavy(letter: str) -> int:
    return 1 if any(first <= ord(letter) <= last for first, last in _LIGHT) else 2


def _referred(post: Mapping[str, Any], how: str) -> str | None:
    """Return the id of the post that this one answers (`replied_to`) or boosts (`retweeted`); None for none."""
    named = post.get("referenced_tweets") or []
    return next((str(other["id"]) for other in named if other["type"] == how), None)


def _alts(post: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the descriptions of a post's pictures; None where the answer leaves them out."""
    keys = (post.get("attachments") or {}).get("media_keys", [])
    known = {str(media["media_key"]): str(media.get("alt_text") or "") for media in _media(told)}
    return tuple(known[key] for key in keys) if known.keys() >= set(keys) else None


def _media(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return list((told.get("includes") or {}).get("media", []))


def _words(post: Mapping[str, Any]) -> str:
    """Return what the author wrote: X shortens links and escapes three characters."""
    whole = post.get("note_tweet") or post
    text = str(whole["text"])
    for link in (whole.get("entities") or {}).get("urls", []):
        is_media = "media_key" in link
        text = text.replace(str(link["url"]), "" if is_media else str(link["expanded_url"]))
    return _squeezed(html.unescape(text))


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _bare(text: str) -> str:
    """Without schemes: X writes one before a link that has none, and does not say that it did."""
    return _SCHEME.sub("", _squeezed(text))
