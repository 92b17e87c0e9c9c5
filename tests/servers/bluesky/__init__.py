"""A real Bluesky server of the tests' own, with its directory of identities: npm's `@atproto/dev-env`, on loopback.

`deploy/test.sh` installs it (`npm ci` in this folder). Without it the tests that need it fail; none is left out.
"""

import contextlib
import json
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.servers.children import find_program, free_port, is_listening, place_of_its_own, running

_HERE = Path(__file__).parent
PASSWORD = "correct horse battery staple"
POSTS = "app.bsky.feed.post"


class Bluesky:
    """The server as the people who have accounts there see it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.place = f"127.0.0.1:{port}"
        self.base = f"http://{self.place}"

    def ask(self, call: str, *, token: str = "", body: Any = None, **query: str) -> Any:
        """One call of the protocol, made with the standard library and not with what is tested."""
        url = f"{self.base}/xrpc/{call}" + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def blob(self, did: str, cid: str) -> bytes:
        query = urllib.parse.urlencode({"did": did, "cid": cid})
        with urllib.request.urlopen(f"{self.base}/xrpc/com.atproto.sync.getBlob?{query}", timeout=20) as answer:
            return bytes(answer.read())

    def account(self, name: str) -> "BlueskyAccount":
        """A new account `name.test`, with an app password."""
        wish = {"handle": f"{name}.test", "email": f"{name}@acme.example", "password": PASSWORD}
        made = self.ask("com.atproto.server.createAccount", body=wish)
        app = self.ask("com.atproto.server.createAppPassword", token=made["accessJwt"], body={"name": "Corpblog"})
        return BlueskyAccount(self, made["handle"], made["did"], made["accessJwt"], app["password"])


class BlueskyAccount:
    """One account, with its owner's own token beside the app password that Corpblog gets."""

    def __init__(self, server: Bluesky, handle: str, did: str, token: str, app_password: str) -> None:
        self.server, self.handle, self.did = server, handle, did
        self.token, self.app_password = token, app_password

    def records(self) -> list[dict[str, Any]]:
        """Its posts, newest first."""
        told = self.server.ask("com.atproto.repo.listRecords", repo=self.did, collection=POSTS, limit="100")
        return [record["value"] | {"uri": record["uri"]} for record in told["records"]]

    def texts(self) -> list[str]:
        return [record["text"] for record in self.records()]

    def put(self, key: str, text: str, **more: Any) -> None:
        """Write or rewrite a post by hand, as somebody does who signs in there."""
        record = {"$type": POSTS, "text": text, "createdAt": datetime.now(UTC).isoformat()} | more
        wish = {"repo": self.did, "collection": POSTS, "rkey": key, "record": record}
        self.server.ask("com.atproto.repo.putRecord", token=self.token, body=wish)

    def boost(self, uri: str, cid: str) -> None:
        """Repost something by hand."""
        record = {"subject": {"uri": uri, "cid": cid}, "createdAt": datetime.now(UTC).isoformat()}
        wish = {"repo": self.did, "collection": "app.bsky.feed.repost", "record": record}
        self.server.ask("com.atproto.repo.createRecord", token=self.token, body=wish)

    def delete(self, key: str) -> None:
        wish = {"repo": self.did, "collection": POSTS, "rkey": key}
        self.server.ask("com.atproto.repo.deleteRecord", token=self.token, body=wish)

    def clear(self) -> None:
        for record in self.records():
            self.delete(record["uri"].rpartition("/")[2])


@contextlib.contextmanager
def bluesky() -> Iterator[Bluesky]:
    """A running server until the end of the block."""
    _check_installed()
    pds, plc = free_port(), free_port()
    command = ["env", "TMPDIR=.", find_program("node"), _HERE / "server.mjs", str(pds), str(plc)]
    with place_of_its_own("bluesky") as folder:
        log = folder / "log"
        # It listens before it is done; this word comes last.
        with running(
            command,
            until=lambda: is_listening(pds) and b"ready" in log.read_bytes(),
            log=log,
            seconds=120,
            as_root=True,
        ):
            yield Bluesky(pds)


def facets_of(texts: list[str]) -> list[list[dict[str, Any]]]:
    """What Bluesky's own library sees in the texts."""
    _check_installed()
    ran = subprocess.run(
        [find_program("node"), _HERE / "facets.mjs"],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    seen: list[list[dict[str, Any]]] = json.loads(ran.stdout)
    return seen


def _check_installed() -> None:
    if not (_HERE / "node_modules" / "@atproto" / "dev-env").is_dir():
        raise FileNotFoundError(
            "the Bluesky server is not installed; `make test` does it: npm ci in tests/servers/bluesky"
        )
