"""X as docs.x.com describes it: posts, the author's timeline, media, and tokens that are over after two hours."""

import base64
import hashlib
import html
import re
from datetime import timedelta
from itertools import count

from corpblog.kernel import clock
from tests.servers.recorder import Reply

CLIENT, SECRET = "client-1", "client-secret-1"
COUNTS = ("retweet_count", "reply_count", "like_count", "quote_count", "impression_count")
LINK = re.compile(r"https?://\S+|\bacme\.example\b")


class FakeX:
    def __init__(self):
        self.posts, self.media, self.alts = {}, {}, {}
        self.tokens, self.refreshes, self.codes = {}, {}, {}
        self.numbers = count(1000)
        self.user = {"id": "2244994945", "name": "Acme", "username": "acme"}

    # What the person does on X's own page ---------------------------------------------------------------------------

    def say_yes(self, query):
        """The admin signs in on the page of this query and says yes; the code that X sends back."""
        assert query["client_id"] == [CLIENT]
        assert query["code_challenge_method"] == ["S256"]
        code = f"code-{next(self.numbers)}"
        self.codes[code] = (query["code_challenge"][0], query["redirect_uri"][0])
        return code

    # The API --------------------------------------------------------------------------------------------------------

    def __call__(self, request):
        if request.route == "/2/oauth2/token":
            return self.token(request)
        who = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(who, clock.now()) <= clock.now():
            return Reply(401, {"title": "Unauthorized", "detail": "Unauthorized", "status": 401})
        return self.signed_in(request)

    def signed_in(self, request):
        match request.method, request.route.split("/")[2:]:
            case "GET", ["users", "me"]:
                return Reply(200, {"data": self.user})
            case "POST", ["tweets"]:
                return self.create(request.json())
            case "DELETE", ["tweets", number]:
                return Reply(200, {"data": {"deleted": self.posts.pop(number, None) is not None}})
            case "GET", ["users", number, "tweets"] if number == self.user["id"]:
                start = request.query.get("start_time", [""])[0].replace("Z", "+00:00")
                shown = [post for post in reversed(self.posts.values()) if post["created_at"] >= start]
                told = {"data": shown, "meta": {}} | self.included(request, shown)
                return Reply(200, told if shown else {"meta": {"result_count": 0}})
            case "GET", ["tweets", number]:
                gone = {"title": "Not Found Error", "type": "https://api.twitter.com/2/problems/resource-not-found"}
                post = self.posts.get(number)
                told = {"data": post} | self.included(request, [post]) if post else {}
                return Reply(200, told or {"errors": [gone | {"resource_id": number}]})
            case "POST", ["media", "upload"]:
                number = str(next(self.numbers))
                self.media[number] = base64.b64decode(request.json()["media"])
                return Reply(200, {"data": {"id": number}})
            case "POST", ["media", "metadata"]:
                told = request.json()
                self.alts[told["id"]] = told["metadata"]["alt_text"]["text"]
                return Reply(200, {"data": {}})
        return Reply(404, {"title": "Not Found"})

    def included(self, request, posts):
        """The pictures of these posts, where the request asks for them."""
        if request.query.get("expansions") != ["attachments.media_keys"]:
            return {}
        wanted = request.query.get("media.fields", [""])[0].split(",")
        media = [
            {"media_key": key, "type": "photo"}
            | ({"alt_text": self.alts[key[2:]]} if "alt_text" in wanted and key[2:] in self.alts else {})
            for post in posts
            for key in post["attachments"]["media_keys"]
        ]
        return {"includes": {"media": media}} if media else {}

    def create(self, wish):
        if any(post["wrote"] == wish["text"] for post in self.posts.values()):
            detail = "You are not allowed to create a Tweet with duplicate content."
            return Reply(403, {"title": "Forbidden", "detail": detail, "status": 403})
        above = wish.get("reply", {}).get("in_reply_to_tweet_id")
        if above is not None and above not in self.posts:
            detail = "You attempted to reply to a Tweet that is deleted or not visible to you."
            return Reply(403, {"title": "Forbidden", "detail": detail, "status": 403})
        number = str(next(self.numbers))
        text, links = html.escape(wish["text"], quote=False), []
        for place, found in enumerate(LINK.findall(wish["text"])):
            short = f"https://t.co/{number}{place}"
            text = text.replace(html.escape(found, quote=False), short)
            links.append({"url": short, "expanded_url": found if "://" in found else f"http://{found}"})
        self.posts[number] = {
            "id": number, "text": text, "wrote": wish["text"], "entities": {"urls": links},
            "created_at": clock.now().isoformat(timespec="seconds"),
            "public_metrics": dict.fromkeys(COUNTS, 0),
            "media": wish.get("media", {}).get("media_ids", []),
            "attachments": {"media_keys": [f"3_{media}" for media in wish.get("media", {}).get("media_ids", [])]},
            **({"referenced_tweets": [{"type": "replied_to", "id": above}]} if above else {}),
        }  # fmt: skip
        return Reply(201, {"data": {"id": number, "text": text}})

    def token(self, request):
        form = request.form()
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {wanted}":
            return Reply(
                401, {"error": "unauthorized_client", "error_description": "Missing valid authorization header"}
            )
        if form["grant_type"] == "authorization_code":
            challenge, redirect = self.codes.pop(form["code"], ("", ""))
            made = (
                base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
            )
            if made != challenge or form["redirect_uri"] != redirect:
                return Reply(400, {"error": "invalid_request"})
        elif not self.refreshes.pop(form["refresh_token"], False):
            return Reply(
                400, {"error": "invalid_request", "error_description": "Value passed for the token was invalid."}
            )
        number = next(self.numbers)
        token, refresh = f"token-{number}", f"refresh-{number}"
        # A new token ends the old one.
        self.tokens = {token: clock.now() + timedelta(hours=2)}
        self.refreshes[refresh] = True
        told = {"token_type": "bearer", "expires_in": 7200, "access_token": token, "refresh_token": refresh}
        return Reply(200, told | {"scope": "tweet.read tweet.write users.read media.write offline.access"})
