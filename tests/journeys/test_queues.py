"""Two posts take the next slots of a destination and change places; a quiet period stands in the calendar."""

from datetime import timedelta

from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage


def take_the_next_slot(page: Page, words: str) -> None:
    """Post in the newsroom, and ask that it leave in the press page's next free slot."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("button", name="Post", exact=True).click()
    post = page.locator("article").filter(has_text=words).first
    post.get_by_role("button", name="Share outside").click()
    page.get_by_label("Press page").check()
    page.get_by_label("In the destination’s next free slot").check()
    page.get_by_role("button", name="Ask to share").click()
    expect(page.locator("main")).to_contain_text("It leaves on")


def test_a_queue_is_filled_ordered_and_kept_quiet(page_of: OpenPage, token: str) -> None:
    chloe, reason = page_of("chloe"), f"Before the results {token}"
    chloe.goto("/shares/calendar/press/times/")
    chloe.get_by_label("Slots").fill("\n".join(f"{day} 07:00" for day in range(1, 8)))
    chloe.get_by_role("button", name="Save").click()
    expect(chloe.get_by_text("Saved. What waits minds it from now on.")).to_be_visible()
    quiet = localdate() + timedelta(days=20)
    chloe.goto("/shares/calendar/press/times/")
    chloe.get_by_label("From", exact=True).fill(quiet.isoformat())
    chloe.get_by_label("Until", exact=True).fill((quiet + timedelta(days=2)).isoformat())
    chloe.get_by_label("Why").fill(reason)
    chloe.get_by_role("button", name="Add the quiet period").click()
    expect(chloe.get_by_role("listitem").filter(has_text=reason)).to_be_visible()

    alice, first, second = page_of("alice"), f"Doors open {token}", f"Lights on {token}"
    for words in (first, second):
        take_the_next_slot(alice, words)
    alice.goto(f"/shares/calendar/?week={quiet.isoformat()}")
    expect(alice.locator(f'[data-day="{quiet.isoformat()}"]')).to_contain_text(reason)
    alice.goto("/shares/queue/press/")
    rows = alice.locator(".queue li").filter(has_text=token)
    expect(rows.first).to_contain_text(first)
    rows.filter(has_text=second).get_by_role("button", name="Earlier").click()
    expect(rows.first).to_contain_text(second)
    expect(rows.last).to_contain_text(first)
    rows.last.get_by_role("button", name="Take out").click()
    expect(alice.get_by_text("It was taken out. Nothing of it leaves.")).to_be_visible()
    expect(rows).to_have_count(1)

    bruno = page_of("bruno")
    bruno.goto("/shares/queue/press/")
    expect(bruno.get_by_text("Taken by a colleague’s share").first).to_be_visible()
    expect(bruno.locator("main")).not_to_contain_text(second)
    rows.get_by_role("button", name="Take out").click()
    expect(rows).to_have_count(0)
    # As it was, for the other journeys.
    chloe.goto("/shares/calendar/press/times/")
    chloe.get_by_label("Slots").fill("")
    chloe.get_by_role("button", name="Save").click()
    expect(chloe.get_by_text("Saved. What waits minds it from now on.")).to_be_visible()
