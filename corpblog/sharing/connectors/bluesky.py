"""Bluesky: records in the account's own repository, under keys of ours, so that a repetition makes no second one.

The calls are the AT protocol's lexicons `com.atproto.repo.*`, made by `bluesky_wire`; ADR 16 says why keys of ours.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import grapheme
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from corpblog.kernel import clock, ids
from corpblog.sharing.connectors import bluesky_wire as wire
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.attachments import File, handed_over
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
    Correction,
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
from corpblog.sharing.connectors.bluesky_facets import facets
from corpblog.sharing.marks import LINKS
from corpblog.sharing.seals import SealedPayload

# lexicon app.bsky.feed.post: 300 graphemes and 3,000 bytes; app.bsky.embed.images: four pictures of 2 MB.
LONGEST: Final = 300
_BYTES_A_GRAPHEME: Final = 10
MOST_PICTURES: Final = 4
LARGEST_PICTURE: Final = 2_000_000
POSTS: Final = "app.bsky.feed.post"
REPOSTS: Final = "app.bsky.feed.repost"
_RAW_SHA256: Final = b"\x01\x55\x12\x20"
_CLOCKS_DIFFER: Final = timedelta(minutes=5)
# https://docs.bsky.app/docs/api/app-bsky-feed-get-posts: 25 at a time.
MOST_COUNTED: Final = 25
_FIGURES: Final = {"likes": "likeCount", "boosts": "repostCount", "replies": "replyCount", "quotes": "quoteCount"}
# What an edit leaves as it is; everything else of a record is words.
_KEPT_BY_AN_EDIT: Final = frozenset({"createdAt", "embed", "reply"})
_SORTABLE: Final = "234567abcdefghijklmnopqrstuvwxyz"


class Bluesky:
    kind = "bluesky"
    title: str | Promise = "Bluesky"
    repeat = Repeat.KEY
    threads: Literal[True] = True
    correction = Correction(in_place=True, repeat=Repeat.KEY)
    marks = LINKS
    takes = Takes(most=MOST_PICTURES, largest=LARGEST_PICTURE)
    trial = Trial.TAKEN_BACK
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question("server", _("Address of the server"), shape="url", default="https://bsky.social"),
        Question("handle", _("Handle"), help=_("For example acme.bsky.social")),
        Question(
            "password",
            _("App password"),
            help=_("Made in Bluesky under Settings, App passwords. Never the account's own password."),
            is_secret=True,
        ),
    )

    def __init__(self) -> None:
        self._sessions = wire.Sessions()

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return LONGEST

    def length(self, text: str) -> int:
        """Bluesky counts what people see as one character as one, and allows ten bytes for each on the average.

        Where the bytes take up more of their 3,000 than the characters of their 300, the bytes say how long it is.
        """
        return max(int(grapheme.length(text)), -(-len(text.encode()) // _BYTES_A_GRAPHEME))

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Put one record under the job's key, and only if there is none: what was put before stays as it is."""
        wish = {
            "repo": target.account,
            "collection": POSTS,
            "rkey": record_key(payload),
            "swapRecord": None,
            "record": self._record(payload, target),
        }
        answer = self._sessions.ask(
            target, "POST", "com.atproto.repo.putRecord", body=http.as_json(wish), publishes=True, not_after=not_after
        )
        if answer.status == 400:
            if wire.error(answer) != "InvalidSwap":
                raise Refused("refused", for_good=True, told=http.told(answer))
            # Something lies there already, and only an earlier try of this job can have put it.
            return _arrived(f"at://{target.account}/{POSTS}/{wish['rkey']}")
        try:
            return _arrived(str(http.read(answer)["uri"]))
        except (KeyError, TypeError) as error:
            raise Unclear("unreadable") from error

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Look under our key; then among what is newest, for after a restore the job may have another key."""
        try:
            found = self._under_our_key(payload, target)
            return found or self._among_newest(payload, target, since, known)
        except (Refused, KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Put the words into the record that is there; its pictures, its time and what it answers stay.

        Only over the very record that was read (`swapRecord`): what somebody changes meanwhile is not overwritten.
        """
        check_carried(payload, "attachments", "marks", "corrects")
        uri, key = payload.content["corrects"]["remote_id"], _key_of(payload.content["corrects"]["remote_id"])
        standing = self._record_under(key, target)
        if standing is None:
            raise Refused("gone_there", for_good=True)
        if standing["value"]["text"] == payload.content["text"]:
            return _arrived(uri)
        kept = {name: part for name, part in standing["value"].items() if name in _KEPT_BY_AN_EDIT}
        wish = {"repo": target.account, "collection": POSTS, "rkey": key, "swapRecord": standing["cid"]}
        wish["record"] = kept | self._words(payload, target)
        answer = self._sessions.ask(
            target, "POST", "com.atproto.repo.putRecord", body=http.as_json(wish), publishes=True, not_after=not_after
        )
        if answer.status == 400:
            is_meanwhile = wire.error(answer) == "InvalidSwap"
            raise Refused(
                "changed_there" if is_meanwhile else "refused", for_good=not is_meanwhile, told=http.told(answer)
            )
        http.read(answer)
        return _arrived(uri)

    def delete(self, remote_id: str, target: Target) -> None:
        """Take the record away; a server answers alike when it is gone already."""
        wish = {"repo": target.account, "collection": POSTS, "rkey": _key_of(remote_id)}
        answer = self._sessions.ask(target, "POST", "com.atproto.repo.deleteRecord", body=http.as_json(wish))
        if answer.status == 400:
            raise Refused("refused", for_good=True, told=http.told(answer))

    def recent(self, target: Target) -> list[Seen]:
        """Return the newest posts and reposts."""
        try:
            posts = [_seen(record) for record in self._newest(POSTS, target)]
            reposts = [_boost(record) for record in self._newest(REPOSTS, target)]
            return self._counted(posts, target) + reposts
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unclear("timeline") from error

    def _newest(self, collection: str, target: Target) -> list[dict[str, Any]]:
        where = {"repo": target.account, "collection": collection, "limit": "40"}
        return list(http.read(wire.call(target, "GET", "com.atproto.repo.listRecords", query=where))["records"])

    def look(self, remote_id: str, target: Target) -> Seen | None:
        record = self._record_under(_key_of(remote_id), target)
        try:
            return self._counted([_seen(record)], target)[0] if record is not None else None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unclear("timeline") from error

    def _counted(self, posts: list[Seen], target: Target) -> list[Seen]:
        """Add likes, reposts, replies and quotes, which the network's index counts and the account's server hands on.

        A server without an index answers otherwise, and then nothing is added: what stands there is what matters.
        """
        uris = [("uris", post.remote_id) for post in posts[:MOST_COUNTED]]
        if not uris:
            return posts
        try:
            answer = self._sessions.ask(target, "GET", "app.bsky.feed.getPosts", query=uris)
            counts = {str(post["uri"]): post for post in answer.json()["posts"]}
            return [replace(post, figures=_figures(counts.get(post.remote_id, {}))) for post in posts]
        except (Refused, Unclear, KeyError, TypeError, ValueError):
            return posts

    def verify(self, target: Target) -> Account:
        """Sign in, and ask under which name and for which identity (DID) we speak."""
        session = self._sessions.renewed(target)
        where = {"repo": session["did"], "collection": "app.bsky.actor.profile", "rkey": "self"}
        answer = wire.call(target, "GET", "com.atproto.repo.getRecord", query=where)
        profile = http.read(answer).get("value", {}) if answer.status == 200 else {}
        return Account(
            account=session["did"],
            name=str(profile.get("displayName") or session["handle"]),
            url=f"https://bsky.app/profile/{session['did']}",
            longest=LONGEST,
        )

    def _record(self, payload: SealedPayload, target: Target) -> dict[str, Any]:
        check_carried(payload, "attachments", "marks", "thread")
        record = self._words(payload, target) | {"createdAt": _instant(clock.now())}
        if payload.above:
            first, last = payload.above[0], payload.above[-1]
            record["reply"] = {"root": self._reference(first, target), "parent": self._reference(last, target)}
        images = [_image(picture, blob) for picture, blob in handed_over(payload, self.takes)]
        if images:
            record["embed"] = {"$type": "app.bsky.embed.images", "images": images}
        return record

    def _reference(self, uri: str, target: Target) -> dict[str, str]:
        """Name a record of ours as answers do, by its address and the digest of what stands there."""
        record = self._record_under(_key_of(uri), target)
        if record is None:
            raise Refused("gone_there", for_good=True)
        return {"uri": uri, "cid": str(record["cid"])}

    def _words(self, payload: SealedPayload, target: Target) -> dict[str, Any]:
        """What of a record is words: text, language, and which of its bytes are more than text."""
        content = payload.content
        words: dict[str, Any] = {"$type": POSTS, "text": payload.words}
        if content["language"]:
            words["langs"] = [content["language"]]
        found = list(facets(payload.said, lambda handle: _identity(handle, target)))
        return words | ({"facets": found} if found else {})

    def upload(self, file: File, target: Target, *, not_after: float) -> dict[str, Any]:
        """Hand a picture over; return the blob as records name it."""
        call, sent = "com.atproto.repo.uploadBlob", {"Content-Type": file.kind}
        answer = self._sessions.ask(target, "POST", call, headers=sent, body=file.read(), not_after=not_after)
        try:
            return dict(http.read(answer)["blob"])
        except (KeyError, TypeError, ValueError, Unclear) as error:
            raise Refused("file_refused", for_good=False, told=http.told(answer)) from error

    def drop(self, media: dict[str, Any], target: Target) -> None:
        """Servers throw away by themselves what no record names; the protocol has no call for it."""

    def _under_our_key(self, payload: SealedPayload, target: Target) -> Arrived | None:
        record = self._record_under(record_key(payload), target)
        return _arrived(str(record["uri"])) if record is not None else None

    def _record_under(self, key: str, target: Target) -> dict[str, Any] | None:
        """Return the record under a key with its uri and cid, None where there is none; raise Unclear, Refused."""
        where = {"repo": target.account, "collection": POSTS, "rkey": key}
        answer = wire.call(target, "GET", "com.atproto.repo.getRecord", query=where)
        if answer.status == 400:
            if wire.error(answer) == "RecordNotFound":
                return None
            raise Unclear("timeline", told=http.told(answer))
        record: dict[str, Any] = http.read(answer)
        return record

    def _among_newest(
        self, payload: SealedPayload, target: Target, since: datetime, known: frozenset[str]
    ) -> Arrived | None:
        where = {"repo": target.account, "collection": POSTS, "limit": "100"}
        answer = wire.call(target, "GET", "com.atproto.repo.listRecords", query=where)
        for record in reversed(http.read(answer)["records"]):
            made = datetime.fromisoformat(record["value"]["createdAt"])
            if record["uri"] in known or made < since - _CLOCKS_DIFFER:
                continue
            if record["value"]["text"] == payload.words:
                return _arrived(record["uri"])
        return None


