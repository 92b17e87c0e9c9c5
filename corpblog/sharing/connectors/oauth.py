"""What networks with OAuth 2 do alike: the sign-in page's address, the token for a code, the newer token (RFC 6749)."""

import base64
import urllib.parse
from collections.abc import Mapping
from datetime import timedelta

from corpblog.kernel import clock
from corpblog.sharing.connectors import http
from corpblog.sharing.connectors.base import Errand, Refused, Unclear


def page(url: str, errand: Errand, *, client_id: str, scope: str, with_challenge: bool = True) -> str:
    """Return where an admin signs in and says yes."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": errand.redirect,
        "scope": scope,
        "state": errand.state,
    }
    if with_challenge:
        asked |= {"code_challenge": errand.challenge, "code_challenge_method": "S256"}
    return f"{url}?{urllib.parse.urlencode(asked)}"


def token(url: str, form: Mapping[str, str], *, basic: tuple[str, str] | None = None) -> dict[str, str]:
    """Ask for a token; return it as secrets: `token`, and what renews it and until when, where the network says so."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if basic is not None:
        told = ":".join(urllib.parse.quote(part, safe="") for part in basic)
        headers["Authorization"] = f"Basic {base64.b64encode(told.encode()).decode()}"
    answer = http.ask("POST", url, headers=headers, body=urllib.parse.urlencode(form).encode())
    try:
        given = http.read(answer)
        secrets = {"token": str(given["access_token"])}
        if given.get("refresh_token"):
            secrets["refresh"] = str(given["refresh_token"])
        if given.get("expires_in"):
            secrets["until"] = (clock.now() + timedelta(seconds=int(given["expires_in"]))).isoformat()
    except (KeyError, TypeError, ValueError, Unclear) as error:
        raise Refused("no_token", for_good=True) from error
    return secrets
