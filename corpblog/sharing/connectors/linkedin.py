"""LinkedIn (Posts API), for an organisation's page or a member. A post has no key there; a page's posts are read back.

https://learn.microsoft.com/linkedin/marketing/community-management/shares/posts-api, …/images-api,
…/multiimage-post-api, …/comments-api and …/little-text-format. Reading a member's posts back is a permission
that hardly anybody gets.
"""

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

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

LONGEST: Final = 3000
LONGEST_COMMENT: Final = 1250
MOST_PICTURES: Final = 20
MOST_COUNTED: Final = 20
_FIGURES: Final = {
    "likes": "likeCount",
    "boosts": "shareCount",
    "replies": "commentCount",
    "views": "impressionCount",
}
LARGEST_PICTURE: Final = 8 * 1024 * 1024
_RESERVED: Final = re.compile(r"[|{}@\[\]()<>#\\*_~]")
_TAG: Final = re.compile(r"(?<!\S)#(\w+)")
_TEMPLATE: Final = re.compile(r"\{hashtag\|\\?#\|((?:[^\\}]|\\.)*)\}")
_ESCAPE: Final = re.compile(r"\\([|{}@\[\]()<>#\\*_~])")
_COMMENT: Final = re.compile(r"urn:li:comment:\((urn:li:\w+:\d+),(\d+)\)")
_CLOCKS_DIFFER: Final = timedelta(minutes=5)