def _image(picture: File, blob: Mapping[str, Any]) -> dict[str, Any]:
    image: dict[str, Any] = {"alt": picture.alt, "image": blob}
    if picture.width and picture.height:
        image["aspectRatio"] = {"width": picture.width, "height": picture.height}
    return image


def record_key(payload: SealedPayload) -> str:
    """Return the job's record key: a TID of its instant and its idempotency key, the same for every try.

    A TID is 53 bits of microseconds and 10 of a clock's number, in a base32 whose letters sort as their values do
    (https://atproto.com/specs/tid). The job's id begins with its milliseconds; the key fills what is below them.
    """
    drawn = int(payload.key[:12], 16)
    microseconds = ids.milliseconds_of(payload.job_id) * 1000 + drawn % 1000
    number = microseconds << 10 | drawn >> 38
    return "".join(_SORTABLE[number >> 5 * place & 31] for place in reversed(range(13)))


def _identity(handle: str, target: Target) -> str | None:
    try:
        answer = wire.call(target, "GET", "com.atproto.identity.resolveHandle", query={"handle": handle.lower()})
        return str(answer.json()["did"]) if answer.status == 200 else None
    except (Refused, ValueError, KeyError, TypeError):
        # A name that nobody can find now is no reason to keep the post back: it stays text, as on Bluesky itself.
        return None


