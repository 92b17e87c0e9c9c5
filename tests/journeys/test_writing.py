"""Light formatting: seen before it is posted, put in by keys, and never more than that, whatever is typed where."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, card
from tests.posts.test_rendering import PAYLOADS, SCRIPTS


def test_what_is_typed_is_seen_before_and_after(page_of: OpenPage) -> None:
    page, mark = page_of("alice"), secrets.token_hex(4)
    page.goto("/")
    field = page.get_by_role("textbox", name="Write a post")
    field.click()
    page.wait_for_function("performance.getEntriesByType('resource').some((each) => each.name.includes('writing'))")
    field.fill(mark)
    field.select_text()
    page.keyboard.press("Control+b")
    expect(field).to_have_value(f"**{mark}**")
    page.keyboard.press("Control+b")
    expect(field).to_have_value(mark)
    page.keyboard.press("Control+b")
    page.keyboard.press("End")
    page.keyboard.type(" see ")
    page.keyboard.press("Control+k")
    page.keyboard.type("the plan")
    expect(field).to_have_value(f"**{mark}** see [the plan](https://)")
    field.fill(f"**{mark}** see [the plan](https://acme.example/plan)\n- bread\n- salt\n> said")
    page.get_by_role("button", name="Preview", exact=True).click()
    preview = page.locator(".composer-preview .prose")
    expect(preview.locator("strong")).to_have_text(mark)
    expect(preview.locator("li")).to_have_text(["bread", "salt"])
    expect(preview.locator("blockquote")).to_have_text("said")
    expect(preview.get_by_role("link", name="the plan")).to_have_attribute("href", "https://acme.example/plan")
    page.get_by_role("button", name="Close the preview").click()
    expect(preview).to_have_count(0)
    # One that is open follows what is typed, and goes with what is posted.
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(preview).to_contain_text("bread")
    field.press("Control+End")
    page.keyboard.type(" by Karim")
    expect(preview.locator("blockquote")).to_have_text("said by Karim")
    field.press("Control+Enter")
    expect(preview).to_have_count(0)
    expect(card(page, mark).locator("li")).to_have_text(["bread", "salt"])


def test_no_payload_runs_in_any_field(page_of: OpenPage) -> None:
    """Two hundred payloads and more are drawn by the page; the rest of the fields get those that the others wrap."""
    page, dialogs = page_of("alice"), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto("/")
    assert len(set(PAYLOADS)) >= 200
    for chunk in _chunks(PAYLOADS, 4_500):
        _draw(page, chunk)
        assert not page.evaluate(FOREIGN)
    address = _in_every_field(page)
    for path in (address, "/", "/topics/", "/bookmarks/", "/notices/", f"/search/?q={'%3Csvg onload=alert(1)%3E'}"):
        page.goto(path)
        assert not page.evaluate(FOREIGN)
    assert dialogs == []


# What no text of anybody may become, wherever it is shown.
FOREIGN = """() => [
  ...document.querySelectorAll('main :is(script, iframe, object, embed, base, style, meta, [action*=evil])'),
  ...[...document.querySelectorAll('main *')].filter((one) => one.getAttributeNames().some((name) => /^on/.test(name))),
].map((each) => each.outerHTML)"""


def _chunks(payloads: list[str], room: int) -> list[str]:
    made = [""]
    for payload in payloads:
        if len(made[-1]) + len(payload) > room:
            made.append("")
        made[-1] += payload + "\n\n"
    return made


def _draw(page: Page, text: str) -> None:
    """Have the page draw a text in its composer, as its preview, to the last word."""
    end = secrets.token_hex(6)
    page.get_by_role("textbox", name="Write a post").fill(text + end)
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator(".composer-preview .prose")).to_contain_text(end)


def _in_every_field(page: Page) -> str:
    """Put payloads into what else people type, and return the address of a page that shows them."""
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    said: list[int] = []

    def send(path: str, **form: str) -> str:
        answer = page.request.post(path, form={"csrfmiddlewaretoken": token, **form}, headers={"Referer": page.url})
        said.append(answer.status)
        return answer.url

    channel = page.locator("select[name=channel] option", has_text="Platform").get_attribute("value") or ""
    name = "<svg onload=alert(1)>" + secrets.token_hex(2)
    address = send("/channels/new/", name=name, description="".join(SCRIPTS[:9]))
    for chunk in _chunks(list(SCRIPTS), 480):
        thread = send("/posts/", text=chunk, channel=channel, client_key=secrets.token_hex(8))
    number = thread.rstrip("/").rsplit("/", 1)[-1]
    send(f"/p/{number}/folder/", folder="<img src=x onerror=alert(1)>")
    send("/search/save/", query="<svg/onload=alert(1)>")
    send(
        "/posts/",
        text="<script>alert(1)</script> again",
        quotes=number,
        channel=channel,
        client_key="q" + secrets.token_hex(8),
    )
    send(f"/p/{number}/report/", reason="other", note="<img src=x onerror=alert(1)>")
    send(f"/p/{number}/edit/", text="<img src=x onerror=alert(1)> edited", version="1")
    page.goto(f"/p/{number}/history/")
    assert not page.evaluate(FOREIGN)
    assert max(said) < 500
    return address
