"""Nothing that anybody typed runs in cards that come over the socket, in Chromium under the page's own policy.

A real process serves the page and its socket. Each text that a card shows is a payload, put past all forms into the
database in the transaction that posts it, so that the very first frame carries it. What pages show when they are
loaded is in tests/web/test_payloads.py.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from playwright.sync_api import ConsoleMessage, Dialog, Page, expect, sync_playwright

from corpblog.people.models import Person
from corpblog.posts import services as posts
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, LinkedPage, Post, PraisedPerson
from corpblog.posts.parts.announcements import AnnouncementPart
from corpblog.posts.parts.polls import PollPart
from corpblog.posts.parts.praise import PraisePart
from corpblog.posts.parts.questions import QuestionPart
from corpblog.posts.services.judging import POSTS
from corpblog.posts.writing import write
from corpblog.teams.models import Channel
from tests.posts.test_rendering import PAYLOADS
from tests.realtime.wire import Company
from tests.servers import chromium
from tests.servers.daphne import Daphne, Database
from tests.web.test_payloads import FOREIGN, LISTEN, evil, mark_of, poison

pytestmark = [pytest.mark.once, pytest.mark.long, pytest.mark.xdist_group("sockets")]
# Every text of somebody's that a card shows.
ON_A_CARD = (
    "Person.display_name",
    "Person.department",
    "Channel.name",
    "Post.text",
    "Post.files",
    "Attachment.name",
    "Post.part",
    "Post.reactions",
    "LinkedPage.url",
    "LinkedPage.host",
    "LinkedPage.title",
    "LinkedPage.description",
)
Work = Callable[..., Any]
EACH = tuple(dict.fromkeys(PAYLOADS))
ONE_WRITE = 40


class Room:
    """A channel whose name, and whose author's, are payloads, and ways to post in it past all forms."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.author, self.reader = company.newcomer(), company.newcomer()
        self.channel: Channel = company.channel(self.author, self.reader)
        names = {field: evil(f"Person.{field}", 0) for field in ("display_name", "department")}
        Person.objects.filter(pk=self.author.pk).update(**names)
        Channel.objects.filter(pk=self.channel.pk).update(name=evil("Channel.name", 0))
        self.author.refresh_from_db()

    def publish(self, text: str = "x", **more: Any) -> Post:
        POSTS.forget(str(self.author.pk))
        return posts.publish(by=self.author, channel=self.channel, text=text, **more)

    def poison(self, post: Post) -> None:
        """Make a payload of each text on the card."""
        post.refresh_from_db()
        text = evil("Post.text", post.pk)
        said = {name: poison(getattr(post, name), f"Post.{name}", post.pk) for name in ("files", "part")}
        self.put(post, text, reactions={evil("Post.reactions", post.pk): 1}, **said)

    def put(self, post: Post, text: str, **said: Any) -> None:
        """Write a text past all forms, drawn as the program draws it."""
        Post.objects.filter(pk=post.pk).update(text=text, html=write(text, self.author).html, **said)

    def files(self) -> list[Wish]:
        """A picture and a file of another kind, added for the next post."""
        facts = {"owner": self.author, "place": "new", "size": 1, "sha256": "0" * 64}
        drawn = {"kind": "image/png", "width": 9, "height": 9, "thumbnail": "0" * 64}
        picture = Attachment.objects.create(name="a.png", **facts, **drawn)
        return [Wish(picture.pk, alt="x"), Wish(Attachment.objects.create(name="b", kind="text/plain", **facts).pk)]

    def one_of_each(self) -> int:
        """Post something of every kind, poisoned before anybody hears of it; return how many threads that makes."""
        tomorrow = timezone.now() + timedelta(days=1)
        kinds = (
            PollPart(("Red", "Green"), is_multiple=False, ends_at=tomorrow),
            QuestionPart(),
            PraisePart(PraisedPerson.For.DONE, (self.reader,)),
            AnnouncementPart(self.author, None),
        )
        with transaction.atomic():
            made = [self.publish(), self.publish(files=self.files()), *(self.publish(part=part) for part in kinds)]
            made += [self.publish(quotes=made[0])]
            facts = {name: evil(f"LinkedPage.{name}", 0) for name in ("url", "host", "title", "description")}
            page = LinkedPage.objects.create(digest=secrets.token_hex(32), fetched_at=timezone.now(), **facts)
            Post.objects.filter(pk=made[0].pk).update(linked_page=page)
            for post in made:
                self.poison(post)
        return len(made)

    def each_alone(self, some: tuple[str, ...]) -> None:
        """One post for each of these payloads, which is its text, its files' names and description, and a reaction."""
        with transaction.atomic():
            facts = self.publish(files=self.files()).files[0]
            transaction.set_rollback(True)
        with transaction.atomic():
            for payload in some:
                name = payload.replace("/", "\N{FRACTION SLASH}")
                files = [
                    {**facts, "name": name, "alt": payload},
                    {**facts, "kind": "text/plain", "width": None, "name": name},
                ]
                self.put(self.publish(), payload, files=files, reactions={payload: 1})

    def question(self) -> int:
        return self.publish("What?", part=QuestionPart()).pk

    def reply(self, question_id: int) -> int:
        with transaction.atomic():
            made = self.publish("This", answers=Post.objects.get(pk=question_id))
            self.poison(made)
        return made.pk

    def change(self, question_id: int, reply_id: int) -> None:
        """Edit the question, and call the reply its best answer."""
        with transaction.atomic():
            posts.edit(by=self.author, post_id=question_id, text="Which?", version=1)
            self.poison(Post.objects.get(pk=question_id))
            posts.choose_best(by=self.author, post_id=reply_id)