def _seen(record: dict[str, Any]) -> Seen:
    value = record["value"]
    made = datetime.fromisoformat(value["createdAt"])
    images = (value.get("embed") or {}).get("images", [])
    labels = (value.get("labels") or {}).get("values", [])
    return Seen(
        str(record["uri"]),
        _arrived(str(record["uri"])).url,
        str(value["text"]),
        made,
        alts=tuple(str(image["alt"]) for image in images),
        digests=tuple(_digest_of(str(image["image"]["ref"]["$link"])) for image in images),
        warning=", ".join(str(label["val"]) for label in labels),
    )


def _boost(record: dict[str, Any]) -> Seen:
    value, uri = record["value"], str(record["uri"])
    boosted = _arrived(str(value["subject"]["uri"])).url
    return Seen(uri, boosted, "", datetime.fromisoformat(value["createdAt"]), boosts=boosted)


def _digest_of(cid: str) -> str:
    """Return the SHA-256 that the name of a blob is made of.

    A CID of raw bytes: base32 of version 1, codec 0x55, hash 0x12 of 32 bytes (https://atproto.com/specs/blob).
    """
    data = base64.b32decode(cid[1:].upper() + "=" * (-len(cid[1:]) % 8))
    return data[4:].hex() if cid[0] == "b" and data[:4] == _RAW_SHA256 else ""


def _figures(counts: Mapping[str, Any]) -> dict[str, int]:
    return {ours: int(counts[theirs]) for ours, theirs in _FIGURES.items() if theirs in counts}


def _arrived(uri: str) -> Arrived:
    repo, _collection, key = uri.removeprefix("at://").split("/")
    return Arrived(remote_id=uri, url=f"https://bsky.app/profile/{repo}/post/{key}")


def _key_of(uri: str) -> str:
    return uri.rpartition("/")[2]


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
