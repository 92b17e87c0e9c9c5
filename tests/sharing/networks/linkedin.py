"""LinkedIn as learn.microsoft.com describes it: posts of a page or a member, images, tokens of sixty days."""

import re
from itertools import count
from urllib.parse import unquote

from corpblog.kernel import clock
from tests.servers.recorder import Reply

CLIENT, SECRET = "client-2", "client-secret-2"
# The little format's grammar: a reserved character stands alone only in an element or a template.
LITTLE = re.compile(r"(?:[^|{}@\[\]()<>#\\*_~]|\\[|{}@\[\]()<>#\\*_~]|\{hashtag\|\\?#\|(?:[^|{}\\]|\\.)+\})*")


class FakeLinkedIn:
    def __init__(self):
        self.posts, self.images, self.codes, self.tokens = {}, {}, {}, set()
        self.numbers, self.statistics, self.counts = count(7000), {}, True
        # Only applications that LinkedIn approved get refresh tokens, which last a year (programmatic refresh tokens).
        self.gives_refresh_tokens, self.refreshes = False, []
        self.comments = {}
        self.base = ""

    def say_yes(self, query):
        assert query["client_id"] == [CLIENT]
        code = f"code-{next(self.numbers)}"
        self.codes[code] = query["redirect_uri"][0]
        return code

    def __call__(self, request):
        if request.route == "/oauth/v2/accessToken":
            return self.token(request.form())
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Reply(401, {"status": 401, "code": "INVALID_ACCESS_TOKEN", "message": "Invalid access token"})
        if request.method == "PUT":
            self.images[request.route.rpartition("/")[2]] = request.body
            return Reply(201)
        if request.route == "/v2/userinfo":
            return Reply(200, {"sub": "abc123", "name": "Chloé Dubois"})
        if not re.fullmatch(r"20\d{4}", request.headers.get("LinkedIn-Version", "")):
            return Reply(
                426, {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version is not active"}
            )
        if request.headers.get("X-Restli-Protocol-Version") != "2.0.0":
            return Reply(400, {"message": "protocol version"})
        return self.versioned(request)

    def versioned(self, request):
        match request.method, request.route.split("/")[2:]:
            case "GET", ["organizations", number]:
                return Reply(200, {"id": int(number), "localizedName": "Acme"})
            case "POST", ["posts"]:
                return self.create(request.json())
            case "GET", ["posts"]:
                author = request.query["author"][0]
                if not author.startswith("urn:li:organization:"):
                    return Reply(403, {"status": 403, "message": "Not enough permissions to access: GET /posts"})
                mine = [post for post in reversed(self.posts.values()) if post["author"] == author]
                return Reply(200, {"elements": mine, "paging": {}})
            case "GET", ["posts", urn]:
                post = self.posts.get(unquote(urn))
                return Reply(200, post) if post else Reply(404, {"status": 404, "message": "Could not find entity"})
            case "POST", ["posts", urn]:
                if request.headers.get("X-RestLi-Method") != "PARTIAL_UPDATE" or unquote(urn) not in self.posts:
                    return Reply(404, {"message": "No such thing"})
                self.posts[unquote(urn)] |= request.json()["patch"]["$set"]
                return Reply(204)
            case "DELETE", ["posts", urn]:
                self.posts.pop(unquote(urn), None)
                return Reply(204)
            case "GET", ["organizationalEntityShareStatistics"]:
                wanted = [unquote(urn) for urn in re.findall(r"urn%3Ali%3Ashare%3A\d+", request.path)]
                counted = [
                    {"share": urn, "totalShareStatistics": self.statistics[urn]}
                    for urn in wanted
                    if urn in self.statistics
                ]
                return (
                    Reply(200, {"elements": counted})
                    if self.counts
                    else Reply(403, {"message": "Not enough permissions"})
                )
            case "POST", ["socialActions", urn, "comments"]:
                return self.comment(unquote(urn), request.json())
            case "GET", ["socialActions", urn, "comments"]:
                if not self.posts[unquote(urn)]["author"].startswith("urn:li:organization:"):
                    return Reply(403, {"status": 403, "message": "Not enough permissions to access: GET /comments"})
                said = [comment for comment in self.comments.values() if comment["object"] == unquote(urn)]
                return Reply(200, {"elements": said, "paging": {}})
            case "DELETE", ["socialActions", urn, "comments", number]:
                assert request.query["actor"] == [self.posts[unquote(urn)]["author"]]
                self.comments.pop(number, None)
                return Reply(204)
            case "POST", ["images"]:
                name = f"image-{next(self.numbers)}"
                return Reply(
                    200, {"value": {"uploadUrl": f"{self.base}/upload/{name}", "image": f"urn:li:image:{name}"}}
                )
        return Reply(404, {"message": "No such thing"})

    def create(self, wish):
        if not LITTLE.fullmatch(wish["commentary"]):
            return Reply(400, {"message": "commentary: a reserved character is not escaped"})
        if any(post["commentary"] == wish["commentary"] for post in self.posts.values()):
            return Reply(422, {"status": 422, "message": "Content is a duplicate of urn:li:share:1"})
        urn = f"urn:li:share:{next(self.numbers)}"
        self.posts[urn] = wish | {"id": urn, "createdAt": int(clock.now().timestamp() * 1000)}
        return Reply(201, headers={"x-restli-id": urn})

    def comment(self, urn, wish):
        if urn not in self.posts or wish["object"] != urn:
            return Reply(404, {"status": 404, "message": "Could not find entity"})
        if len(wish["message"]["text"]) > 1250:
            return Reply(400, {"status": 400, "message": "comment message is too long"})
        number = str(next(self.numbers))
        created = {"actor": wish["actor"], "time": int(clock.now().timestamp() * 1000)}
        self.comments[number] = wish | {"id": number, "created": created}
        return Reply(201, headers={"x-restli-id": number})

    def token(self, form):
        if (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
            return Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refreshes:
                return Reply(400, {"error": "invalid_grant", "error_description": "The provided token is revoked"})
            # The time to live of the refresh token stays what it was, and so does the token itself.
            return Reply(200, self.granted() | {"refresh_token": form["refresh_token"]})
        if self.codes.pop(form["code"], "") != form["redirect_uri"]:
            return Reply(400, {"error": "invalid_request", "error_description": "Unable to retrieve access token"})
        if not self.gives_refresh_tokens:
            return Reply(200, self.granted())
        refresh = f"refresh-{next(self.numbers)}"
        self.refreshes.append(refresh)
        return Reply(200, self.granted() | {"refresh_token": refresh, "refresh_token_expires_in": 31536000})

    def granted(self):
        token = f"token-{next(self.numbers)}"
        self.tokens.add(token)
        return {"access_token": token, "expires_in": 5184000, "scope": "w_organization_social"}