class LinkedIn:
    kind = "linkedin"
    title: str | Promise = "LinkedIn"
    repeat = Repeat.READABLE
    # A partial update says which post it is for: made twice, it is made once.
    correction = Correction(in_place=True, repeat=Repeat.KEY)
    marks = NONE
    takes = Takes(most=MOST_PICTURES, largest=LARGEST_PICTURE)
    trial = Trial.TAKEN_BACK
    longest_comment = LONGEST_COMMENT
    patience = USUAL
    questions: tuple[Question, ...] = (
        Question(
            "client_id", _("Client ID"), help=_("Of your application in LinkedIn's developer portal"), own="company"
        ),
        Question("client_secret", _("Client secret"), is_secret=True, own="company"),
        Question(
            "organization",
            _("Number of the page"),
            is_needed=False,
            help=_("The digits in the address of the page's admin view; empty to post as the member who signs in"),
            own="nobody",
        ),
        Question(
            "version",
            _("Version of the API"),
            default="202605",
            help=_("LinkedIn ends each after about a year"),
            own="company",
        ),
    )

    def __init__(self, api: str = "https://api.linkedin.com", site: str = "https://www.linkedin.com") -> None:
        self._api, self._site = api, site

    def longest(self, config: Mapping[str, Any]) -> int | None:
        return LONGEST

    def length(self, text: str) -> int:
        return len(text)

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        check_carried(payload, "attachments", "thread")
        if payload.above:
            return self._commented(payload, target, not_after)
        post: dict[str, Any] = {
            "author": target.account,
            "commentary": little(payload.content["text"]),
            "visibility": "PUBLIC",
            "distribution": {
                "feedDistribution": "MAIN_FEED",
                "targetEntities": [],
                "thirdPartyDistributionChannels": [],
            },
            "lifecycleState": "PUBLISHED",
            "isReshareDisabledByAuthor": False,
        }
        images = [{"id": media, "altText": picture.alt} for picture, media in handed_over(payload, self.takes)]
        if images:
            post["content"] = {"media": images[0]} if len(images) == 1 else {"multiImage": {"images": images}}
        answer = self._call("POST", "/rest/posts", target, post, publishes=True, not_after=not_after)
        urn = answer.headers.get("x-restli-id") or answer.headers.get("x-linkedin-id") or ""
        if not urn.startswith("urn:li:"):
            raise Unclear("unreadable")
        return self._arrived(urn)

    def _commented(self, payload: SealedPayload, target: Target, not_after: float) -> Arrived:
        """Comment on our own post as who made it; the text of a comment is plain, no little format."""
        wish = {"actor": target.account, "object": payload.above[-1], "message": {"text": payload.words}}
        path = _comments_of(payload.above[-1])
        answer = self._call("POST", path, target, wish, publishes=True, not_after=not_after)
        number = answer.headers.get("x-restli-id") or ""
        if not number.isdigit():
            raise Unclear("unreadable")
        return self._arrived(f"urn:li:comment:({payload.above[-1]},{number})")

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Change the commentary, the one part of a post that LinkedIn lets be changed here; its pictures stay."""
        check_carried(payload, "attachments", "corrects")
        urn = payload.content["corrects"]["remote_id"]
        path = f"/rest/posts/{urllib.parse.quote(urn, safe='')}"
        patch = {"patch": {"$set": {"commentary": little(payload.content["text"])}}}
        headers = {"X-RestLi-Method": "PARTIAL_UPDATE"}
        answer = self._call(
            "POST", path, target, patch, headers=headers, publishes=True, not_after=not_after, fine=frozenset({404})
        )
        if answer.status == 404:
            raise Refused("gone_there", for_good=True)
        return self._arrived(urn)

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Read the page's newest posts back, and compare what they say with the sealed words."""
        try:
            there = self._comments(payload.above[-1], target) if payload.above else self.recent(target)
            for seen in reversed(there):
                if seen.remote_id in known or seen.posted_at < since - _CLOCKS_DIFFER:
                    continue
                if seen.text == payload.words:
                    return self._arrived(seen.remote_id)
        except Refused as error:
            raise Unclear("timeline") from error
        return None

    def recent(self, target: Target) -> list[Seen]:
        """Return a page's newest posts; a member's cannot be read."""
        if not target.account.startswith("urn:li:organization:"):
            raise Refused("watch_forbidden", for_good=True)
        query = urllib.parse.urlencode({"author": target.account, "q": "author", "count": 50, "sortBy": "CREATED"})
        told = http.read(self._call("GET", f"/rest/posts?{query}", target))
        try:
            return self._counted([self._seen(post) for post in told["elements"]], target)
        except (KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error

    def _comments(self, above: str, target: Target) -> list[Seen]:
        """Return our comments under a post of the page, the newest first; a member's cannot be read."""
        if not target.account.startswith("urn:li:organization:"):
            raise Refused("watch_forbidden", for_good=True)
        told = http.read(self._call("GET", _comments_of(above), target))
        try:
            mine = [said for said in told["elements"] if said["actor"] == target.account]
            seen = [self._comment(above, said) for said in mine]
        except (KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error
        return sorted(seen, key=lambda found: found.posted_at, reverse=True)

    def _comment(self, above: str, said: Mapping[str, Any]) -> Seen:
        made = datetime.fromtimestamp(int(said["created"]["time"]) / 1000, UTC)
        urn = f"urn:li:comment:({above},{said['id']})"
        return Seen(urn, self._arrived(urn).url, str(said["message"]["text"]), made)

    def look(self, remote_id: str, target: Target) -> Seen | None:
        if comment := _COMMENT.fullmatch(remote_id):
            return next((seen for seen in self._comments(comment[1], target) if seen.remote_id == remote_id), None)
        path = f"/rest/posts/{urllib.parse.quote(remote_id, safe='')}"
        answer = self._call("GET", path, target, fine=frozenset({404}))
        if answer.status == 404:
            return None
        try:
            return self._counted([self._seen(http.read(answer))], target)[0]
        except (KeyError, TypeError, ValueError) as error:
            raise Unclear("timeline") from error

    def _counted(self, posts: list[Seen], target: Target) -> list[Seen]:
        """Add what LinkedIn counts for pages, where the permission for it was given (rw_organization_admin).

        https://learn.microsoft.com/linkedin/marketing/community-management/organizations/share-statistics. Without the
        permission, and for members, nothing is added: what stands there is what matters.
        """
        if not posts or not target.account.startswith("urn:li:organization:"):
            return posts
        query = f"q=organizationalEntity&organizationalEntity={urllib.parse.quote(target.account, safe='')}"
        for name, kind in (("shares", "share"), ("ugcPosts", "ugcPost")):
            urns = [post.remote_id for post in posts if post.remote_id.startswith(f"urn:li:{kind}:")][:MOST_COUNTED]
            if urns:
                query += f"&{name}=List({','.join(urllib.parse.quote(urn, safe='') for urn in urns)})"
        try:
            told = http.read(self._call("GET", f"/rest/organizationalEntityShareStatistics?{query}", target))
            counts = {_named(each): each["totalShareStatistics"] for each in told["elements"]}
            return [replace(post, figures=_figures(counts.get(post.remote_id, {}))) for post in posts]
        except (Refused, Unclear, KeyError, TypeError, ValueError, AttributeError):
            return posts

    def _seen(self, post: Mapping[str, Any]) -> Seen:
        made = datetime.fromtimestamp(int(post["createdAt"]) / 1000, UTC)
        content, parent = post.get("content") or {}, (post.get("reshareContext") or {}).get("parent")
        images = [content["media"]] if "media" in content else (content.get("multiImage") or {}).get("images", [])
        return Seen(
            str(post["id"]),
            self._arrived(str(post["id"])).url,
            plain(str(post["commentary"])),
            made,
            alts=tuple(str(image.get("altText") or "") for image in images),
            boosts=self._arrived(str(parent)).url if parent else "",
        )

    def delete(self, remote_id: str, target: Target) -> None:
        """Take the post or the comment away; LinkedIn answers alike when it is gone already."""
        if comment := _COMMENT.fullmatch(remote_id):
            who = urllib.parse.urlencode({"actor": target.account})
            self._call("DELETE", f"{_comments_of(comment[1])}/{comment[2]}?{who}", target, fine=frozenset({404}))
            return
        path = f"/rest/posts/{urllib.parse.quote(remote_id, safe='')}"
        self._call("DELETE", path, target, headers={"X-RestLi-Method": "DELETE"}, fine=frozenset({404}))

    def verify(self, target: Target) -> Account:
        page = str(target.config.get("organization", ""))
        try:
            if page:
                told = http.read(self._call("GET", f"/rest/organizations/{urllib.parse.quote(page, safe='')}", target))
                where = f"https://www.linkedin.com/company/{page}/"
                return Account(f"urn:li:organization:{page}", str(told["localizedName"]), where, longest=LONGEST)
            me = http.read(self._call("GET", "/v2/userinfo", target))
            return Account(f"urn:li:person:{me['sub']}", str(me["name"]), "", longest=LONGEST)
        except (KeyError, TypeError, Unclear) as error:
            raise Refused("unreadable_account", for_good=True) from error

    def prepared(self, target: Target, redirect: str) -> Mapping[str, str]:
        return {}

    def sign_in_page(self, target: Target, errand: Errand) -> str:
        """LinkedIn's flow for applications with a secret knows no PKCE: state and secret carry it."""
        scope = "openid profile w_member_social"
        if target.config.get("organization"):
            scope = "w_organization_social r_organization_social rw_organization_admin"
        url = f"{self._site}/oauth/v2/authorization"
        return oauth.page(url, errand, client_id=target.config["client_id"], scope=scope, with_challenge=False)

    def redeemed(self, target: Target, *, redirect: str, code: str, verifier: str) -> Mapping[str, str]:
        return self._token(target, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect})

    def renewed(self, target: Target) -> Mapping[str, str]:
        return self._token(target, {"grant_type": "refresh_token", "refresh_token": target.secrets["refresh"]})

    def _token(self, target: Target, form: dict[str, str]) -> dict[str, str]:
        us = {"client_id": target.config["client_id"], "client_secret": target.secrets["client_secret"]}
        return oauth.token(f"{self._site}/oauth/v2/accessToken", form | us)

    def upload(self, file: File, target: Target, *, not_after: float) -> str:
        """Hand a picture over; nobody sees it until a post names it."""
        wish = {"initializeUploadRequest": {"owner": target.account}}
        answer = self._call("POST", "/rest/images?action=initializeUpload", target, wish, not_after=not_after)
        try:
            place = answer.json()["value"]
            url, image = str(place["uploadUrl"]), str(place["image"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("file_refused", for_good=False) from error
        headers = {"Authorization": f"Bearer {target.secrets['token']}", "Content-Type": file.kind}
        http.ask("PUT", url, headers=headers, body=file.read(), not_after=not_after)
        return image

    def drop(self, media: str, target: Target) -> None:
        """LinkedIn documents no call for it; nobody sees an image that no post names."""

    def _call(
        self,
        method: str,
        path: str,
        target: Target,
        data: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> egress.Answer:
        sent = {
            "Authorization": f"Bearer {target.secrets['token']}",
            "LinkedIn-Version": str(target.config.get("version", "")),
            "X-Restli-Protocol-Version": "2.0.0",
            **(headers or {}),
        }
        if data is not None:
            sent["Content-Type"] = "application/json"
        body = http.as_json(data) if data is not None else b""
        seconds = float(target.config.get("seconds", egress.TOTAL_SECONDS))
        return http.ask(method, self._api + path, headers=sent, body=body, seconds=seconds, **more)

    def _arrived(self, urn: str) -> Arrived:
        return Arrived(remote_id=urn, url=f"https://www.linkedin.com/feed/update/{urn}/")


def _named(statistics: Mapping[str, Any]) -> str:
    return str(statistics.get("share") or statistics.get("ugcPost"))


def _figures(counts: Mapping[str, Any]) -> dict[str, int]:
    return {ours: int(counts[theirs]) for ours, theirs in _FIGURES.items() if theirs in counts}


def _comments_of(urn: str) -> str:
    return f"/rest/socialActions/{urllib.parse.quote(urn, safe='')}/comments"


def little(text: str) -> str:
    """Return the text in LinkedIn's little format: reserved characters escaped, hashtags as its template for them."""
    parts, at = [], 0
    for tag in _TAG.finditer(text):
        parts += [_escaped(text[at : tag.start()]), f"{{hashtag|\\#|{_escaped(tag[1])}}}"]
        at = tag.end()
    return "".join([*parts, _escaped(text[at:])])


def plain(commentary: str) -> str:
    """Return what a commentary in the little format says."""
    return _ESCAPE.sub(r"\1", _TEMPLATE.sub(r"\\#\1", commentary))


def _escaped(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text)
