"""A share gets words and a time of its own, and is moved on the calendar by mouse and by keyboard."""

import re
import secrets
from datetime import date, timedelta

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage


@pytest.fixture
def words() -> str:
    return f"The canteen opens on Monday {secrets.token_hex(4)}"


def cell(page: Page, day: date) -> str:
    return f'[data-day="{day.isoformat()}"]'


def test_a_share_is_planned_and_moved(page_of: OpenPage, words: str) -> None:
    # The second week after this one: three days of it are shown together, whatever day it is.
    monday = localdate() - timedelta(days=localdate().weekday()) + timedelta(days=14)
    tuesday, wednesday = monday + timedelta(days=1), monday + timedelta(days=2)
    page = page_of("alice")
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("button", name="Post", exact=True).click()
    post = page.locator("article").filter(has_text=words).first
    post_id = re.search(r"\d+", post.locator('a[href^="/p/"]').first.get_attribute("href") or "")
    assert post_id is not None
    page.goto(f"/shares/new/?post={post_id.group()}")
    preview = page.locator("#preview")
    expect(preview).to_contain_text(words)
    page.get_by_label("Its words there").fill(f"{words} #acme")
    expect(preview.locator(".network-link")).to_have_text("#acme")
    page.get_by_label("At a time of my choice").check()
    page.get_by_label("Day").fill(monday.isoformat())
    page.get_by_label("Time", exact=True).fill("09:30")
    page.get_by_role("button", name="Ask to share").click()
    expect(page.locator("main")).to_contain_text("It leaves on")

    page.goto(f"/shares/calendar/?week={monday.isoformat()}")
    entry = page.locator(".calendar-entry").filter(has_text=words)
    expect(page.locator(cell(page, monday)).locator(".calendar-entry").filter(has_text=words)).to_be_visible()
    entry.drag_to(page.locator(cell(page, tuesday)))
    expect(page.locator(cell(page, tuesday)).locator(".calendar-entry").filter(has_text=words)).to_be_visible()
    expect(page.get_by_text("Moved to").first).to_be_attached()
    entry.focus()
    page.keyboard.press("Alt+ArrowRight")
    moved = page.locator(cell(page, wednesday)).locator(".calendar-entry").filter(has_text=words)
    expect(moved).to_be_visible()
    expect(moved).to_be_focused()

    # In the month as well, which shows the whole week of its first and last days.
    thursday = wednesday + timedelta(days=1)
    page.goto(f"/shares/calendar/?month={thursday:%Y-%m}")
    expect(moved).to_be_visible()
    moved.drag_to(page.locator(cell(page, thursday)))
    moved = page.locator(cell(page, thursday)).locator(".calendar-entry").filter(has_text=words)
    expect(moved).to_be_visible()
    moved.click()
    expect(page.locator("main")).to_contain_text("Moved to another time")
    expect(page.get_by_label("Time", exact=True)).to_have_value("09:30")