@pytest.fixture
def work(base: Database, django_db_blocker: Any) -> Iterator[Work]:
    """Give a thread that writes into the process's database: Playwright's loop runs in the test's own."""
    with django_db_blocker.unblock(), ThreadPoolExecutor(1) as pool:
        opened = base.opened()
        pool.submit(opened.__enter__).result()
        yield lambda act, *given: pool.submit(act, *given).result()
        pool.submit(opened.__exit__, None, None, None).result()


@pytest.fixture
def room(work: Work) -> Room:
    def made() -> Room:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        return Room(Company())

    found: Room = work(made)
    return found


class Reader:
    """The browser of somebody who reads along, and everything it complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.add_init_script(LISTEN)
        page.on("dialog", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, dialog: Dialog) -> None:
        self.complaints.append(f"ran: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if re.search("Content Security|Trusted", message.text):
            self.complaints.append(message.text)

    def let_in(self, count: int) -> None:
        """Wait for so many new posts, and have them drawn."""
        before = self.page.locator("article.post").count()
        expect(self.page.locator(".pill")).to_contain_text(f"{count} new posts", timeout=30_000)
        self.page.keyboard.press(".")
        expect(self.page.locator("article.post")).to_have_count(before + count)
        self.look()

    def look(self) -> None:
        """Note what texts became that they must not."""
        self.complaints += self.page.evaluate(FOREIGN) + self.page.evaluate("window.__refused.splice(0)")

    def cards(self) -> str:
        drawn: str = self.page.evaluate(
            "[...document.querySelectorAll('article.post')].map((one) => one.outerHTML).join('')"
        )
        return drawn


@pytest.fixture
def reader(web: Daphne, room: Room, work: Work) -> Iterator[Reader]:
    """Give the room's page, open in Chromium before anything is said in it."""
    session = work(room.company.cookie, room.reader)
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium.executable(), args=chromium.FLAGS)
        context = browser.new_context(base_url=web.origin, locale="en-GB", service_workers="block")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": web.origin}])
        made = Reader(context.new_page())
        made.page.goto(f"/c/{room.channel.slug}/")
        yield made
        browser.close()


def test_no_text_of_a_card_that_comes_live_runs(reader: Reader, room: Room, work: Work) -> None:
    reader.let_in(work(room.one_of_each))
    drawn = reader.cards()
    assert [name for name in ON_A_CARD if mark_of(name) not in drawn] == []
    assert reader.complaints == []


def test_no_payload_alone_runs_in_a_card_that_comes_live(reader: Reader, room: Room, work: Work) -> None:
    """One by one: a payload in front could keep another one from working."""
    assert len(EACH) >= 200
    for start in range(0, len(EACH), ONE_WRITE):
        some = EACH[start : start + ONE_WRITE]
        work(room.each_alone, some)
        reader.let_in(len(some))
    assert reader.complaints == []


def test_no_payload_runs_in_what_changes_live(reader: Reader, room: Room, work: Work) -> None:
    """A reply comes at the end, and an edit and a best answer put newer cards in the place of those that stand."""
    question = work(room.question)
    reader.page.goto(f"/p/{question}/")
    reply = work(room.reply, question)
    expect(reader.page.locator(f"article.post[data-id='{reply}']")).to_contain_text(mark_of("Post.text"))
    work(room.change, question, reply)
    best = reader.page.locator(f"article.post[data-id='{question}'] .best")
    expect(best).to_contain_text(mark_of("Post.text"))
    expect(best).to_contain_text(mark_of("Person.display_name"))
    reader.look()
    assert reader.complaints == []
