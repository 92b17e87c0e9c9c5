"""Files in a browser: pasted, dropped, described, ordered, refused and held, and no typed word lost on the way."""

import base64
import re
import secrets
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.conftest import OpenPage, card
from tests.journeys.test_accessibility import NARROW_AND_DARK, WIDE_AND_LIGHT, findings, overflow
from tests.policy.extraction.files import pdf, picture

GIVE = """(field, [kind, name, type, data]) => {
    const bytes = Uint8Array.from(atob(data), sign => sign.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    const more = { bubbles: true, cancelable: true };
    field.dispatchEvent(kind === 'paste'
        ? new ClipboardEvent('paste', { clipboardData: transfer, ...more })
        : new DragEvent('drop', { dataTransfer: transfer, ...more }));
}"""

LONG = "a-very-long-name-of-a-file-that-nobody-reads.pdf"


def box(page: Page):
    return page.get_by_role("textbox", name="Write a post")


def give(page: Page, kind: str, name: str, data: bytes) -> None:
    """Paste or drop a file on the composer's text, as a browser tells of it."""
    told = [kind, name, "image/png" if name.endswith("png") else "", base64.b64encode(data).decode()]
    box(page).evaluate(GIVE, told)


def choose(page: Page, *files: tuple[str, bytes]) -> None:
    chosen: list[FilePayload] = [{"name": name, "mimeType": "", "buffer": data} for name, data in files]
    page.locator("[data-attach-input]").first.set_input_files(chosen)


def rows(page: Page):
    return page.locator(".draft-file[data-file]")


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_given_described_and_posted(kind: str, page_of: OpenPage) -> None:
    page = page_of("alice")
    words = f"Our new office {secrets.token_hex(4)}"
    box(page).fill(words)
    give(page, kind, "office.png", picture("HALL", size=(600, 400)))
    expect(rows(page)).to_have_count(1)
    post = page.get_by_role("button", name="Post", exact=True)
    post.click()
    description = page.get_by_label("Describe office.png")
    expect(description).to_be_focused()
    expect(box(page)).to_have_value(words)
    description.fill("A hall with plants")
    post.click()
    shown = card(page, words).get_by_role("link", name="A hall with plants").get_by_role("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600
    expect(rows(page)).to_have_count(0)


def test_words_in_a_file_are_named_and_the_share_is_held(page_of: OpenPage) -> None:
    page = page_of("alice")
    words = f"The plan of the move {secrets.token_hex(4)}"
    box(page).fill(words)
    page.get_by_role("switch", name="Share outside").check()
    page.get_by_role("checkbox", name="Press page").check()
    choose(page, ("plan.pdf", pdf("Rooms of Project Falcon")))
    hit = page.locator("[data-verdict] .hit").filter(has_text="plan.pdf")
    expect(hit).to_contain_text("Project Falcon")
    page.get_by_role("button", name="Send for review").click()
    expect(page.locator(".toast")).to_be_visible()
    expect(card(page, words).get_by_role("link", name=re.compile("plan.pdf"))).to_be_visible()
    page.goto("/shares/")
    page.get_by_role("link", name=words).first.click()
    expect(page.locator("main")).to_contain_text("In review")


def test_files_are_ordered_removed_and_still_there_after_a_reload(page_of: OpenPage) -> None:
    page = page_of("alice")
    box(page).click()
    choose(page, ("one.txt", b"1"), ("two.txt", b"2"), ("three.txt", b"3"))
    expect(rows(page)).to_have_count(3)
    button = page.get_by_role("button", name="Move three.txt forward")
    button.focus()
    with page.expect_response("**/drafts/"):
        page.keyboard.press("Enter")
    expect(button).to_be_focused()
    with page.expect_response("**/remove/"):
        page.get_by_role("button", name="Remove two.txt").click()
    page.reload()
    expect(rows(page).locator(".draft-file-name > span:first-child")).to_have_text(["one.txt", "three.txt"])
    for name in ("one.txt", "three.txt"):
        with page.expect_response("**/remove/"):
            page.get_by_role("button", name=f"Remove {name}").click()


def test_a_refused_file_says_what_to_do_and_loses_nothing(page_of: OpenPage) -> None:
    page = page_of("alice", allow=("status of 422",))
    box(page).fill("Half a thought")
    choose(page, ("broken.png", picture("x")[:-100]), ("good.txt", b"words"))
    expect(page.get_by_role("alert").filter(has_text="damaged")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(box(page)).to_have_value("Half a thought")
    for name in ("broken.png", "good.txt"):
        page.get_by_role("button", name=f"Remove {name}").click()
    with page.expect_response("**/drafts/"):
        box(page).fill("")


def test_what_the_server_refuses_comes_back_with_its_files(page_of: OpenPage) -> None:
    page = page_of("alice", allow=("status of 422",))
    box(page).fill("The staging password is Tr0ub4dor&3x")
    choose(page, ("notes.txt", b"words"))
    expect(rows(page)).to_have_count(1)
    expect(page.locator("[data-verdict] .v-block")).to_be_visible()
    page.evaluate("document.querySelector('cb-composer').preview.latest = null")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("cannot be posted")
    expect(rows(page)).to_have_count(1)
    expect(box(page)).to_have_value("The staging password is Tr0ub4dor&3x")
    page.get_by_role("button", name="Remove notes.txt").click()
    with page.expect_response("**/drafts/"):
        box(page).fill("")


def _sign_in(page: Page, username: str) -> None:
    """Without words: the page may speak French."""
    page.goto("/sign-in/")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill("corpblog")
    page.locator("#id_password").press("Enter")
    page.wait_for_url("/")


@pytest.mark.parametrize("options", [WIDE_AND_LIGHT, NARROW_AND_DARK], ids=["wide, light", "320 px, dark, French"])
def test_files_are_for_everybody_in_the_composer_in_a_post_and_at_the_desk(
    options: dict[str, Any], open_page: OpenPage
) -> None:
    page = open_page(allow=("status of 422",), bypass_csp=True, **options)
    _sign_in(page, "alice")
    words = f"For everybody {secrets.token_hex(4)}"
    page.locator("cb-composer textarea[name=text]").first.fill(words)
    page.locator("cb-composer input[name=outside]").first.check()
    choose(page, ("hall.png", picture("HALL")), (LONG, pdf("Project Falcon")))
    expect(rows(page)).to_have_count(2)
    choose(page, ("broken.png", picture("x")[:-100]))
    expect(page.locator(".draft-file.is-refused")).to_have_count(1)
    expect(page.locator("[data-verdict] .hit-place").first).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
    page.locator(".is-refused [data-remove]").click()
    page.locator("textarea[data-alt]").fill("A hall")
    page.locator("cb-composer button[data-submit]").first.click()
    expect(card(page, words).locator(".picture img")).to_be_visible()
    assert (findings(page), overflow(page)) == ([], 0)
    officer = open_page(bypass_csp=True, **options)
    _sign_in(officer, "omar")
    officer.goto("/desk/?view=all")
    officer.get_by_role("link", name=words).first.click()
    expect(officer.locator(".case-file")).to_have_count(2)
    expect(officer.locator(".case-file mark").first).to_be_visible()
    assert (findings(officer), overflow(officer)) == ([], 0)
