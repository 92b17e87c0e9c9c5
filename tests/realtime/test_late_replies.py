"""A long thread, shown in parts, that grows while it is read: every reply once, in the order of their writing."""

import pytest
from playwright.sync_api import Route, expect

from corpblog.posts.models import Post
from corpblog.posts.selectors import THREAD_PAGE
from tests.realtime.test_payloads_live import Reader, Room, Work, reader, room, work

__all__ = ["reader", "room", "work"]
pytestmark = [pytest.mark.once, pytest.mark.long, pytest.mark.xdist_group("sockets")]
LATER = 5


def test_replies_that_come_while_one_reads_are_in_their_place(reader: Reader, room: Room, work: Work) -> None:
    page = reader.page

    def begun() -> int:
        root = room.publish("Who comes?")
        for number in range(THREAD_PAGE + LATER):
            room.publish(f"Reply {number}", answers=root)
        return root.pk

    def more(text: str) -> int:
        return room.publish(text, answers=Post.objects.get(pk=root)).pk

    root = work(begun)
    page.goto(f"/p/{root}/", timeout=120_000)
    replies = page.locator("article.post-reply")
    expect(replies).to_have_count(THREAD_PAGE, timeout=30_000)
    # What follows is asked for, and is long on its way.
    held: list[Route] = []
    page.route("**/?after=*", lambda route: held.append(route))  # noqa: PLW0108 (Playwright takes no built-in)
    with page.expect_request("**/?after=*"):
        page.locator(".more").scroll_into_view_if_needed()
    work(more, "A colleague, before")
    box = page.locator(".composer-reply textarea[name=text]")
    box.fill("I do")
    box.press("Control+Enter")
    # One's own stands at the end at once; those of others come with what lies between.
    expect(replies.filter(has_text="I do").and_(page.locator("[data-id]"))).to_have_count(1, timeout=30_000)
    last = work(more, "A colleague, after")
    expect(replies).to_have_count(THREAD_PAGE + 1, timeout=30_000)
    held[0].continue_()
    expect(page.locator(f"article[data-id='{last}']")).to_be_visible(timeout=30_000)
    shown = [int(number) for number in replies.evaluate_all("cards => cards.map((card) => card.dataset.id)")]
    wanted = work(lambda: list(Post.objects.filter(root=root).order_by("pk").values_list("pk", flat=True)))
    assert shown == wanted
    assert len(wanted) == THREAD_PAGE + LATER + 3
