"""The composer in a browser: marks under the letters, foreign keyboards, a lost network, and no text ever lost."""

import secrets

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.journeys.conftest import OpenPage, card, post
from tests.journeys.test_accessibility import findings

WITHOUT_NATIVE_MARKS = "delete HTMLTextAreaElement.prototype.createValueRange"
NATIVE_MARKS = """() => ['warn', 'hold', 'block'].flatMap(level =>
    [...(CSS.highlights.get('cb-' + level) ?? [])].map(range => range.toString()))"""
TEXT = "🦅 The Contoso deal: Project Falcon lands on Monday."


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Write a post").fill(text)


def marked(page: Page) -> list[str]:
    return page.locator(".mirror mark").all_inner_texts()


def share_outside(page: Page) -> None:
    page.get_by_role("switch", name="Share outside").check()
    page.get_by_role("checkbox", name="Press page").check()


def test_what_a_rule_finds_can_be_selected_letter_by_letter(page_of: OpenPage) -> None:
    page = page_of("alice")
    write(page, TEXT)
    with page.expect_response("**/verdict/", timeout=15_000):
        share_outside(page)
    hit = page.locator(".hit button", has_text="Project Falcon").first
    expect(hit).to_be_visible()
    hit.click()
    field = page.get_by_role("textbox", name="Write a post")
    assert field.evaluate("at => at.value.slice(at.selectionStart, at.selectionEnd)") == "Project Falcon"
    expect(page.get_by_role("button", name="Send for review")).to_be_visible()
    page.get_by_role("switch", name="Share outside").uncheck()
    expect(page.get_by_role("button", name="Post", exact=True)).to_be_visible()


def test_browsers_without_native_marks_have_the_same_ones(open_page: OpenPage) -> None:
    page = open_page()
    page.add_init_script(WITHOUT_NATIVE_MARKS)
    page.goto("/sign-in/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("corpblog")
    page.get_by_role("button", name="Sign in").click()
    write(page, TEXT)
    share_outside(page)
    expect(page.locator(".mirror mark").first).to_be_attached()
    assert "Project Falcon" in marked(page)
    field, mirror = (
        page.locator(place).bounding_box() for place in (".composer-text textarea", ".composer-text .mirror")
    )
    assert field
    assert mirror
    assert abs(field["x"] - mirror["x"]) < 0.5
    assert abs(field["width"] - mirror["width"]) < 0.5


def test_nothing_is_asked_while_a_foreign_keyboard_composes(page_of: OpenPage) -> None:
    page = page_of("alice")
    field = page.get_by_role("textbox", name="Write a post")
    field.fill("")  # a draft of another test may be there
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/verdict/"):
            asked.append(request.url)

    page.on("request", note)
    keyboard = page.context.new_cdp_session(page)
    for text in ("に", "にほ", "にほん"):
        keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
        page.wait_for_timeout(400)
    assert asked == []
    with page.expect_request("**/verdict/"):
        keyboard.send("Input.insertText", {"text": "日本"})
    expect(field).to_have_value("日本")


def test_a_post_without_a_network_waits_and_is_posted_once(page_of: OpenPage) -> None:
    page = page_of("alice", allow=("ERR_INTERNET_DISCONNECTED",))
    words = f"Written in a tunnel {secrets.token_hex(4)}"
    write(page, words)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    failed = page.locator(".is-failed")
    expect(failed).to_contain_text(words)
    expect(page.locator("#net-banner")).to_be_visible()
    page.context.set_offline(False)
    failed.get_by_role("button", name="Try again").click()
    expect(failed).to_have_count(0)
    expect(card(page, words)).to_have_count(1)
    page.reload()
    expect(card(page, words)).to_have_count(1)


def test_what_the_server_refuses_comes_back_into_the_field(page_of: OpenPage) -> None:
    page = page_of("alice", allow=("status of 422",))
    write(page, "The staging password is Tr0ub4dor&3x")
    expect(page.locator("[data-verdict] .v-block")).to_be_visible()
    expect(page.get_by_role("button", name="Post", exact=True)).to_have_attribute("aria-disabled", "true")
    # Around the preview, as a page that could not reach it would: the server decides by itself.
    page.evaluate("document.querySelector('cb-composer').preview.latest = null")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("cannot be posted")
    expect(page.get_by_role("textbox", name="Write a post")).to_have_value("The staging password is Tr0ub4dor&3x")


def test_a_wording_that_passes_takes_the_place_of_the_text_and_undo_brings_it_back(page_of: OpenPage) -> None:
    page = page_of("alice")
    field = page.get_by_role("textbox", name="Write a post")
    words = "For the new ones: the staging password is Tr0ub4dor&3x, ask me on Monday"
    write(page, words)
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("[data-verdict] .strip")).to_have_count(0)
    expect(page.get_by_role("button", name="Post", exact=True)).not_to_have_attribute("aria-disabled", "true")
    assert "Tr0ub4dor" not in field.input_value()
    assert field.input_value().startswith("For the new ones:")
    page.keyboard.press("Control+z")
    expect(field).to_have_value(words)
    with page.expect_response("**/drafts/"):
        write(page, "")


