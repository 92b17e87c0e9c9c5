"""Mastodon's sign-in as docs.joinmastodon.org/spec/oauth describes it (4.3 and later: PKCE), with codes that end."""

import base64
import hashlib
from datetime import timedelta
from html import escape
from itertools import count
from urllib.parse import parse_qs, urlencode

from corpblog.kernel import clock
from tests.servers.recorder import Reply

INVALID = {
    "error": "invalid_grant",
    "error_description": "The provided authorization grant is invalid, expired, revoked, does not match the redirection"
    " URI used in the authorization request, or was issued to another client.",
}
CODES_LAST = timedelta(minutes=10)


class FakeMastodon:
    def __init__(self):
        self.apps, self.codes, self.tokens = {}, {}, {}
        self.numbers = count(1)

    # What the person does on the server's own page --------------------------------------------------------------------

    def say_yes(self, query):
        """The admin signs in on the page of this query and says yes; the code that the server sends back."""
        (client,), (redirect,) = query["client_id"], query["redirect_uri"]
        app = self.apps[client]
        assert query["response_type"] == ["code"]
        assert redirect == app["redirect_uris"], "a page that leads elsewhere is refused"
        assert set(query["scope"][0].split()) <= set(app["scopes"].split())
        assert query["code_challenge_method"] == ["S256"]
        code = f"code-{next(self.numbers)}"
        self.codes[code] = (client, redirect, query["code_challenge"][0], clock.now() + CODES_LAST)
        return code

    # The server -------------------------------------------------------------------------------------------------------

    def __call__(self, request):
        match request.method, request.route:
            case "POST", "/api/v1/apps":
                return self.register(request.form())
            case "POST", "/oauth/token":
                return self.token(request.form())
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Reply(401, {"error": "The access token is invalid"})
        match request.route:
            case "/api/v1/accounts/verify_credentials":
                return Reply(200, {"id": "14715", "username": "acme", "display_name": "Acme", "url": "https://m/@acme"})
            case "/api/v2/instance":
                return Reply(200, {"configuration": {"statuses": {"max_characters": 600}}})
        return Reply(404, {"error": "Record not found"})

    def register(self, form):
        client = f"client-{next(self.numbers)}"
        self.apps[client] = form | {"secret": f"secret-of-{client}"}
        return Reply(200, {"client_id": client, "client_secret": f"secret-of-{client}", "name": form["client_name"]})

    def token(self, form):
        app = self.apps.get(form["client_id"])
        if app is None or app["secret"] != form["client_secret"]:
            return Reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        # A code is good for one try, right or wrong.
        client, redirect, challenge, until = self.codes.pop(form["code"], ("", "", "", clock.now()))
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        is_good = (client, redirect, challenge) == (form["client_id"], form["redirect_uri"], proof)
        if form["grant_type"] != "authorization_code" or not is_good or until <= clock.now():
            return Reply(400, INVALID)
        token = f"token-{next(self.numbers)}"
        self.tokens[token] = app["scopes"]
        told = {"access_token": token, "token_type": "Bearer", "scope": app["scopes"]}
        return Reply(200, told | {"created_at": int(clock.now().timestamp())})


class SignInPages(FakeMastodon):
    """The same server with the page that a person sees, and room for what is posted."""

    def __init__(self):
        super().__init__()
        self.posted = []

    def __call__(self, request):
        match request.method, request.route:
            case "GET", "/oauth/authorize":
                (redirect,), (state,) = request.query["redirect_uri"], request.query["state"]
                there = f"{redirect}?{urlencode({'code': self.say_yes(request.query), 'state': state})}"
                page = f'<!doctype html><html lang="en"><title>Mastodon</title><a href="{escape(there)}">Authorize</a>'
                return Reply(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})
            case "GET", "/favicon.ico":
                return Reply(204)
            case "POST", "/api/v1/statuses":
                self.posted.append(request.form())
                return Reply(200, {"id": str(len(self.posted)), "url": "https://m.example/@acme/1", "content": ""})
        return super().__call__(request)


def query_of(page):
    """What the server's page is asked for."""
    return parse_qs(page.partition("?")[2])
