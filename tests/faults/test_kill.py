"""`kill -9` while people post: nothing that was acknowledged is lost, nothing is there twice."""

import http.client
import http.cookiejar
import json
import os
import random
import re
import secrets
import signal
import sqlite3
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

from tests.servers.children import wait_until
from tests.servers.instance import Instance

POSTERS = ("alice", "emily", "karim", "oliver", "nadia", "thomas", "sophie", "julien", "camille", "manon")
KILLS = 20
EVERY = 5  # each so-manieth kill takes the whole process group instead of the web process alone
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CHANNEL = re.compile(r'name="channel" value="(\d+)"')


@dataclass
class Poster:
    """Somebody who posts, and asks again under the same key until there is an answer."""

    name: str
    url: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    retries: int = 0

    def sign_in(self) -> None:
        jar = http.cookiejar.CookieJar()
        self._browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        token = self._token("/sign-in/")
        form = {"csrfmiddlewaretoken": token, "username": self.name, "password": "corpblog"}
        self._send("/sign-in/", form)
        page = self._read("/c/engineering/")
        self._channel = CHANNEL.search(page)[1]  # type: ignore[index]
        self._csrf = TOKEN.search(page)[1]  # type: ignore[index]

    def post_until(self, stop: threading.Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            text = f"ledger {self.name} {number} {secrets.token_hex(6)}"
            self.asked.add(text)
            self._post(text, key=secrets.token_hex(16), stop=stop)
            # Slower than the limit of 30 a minute.
            stop.wait(2.2)

    def _post(self, text: str, key: str, stop: threading.Event) -> None:
        form = {"csrfmiddlewaretoken": self._csrf, "channel": self._channel, "text": text, "client_key": key}
        while not stop.is_set():
            try:
                answer = json.loads(self._send("/posts/", form))
            except urllib.error.HTTPError as refusal:
                if refusal.code not in {429, 502, 503}:
                    raise
            except (OSError, http.client.HTTPException, ValueError):
                self.retries += 1
            else:
                self.acknowledged[answer["id"]] = text
                return
            stop.wait(0.1 + random.random() * 0.2)

    def _token(self, path: str) -> str:
        found = TOKEN.search(self._read(path))
        assert found
        return found[1]

    def _read(self, path: str) -> str:
        with self._browser.open(self.url + path, timeout=15) as answer:
            return str(answer.read().decode())

    def _send(self, path: str, form: dict[str, str]) -> str:
        request = urllib.request.Request(self.url + path, urllib.parse.urlencode(form).encode())
        request.add_header("Accept", "application/json")
        request.add_header("Origin", self.url)
        if path == "/posts/":
            # As the page's script asks, and gets an id for its answer.
            request.add_header("X-Requested-With", "fetch")
        with self._browser.open(request, timeout=15) as answer:
            return str(answer.read().decode())


def kill_web(instance: Instance) -> None:
    """The supervisor starts it again."""
    os.kill(instance.child_pid("web"), signal.SIGKILL)


def kill_all(instance: Instance) -> None:
    """As a power cut would, but for the disk's own cache; then start as its owner would."""
    instance.kill()
    instance.start()


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled_over_twenty_kills(instance: Instance) -> None:
    posters = [Poster(name, instance.url) for name in POSTERS]
    for poster in posters:
        poster.sign_in()
    stop = threading.Event()
    threads = [threading.Thread(target=poster.post_until, args=[stop]) for poster in posters]
    for thread in threads:
        thread.start()
    try:
        for kill in range(1, KILLS + 1):
            enough = acknowledged_by(posters) + 3
            (kill_all if kill % EVERY == 0 else kill_web)(instance)
            # Some are acknowledged by the new process before it is killed in its turn, at a moment that nobody chose.
            wait_until(partial(has_reached, posters, enough), seconds=120)
            time.sleep(random.random() * 0.3)
    finally:
        time.sleep(1)
        stop.set()
        for thread in threads:
            thread.join(30)
    check(instance, posters)


def acknowledged_by(posters: list[Poster]) -> int:
    return sum(len(poster.acknowledged) for poster in posters)


def has_reached(posters: list[Poster], number: int) -> bool:
    return acknowledged_by(posters) >= number


def check(instance: Instance, posters: list[Poster]) -> None:
    """Read the ledgers back from the file itself."""
    with sqlite3.connect(f"file:{instance.folder}/var/corpblog.sqlite3?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        stored = database.execute("SELECT CAST(id AS TEXT), text FROM posts_post WHERE text LIKE 'ledger %'").fetchall()
        numbers = database.execute(
            "SELECT seq FROM posts_channelevent e JOIN teams_channel c ON c.id = e.channel_id "
            "WHERE c.slug = 'engineering' ORDER BY seq"
        ).fetchall()
    by_id = dict(stored)
    acknowledged = {post: text for poster in posters for post, text in poster.acknowledged.items()}
    assert len(acknowledged) >= KILLS * 3
    assert sum(poster.retries for poster in posters) >= KILLS, "no request ever met a kill"
    assert {post: text for post, text in acknowledged.items() if by_id.get(post) != text} == {}
    assert [text for text, count in Counter(text for _post, text in stored).items() if count > 1] == []
    assert {text for _post, text in stored} <= {text for poster in posters for text in poster.asked}
    seqs = [seq for (seq,) in numbers]
    assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "the channel's numbers have a hole"
