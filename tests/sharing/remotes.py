"""Remotes that write down every byte they receive, each as forgetful as the real ones."""

from datetime import timedelta
from math import inf

from corpblog.kernel import clock
from corpblog.sharing.connectors.attachments import files
from corpblog.sharing.connectors.base import (
    USUAL,
    Account,
    Arrived,
    Correction,
    Question,
    Refused,
    Repeat,
    Takes,
    Trial,
    Unclear,
)
from corpblog.sharing.marks import NONE


class RemoteConnector:
    """A remote that recognises our key, or only shows what it has, or neither; it fails as it is told to."""

    title = "A remote of the tests"
    patience = USUAL
    trial = Trial.TAKEN_BACK
    marks = NONE
    takes = Takes(most=10, largest=25 * 1024 * 1024, pictures_only=False)
    questions = (Question("server", "Server"), Question("token", "Token", is_secret=True))

    def __init__(self, repeat):
        self.repeat = Repeat(repeat)
        self.kind = f"remote-{repeat}"
        # `del remote.correction` makes one that takes none.
        self.correction = Correction(in_place=True, repeat=Repeat.KEY)
        self.edits = []  # every edit that it made: which post, and the body
        self.received = []  # every request that reached the remote: (job id, key, body)
        self.shown = {}  # what it shows the world: remote id to (key, body)
        self.keys = {}  # key to the remote id it stands for, and since when
        self.moods = []  # how the next calls go
        self.in_flight = 0

    def next(self, *moods):
        self.moods += moods

    def longest(self, config):
        return config.get("longest")

    def length(self, text):
        return len(text)

    def publish(self, payload, target, *, not_after):
        mood = self._mood()
        self.received.append((payload.job_id, payload.key, payload.body))
        remote_id = self._remembered(payload.key)
        if remote_id is None:
            remote_id = f"r{len(self.shown) + 1}"
            self.shown[remote_id] = (payload.key, payload.body)
            self.keys[payload.key] = (remote_id, clock.now())
        return self._answer(mood, remote_id)

    def correct(self, payload, target, *, not_after):
        mood = self._mood()
        self.received.append((payload.job_id, payload.key, payload.body))
        remote_id = payload.content["corrects"]["remote_id"]
        if remote_id not in self.shown:
            raise Refused("gone_there", for_good=True)
        self.edits.append((remote_id, payload.body))
        self.shown[remote_id] = (payload.key, payload.body)
        return self._answer(mood, remote_id)

    def _mood(self):
        mood = self.moods.pop(0) if self.moods else "ok"
        if mood == "busy":
            raise Refused("asked_to_wait", for_good=False, retry_after=30)
        if mood == "no":
            raise Refused("refused", for_good=True, told="no")
        if mood == "token":
            raise Refused("token", for_good=True)
        if mood == "lost":  # it never arrived, but we cannot know
            raise Unclear("no_answer")
        if mood == "bug":
            raise ZeroDivisionError
        return mood

    def _answer(self, mood, remote_id):
        if mood == "accepted_then_silence":
            raise Unclear("no_answer")
        if mood == "garbage":
            raise Unclear("unreadable")
        return Arrived(remote_id=remote_id, url=f"https://there.example/{remote_id}")

    def _remembered(self, key):
        """What this key already made, where the remote knows keys; like the real ones, for an hour."""
        remote_id, since = self.keys.get(key, (None, None))
        is_known = self.repeat is Repeat.KEY and since and clock.now() - since < timedelta(hours=1)
        return remote_id if is_known else None

    def find(self, payload, target, *, since, known):
        if self.repeat is Repeat.BLIND:
            raise Unclear("timeline")
        for remote_id, (_key, body) in self.shown.items():
            if remote_id not in known and body == payload.body:
                return Arrived(remote_id=remote_id, url=f"https://there.example/{remote_id}")
        return None

    def delete(self, remote_id, target):
        self.shown.pop(remote_id, None)

    def verify(self, target):
        return Account(account="acme@there", name="Acme", url="", longest=None)


def publish_whole(connector, payload, target):
    """Hand the files over and publish, as the worker does when nothing stops it."""
    media = [connector.upload(file, target, not_after=inf) for file in files(payload, connector.takes)]
    return connector.publish(payload.with_media(media), target, not_after=inf)
