"""What left is watched over: taken back everywhere, or looked for by a person where nobody knows."""

import re
import secrets
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, tick_places
from tests.journeys.test_accessibility import findings
from tests.servers.children import wait_until
from tests.servers.instance import Instance


@pytest.fixture
def words() -> str:
    """A post that no rule minds, and that no other test writes."""
    return f"Our doors are open on Saturday. Number {secrets.token_hex(4)}"


def share(page: Page, text: str, destination: str) -> None:
    """Write in the newsroom and send it there, then open the share's own page."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("switch", name="Share outside").check()
    tick_places(page, destination)
    page.get_by_role("textbox", name="Write a post").press_sequentially(text, delay=5)
    page.get_by_role("button", name=re.compile("Post and share|Post")).last.click()
    expect(page.locator("article.post[data-id]").filter(has_text=text[-8:])).to_be_visible()
    page.goto("/shares/")
    page.get_by_role("link").filter(has_text=text[-8:]).first.click()


def press(instance: Instance, path: str = "/press/") -> str:
    with urlopen(instance.url + path, timeout=10) as answer:
        return str(answer.read().decode())


def test_what_is_out_is_taken_back(page_of: OpenPage, instance: Instance, words: str) -> None:
    alice = page_of("alice")
    share(alice, words, "Press page")
    main = alice.locator("main")
    # Each step appears by itself on the open page.
    expect(main).to_contain_text("It is out.", timeout=40_000)
    address = str(main.get_by_role("link", name="See it there").first.get_attribute("href"))
    assert words in press(instance, address)

    main.get_by_role("link", name="Take it back").click()
    expect(alice.get_by_role("heading", name="Take it back")).to_be_visible()
    assert findings(alice) == []
    alice.get_by_label("Why is it taken back?").fill("The date is wrong")
    alice.get_by_role("button", name="Take it back").click()
    expect(main).to_contain_text("It was taken back. It is not there any more.", timeout=40_000)
    expect(main).to_contain_text("To be taken back: The date is wrong")
    with pytest.raises(HTTPError) as gone:
        press(instance, address)
    assert gone.value.code == 410
    assert words not in press(instance)
    assert "deleted-entry" in press(instance, "/press/feed.atom")


def test_what_is_out_is_corrected_where_it_stands(page_of: OpenPage, instance: Instance, words: str) -> None:
    alice = page_of("alice")
    share(alice, words, "Press page")
    main = alice.locator("main")
    expect(main).to_contain_text("It is out.", timeout=40_000)
    address = str(main.get_by_role("link", name="See it there").first.get_attribute("href"))

    main.get_by_role("link", name="Correct", exact=True).click()
    expect(alice.get_by_role("heading", name="Correct")).to_be_visible()
    field = alice.get_by_label("Its words there")
    expect(field).to_have_value(words)
    right = words.replace("Saturday", "Sunday")
    field.fill(right)
    # The preview follows what is typed, and the page stays clean for assistive technology.
    expect(alice.locator(".network-text")).to_contain_text("Sunday")
    assert findings(alice) == []
    alice.get_by_label("Why is it corrected?").fill("The day was wrong")
    alice.get_by_role("button", name="Correct").click()
    corrections = main.get_by_role("region", name="Corrections, newest first")
    expect(corrections).to_contain_text(right)
    # Its state comes to the open page by itself.
    expect(corrections).to_contain_text("Sent", timeout=40_000)
    page = press(instance, address)
    assert right in page
    assert "Corrected on" in page
    assert words not in page


def test_what_is_unclear_is_settled_by_a_person(
    page_of: OpenPage, instance: Instance, silent_webhook: int, words: str
) -> None:
    connect = ["connect_destination", "newswire", "teams", "--by", "irene", "--name", "Newswire"]
    instance.manage(*connect, stdin=f"http://127.0.0.1:{silent_webhook}/hook\n")
    alice = page_of("alice")
    share(alice, words, "Newswire")
    main = alice.locator("main")
    expect(main).to_contain_text("Nobody knows whether it arrived.", timeout=40_000)
    expect(main.get_by_role("heading", name="What to check")).to_be_visible()
    expect(main).to_contain_text("Corpblog sends nothing a second time by itself.")
    expect(main.get_by_role("button", name="It is there")).to_be_visible()
    assert findings(alice) == []
    main.get_by_role("button", name="It is not there").click()
    expect(main).to_contain_text("Somebody looked and did not find it there.")
    wait_until(lambda: "failed" in states_of(instance, "newswire"), seconds=60, log=instance.log)


def states_of(instance: Instance, slug: str) -> str:
    asked = "from corpblog.sharing.models import Share;"
    asked += f"print(*Share.objects.filter(destination__slug={slug!r}).values_list('state', flat=True))"
    return instance.manage("shell", "-c", asked)
