"""What was to leave the company, and what became of it: every state of a share, reached the way people reach it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings

from corpblog.config.demo.people_and_places import Cast
from corpblog.config.demo.transcript import Said
from corpblog.kernel import clock
from corpblog.posts import services as posts
from corpblog.posts.models import Post
from corpblog.sharing import services as gate
from corpblog.sharing.connectors import CONNECTORS
from corpblog.sharing.connectors.base import Account, Arrived, Refused, Repeat, Unclear
from corpblog.sharing.connectors.mastodon import Mastodon
from corpblog.sharing.models import Destination, Share
from corpblog.sharing.worker import Worker

PRESS, MASTODON = "press", "mastodon"


@dataclass(frozen=True)
class Ruling:
    """What an officer ruled, so many minutes after the author asked."""

    by: str
    ruling: str
    after: int = 15
    reason: str = ""


@dataclass(frozen=True)
class Story:
    """One share. `edited`: what the author wrote instead, after the ruling; `offered`: what advocates read with it."""

    post: str
    to: str = PRESS
    rulings: tuple[Ruling, ...] = ()
    justification: str = ""
    withdrawn: bool = False
    edited: str = ""
    offered: str = ""


STORIES = (
    *(Story(name) for name in ("tilleuls", "offline", "portrait", "fair", "hotel", "correction")),
    *(Story(name) for name in ("meetup", "caretaker", "openvalve", "hospitals", "open-day", "schools")),
    Story("opendata", offered="A year of work by Priya’s team. Say it to the researchers you know."),
    Story("hiring", offered="Vos amis du métier vous lisent plus volontiers que nous : dites-le-leur avec vos mots."),
    Story("acme-heat"),
    Story("slides", justification="The marking is a leftover of the template; the talk was public."),
    Story("shelter", rulings=(Ruling("lena", "approve", 22, "The shelter's own account; it is on their web page."),)),
    Story("mistral-job", rulings=(Ruling("omar", "reject", 35, "The project is not announced before March."),)),
    Story(
        "mistral-demo",
        rulings=(
            Ruling("lena", "changes", 12, "Remplacez le nom du projet par « notre prochain produit », et c’est bon."),
        ),
    ),
    Story("oslo", withdrawn=True),
    Story(
        "valve",
        edited="STRICTLY CONFIDENTIAL, do not use: how a valve hears that nobody is home, with the new sensor.",
    ),
    Story("relay", to=MASTODON),
    Story("stress", to=MASTODON),
    Story("meetup", to=MASTODON),
    # Waiting for an officer now.
    Story("borealis-news", rulings=(Ruling("omar", "approve", 40, "Fine for me once the contract is signed."),)),
    *(Story(name) for name in ("results", "kestrel", "aurora-cat", "school-code", "shelter-again")),
)

Step = tuple[datetime, Callable[[dict[str, Post]], None]]


def steps(conversations: list[Said], cast: Cast) -> Iterator[Step]:
    """Everything that happened to shares, each at its time."""
    said = {post.name: post for post in conversations if post.name}
    for story in STORIES:
        yield from _steps_of(story, said[story.post], cast)


def _steps_of(story: Story, said: Said, cast: Cast) -> Iterator[Step]:
    asked = said.at + timedelta(minutes=2)
    author = cast[said.author]
    yield asked, lambda made: _ask(story, made[story.post])
    for ruling in story.rulings:
        yield asked + timedelta(minutes=ruling.after), partial(_rule, story, ruling, cast)
    decided = asked + timedelta(minutes=max((ruling.after for ruling in story.rulings), default=0), seconds=5)
    if story.withdrawn:
        yield decided, lambda made: _withdraw(story, made)
    if story.edited:
        yield decided, lambda made: _edit(story, made)
    yield decided + settings.SHARE_DELAY + timedelta(seconds=1), lambda _made: _let_out(story, author.username)
    if story.offered:
        yield decided + timedelta(hours=1), lambda made: _offer(story, made)


def _destination(slug: str) -> Destination:
    return Destination.objects.get(slug=slug)


def _ask(story: Story, post: Post) -> None:
    gate.request_share(by=post.author, post=post, destination=_destination(story.to), justification=story.justification)


def _share(story: Story, made: Mapping[str, Post]) -> Share:
    share: Share = Share.objects.for_rows().get(post=made[story.post], destination__slug=story.to)
    return share


def _rule(story: Story, ruling: Ruling, cast: Cast, made: Mapping[str, Post]) -> None:
    share = _share(story, made)
    gate.decide(
        by=cast[ruling.by],
        share_id=share.pk,
        revision_digest=share.digest,
        ruling=ruling.ruling,  # type: ignore[arg-type]
        reason=ruling.reason,
        authenticated_at=clock.now(),
    )


def _withdraw(story: Story, made: Mapping[str, Post]) -> None:
    share = _share(story, made)
    gate.withdraw(by=share.author, share=share)


def _edit(story: Story, made: Mapping[str, Post]) -> None:
    post = made[story.post]
    posts.edit(by=post.author, post_id=post.pk, text=story.edited, version=1)


def _offer(story: Story, made: Mapping[str, Post]) -> None:
    share = _share(story, made)
    gate.offer(by=share.author, share=share, audience=gate.Audience(), note=story.offered)


def _let_out(story: Story, author: str) -> None:
    """A round of the worker, with a server on the other side that answers as the story wants it."""
    with _mastodon_that(_ANSWERS.get(story.post)):
        Worker(name=f"demo {author}").round()


_ANSWERS: dict[str, Exception | Arrived] = {
    "meetup": Arrived("113391208743311012", "https://social.acme.example/@acme/113391208743311012"),
    "stress": Refused("refused", for_good=True, told="Validation failed: text is too long"),
    "relay": Unclear("no_answer"),
}


class _Mastodon:
    """Answers once, and then is gone: no other server is there in a demo."""

    kind = MASTODON
    title = Mastodon.title
    repeat = Repeat.BLIND
    patience = Mastodon.patience
    questions = Mastodon.questions

    def __init__(self, answer: Exception | Arrived | None) -> None:
        self._answer = answer

    def longest(self, _config: Mapping[str, Any]) -> int:
        return 500

    def length(self, text: str) -> int:
        return len(text)

    def verify(self, _target: Any) -> Account:
        return Account("113000000000000001", "Acme", "https://social.acme.example/@acme", 500)

    def publish(self, _payload: Any, _target: Any, *, not_after: float) -> Arrived:
        del not_after
        if isinstance(self._answer, Arrived):
            return self._answer
        raise self._answer or Refused("unreachable", for_good=False)


@contextmanager
def _mastodon_that(answer: Exception | Arrived | None) -> Iterator[None]:
    real = CONNECTORS[MASTODON]
    CONNECTORS[MASTODON] = _Mastodon(answer)  # type: ignore[assignment]
    try:
        yield
    finally:
        CONNECTORS[MASTODON] = real


def connect_outside(cast: Cast) -> None:
    """The press page is there; Mastodon is connected as a connector admin does it."""
    gate.ensure_press_page()
    for kind in (MASTODON, "bluesky"):
        gate.let_own(by=cast["irene"], kind=kind, is_open=True)
    if not Destination.objects.filter(slug=MASTODON).exists():
        with _mastodon_that(None):
            gate.connect(
                by=cast["irene"],
                slug=MASTODON,
                name="Mastodon, @acme",
                kind=MASTODON,
                # There is no such server, so nothing opens with this.
                answers={"server": "https://social.acme.example", "token": "demo"},
            )


def close_what_is_not_there(cast: Cast) -> None:
    """Nobody who tries the demo waits for a server that does not exist."""
    gate.close_destination(by=cast["irene"], destination=_destination(MASTODON))