@pytest.mark.parametrize("path", ["/", "/c/platform/"])
def test_a_draft_is_there_after_a_reload(path: str, page_of: OpenPage) -> None:
    page = page_of("alice")
    page.goto(path)
    words = f"Half a thought {secrets.token_hex(4)}"
    with page.expect_response("**/drafts/"):
        write(page, words)
    page.reload()
    expect(page.get_by_role("textbox", name="Write a post")).to_have_value(words)
    with page.expect_response("**/drafts/"):
        write(page, "")


def test_a_chosen_name_can_be_undone(page_of: OpenPage) -> None:
    page = page_of("alice")
    field = page.get_by_role("textbox", name="Write a post")
    field.fill("")
    page.keyboard.type("Ask @bru")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value("Ask @bruno ")
    page.keyboard.press("Control+z")
    expect(field).to_have_value("Ask @bru")


def test_enter_chooses_nobody_whom_the_last_letter_ruled_out(page_of: OpenPage) -> None:
    page = page_of("alice")
    field = page.get_by_role("textbox", name="Write a post")
    field.fill("")
    late: list[Route] = []

    def keep(route: Route) -> None:
        late.append(route)

    page.route("**/mentions/?q=bru", keep)
    page.keyboard.type("Ask @br")
    expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    page.keyboard.type("u")
    # The server has not answered for the three letters yet.
    page.keyboard.press("Enter")
    expect(field).to_have_value("Ask @bruno ")
    for route in late:
        route.abort()


def test_channels_and_hashtags_are_suggested_and_lead_there(page_of: OpenPage) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    tag = f"pizza{secrets.token_hex(4)}"
    emily.goto("/c/platform/")
    post(emily, f"Friday #{tag}")
    alice.goto("/c/platform/")
    field = alice.get_by_role("textbox", name="Write a post")
    field.fill("")
    alice.keyboard.type("Ask in ~newsr")
    expect(alice.get_by_role("option", name="Newsroom")).to_be_visible()
    alice.keyboard.press("Enter")
    expect(field).to_have_value("Ask in ~newsroom ")
    alice.keyboard.type(f"about #{tag[:-3]}")
    expect(alice.get_by_role("option", name=tag)).to_be_visible()
    alice.keyboard.press("Tab")
    expect(field).to_have_value(f"Ask in ~newsroom about #{tag} ")
    assert findings(alice) == []
    alice.keyboard.press("Control+Enter")
    expect(card(alice, tag).get_by_role("link", name="~newsroom")).to_have_attribute("href", "/c/newsroom/")


def test_posting_switches_the_outside_off_again(page_of: OpenPage) -> None:
    page = page_of("alice")
    write(page, f"Nothing secret here {secrets.token_hex(4)}")
    share_outside(page)
    expect(page.locator("[data-draft-state]").first).to_have_text("Draft saved")
    page.keyboard.press("Control+Enter")
    page.get_by_role("textbox", name="Write a post").click()
    expect(page.get_by_role("switch", name="Share outside")).not_to_be_checked()
