"""Kinds of posts, two people at once: polls, questions, praise, announcements, and what is posted later."""

import secrets

from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, card, show_new
from tests.journeys.test_accessibility import NARROW_AND_DARK, findings, overflow, signed_in


def choose(page: Page, kind: str, words: str) -> None:
    """Write a text and choose what it is, by the keyboard."""
    page.get_by_role("textbox", name="Write a post").fill(words)
    page.get_by_role("button", name="More kinds of posts").press("Enter")
    entry = page.locator(".menu-list:popover-open").get_by_role("button", name=kind)
    expect(entry).to_be_visible()
    for _step in range(12):
        page.keyboard.press("ArrowDown")
        if entry.evaluate("entry => entry === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("main cb-composer").get_by_role("group", name=kind)).to_be_visible()


def test_a_poll_is_asked_by_keyboard_voted_in_and_counted_live(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    for page in (alice, emily):
        go_live(page, "/c/platform/")
    words = f"Where do we eat? {secrets.token_hex(4)}"
    choose(alice, "Poll", words)
    expect(alice.get_by_label("Answer 1")).to_be_focused()
    alice.keyboard.type("Canteen")
    alice.keyboard.press("Enter")
    alice.keyboard.type("Market")
    with alice.expect_response("**/drafts/"):
        alice.keyboard.press("Enter")
        alice.keyboard.type("Outside")
    # The draft has the answers, wherever its author goes on.
    alice.goto("/c/platform/")
    expect(alice.get_by_label("Answer 3")).to_have_value("Outside")
    assert findings(alice) == []
    alice.keyboard.press("c")
    alice.keyboard.press("Control+Enter")
    asked, seen = card(alice, words), card(emily, words)
    expect(asked.get_by_role("radio")).to_have_count(3)
    show_new(emily)
    seen.get_by_text("Market").click()
    seen.get_by_role("button", name="Vote", exact=True).click()
    expect(seen.get_by_text("1 · 100%")).to_be_visible()
    # Who asked hears of the vote at once, and sees no result before their own.
    expect(asked.get_by_text("1 vote", exact=True)).to_be_visible()
    expect(asked.get_by_text("100%")).to_have_count(0)
    asked.get_by_text("Canteen").click()
    asked.get_by_role("button", name="Vote", exact=True).click()
    expect(asked.get_by_text("1 · 50%")).to_have_count(2)
    expect(seen.get_by_text("1 · 50%")).to_have_count(2)
    assert findings(emily) == []


def test_a_poll_fits_a_phone_in_french_and_in_the_dark(page_of: OpenPage, open_page: OpenPage) -> None:
    alice = page_of("alice")
    words = f"Which of these rather long answers do we take? {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    choose(alice, "Poll", words)
    alice.keyboard.type("Acceptance" * 8)
    alice.get_by_label("Answer 2").fill("No")
    alice.get_by_role("button", name="Post", exact=True).click()
    expect(card(alice, words)).to_be_visible()
    phone = signed_in(open_page, "karim", NARROW_AND_DARK)
    phone.goto(card(alice, words).locator("a.post-time").get_attribute("href") or "")
    expect(phone.get_by_role("button", name="Voter")).to_be_visible()
    assert overflow(phone) <= 0
    assert findings(phone) == []


def test_a_question_gets_its_best_answer_while_two_look(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    for page in (alice, emily):
        go_live(page, "/c/platform/")
    words, answer = (f"{start} {secrets.token_hex(4)}" for start in ("Who has the key?", "It hangs by the door"))
    choose(alice, "Question", words)
    alice.get_by_role("textbox", name="Write a post").press("Control+Enter")
    asked, seen = card(alice, words), card(emily, words)
    expect(asked.get_by_text("Question", exact=True)).to_be_visible()
    show_new(emily)
    seen.get_by_role("button", name="Reply").click()
    emily.get_by_role("textbox", name="Reply to Alice Martin").fill(answer)
    emily.keyboard.press("Control+Enter")
    alice.goto(asked.locator("a.post-time").get_attribute("href") or "")
    reply = card(alice, answer).and_(alice.locator(".post-reply"))
    reply.get_by_role("button", name="More", exact=True).click()
    reply.get_by_role("button", name="Best answer").click()
    expect(alice.get_by_text("Question, answered")).to_be_visible()
    # Emily's feed, beside the thread, shows it without a reload.
    expect(emily.locator("main").get_by_text("Best answer, by Emily").first).to_be_visible()
    assert findings(emily) == []
    # Only who asked is offered the choice.
    own = emily.locator(".thread article.post-reply").filter(has_text=answer)
    own.get_by_role("button", name="More", exact=True).click()
    expect(own.get_by_role("link", name="Copy the link")).to_be_visible()
    expect(own.get_by_role("button", name="best answer")).to_have_count(0)
    emily.goto("/notices/")
    expect(emily.get_by_text("chose your answer as the best").first).to_be_visible()
    emily.goto(f"/search/?q=is:answered+{words.split()[-1]}")
    expect(card(emily, words)).to_be_visible()


def test_praise_is_given_by_name_and_stands_on_a_page(page_of: OpenPage, open_page: OpenPage) -> None:
    alice, emily = page_of("alice", allow=("422",)), page_of("emily")
    words = f"Without you no demo today {secrets.token_hex(4)}"
    alice.goto("/c/platform/")
    choose(alice, "Praise", words)
    alice.get_by_label("There when needed").check()
    with alice.expect_response("**/mentions/**"):
        alice.get_by_label("Colleague 1").press_sequentially("emi")
    expect(alice.locator("datalist option[value=emily]")).to_have_count(1)
    alice.get_by_role("button", name="Post", exact=True).click()
    # Nobody is called "emi": everything typed is back, and the next try goes through.
    expect(alice.get_by_text("There is nobody called emi").first).to_be_visible()
    expect(alice.get_by_role("textbox", name="Write a post")).to_have_value(words)
    expect(alice.get_by_label("There when needed")).to_be_checked()
    alice.get_by_label("Colleague 1").fill("emily")
    alice.get_by_role("button", name="Post", exact=True).click()
    expect(card(alice, words).get_by_text("There when needed")).to_be_visible()
    assert findings(alice) == []
    emily.goto("/notices/")
    expect(emily.get_by_text("praises you").first).to_be_visible()
    phone = signed_in(open_page, "karim", NARROW_AND_DARK)
    phone.goto("/@emily/")
    expect(phone.get_by_text("Là quand il faut").first).to_be_visible()
    assert overflow(phone) <= 0
    assert findings(phone) == []


def test_an_announcement_is_acknowledged_while_its_author_looks(page_of: OpenPage, go_live: GoLive) -> None:
    chloe, alice = page_of("chloe"), page_of("alice")
    words = f"New badges from Monday {secrets.token_hex(4)}"
    name = f"Badges {secrets.token_hex(3)}"
    chloe.goto("/channels/new/")
    chloe.get_by_label("Name").fill(name)
    chloe.get_by_role("button", name="Make the channel").click()
    expect(chloe.get_by_role("heading", name=name)).to_be_visible()
    place = chloe.url
    alice.goto(place)
    alice.get_by_role("button", name="Join").first.click()
    expect(alice.get_by_role("textbox", name="Write a post")).to_be_visible()
    go_live(chloe, place)
    go_live(alice, place)
    choose(chloe, "Announcement", words)
    chloe.get_by_role("textbox", name="Write a post").press("Control+Enter")
    made, read = card(chloe, words), card(alice, words)
    expect(made.get_by_text("0 of 1 acknowledged")).to_be_visible()
    expect(made.get_by_role("button", name="Acknowledge")).to_be_hidden()
    show_new(alice)
    # The page that tells who did stands open meanwhile, and hears of it by itself.
    looking = page_of("chloe")
    go_live(looking, f"/p/{made.get_attribute('data-id')}/acknowledged/")
    expect(looking.get_by_role("heading", name="0 of 1 person acknowledged")).to_be_visible()
    looking.evaluate("window.__same = true")
    read.get_by_role("button", name="Acknowledge").click()
    expect(looking.get_by_role("heading", name="1 of 1 person acknowledged")).to_be_visible()
    assert looking.evaluate("window.__same") is True
    expect(read.get_by_text("You acknowledged it.")).to_be_visible()
    expect(read.get_by_text("of 1 acknowledged")).to_have_count(0)
    expect(made.get_by_text("1 of 1 acknowledged")).to_be_visible()
    assert findings(alice) == []
    made.get_by_text("1 of 1 acknowledged").click()
    expect(chloe.get_by_role("heading", name="1 of 1 person acknowledged")).to_be_visible()
    assert findings(chloe) == []


def test_a_post_waits_is_edited_and_posted_while_another_looks(page_of: OpenPage, go_live: GoLive) -> None:
    alice, emily = page_of("alice"), page_of("emily")
    words = f"Retrospective at four {secrets.token_hex(4)}"
    go_live(emily, "/c/platform/")
    alice.goto("/c/platform/")
    with alice.expect_response("**/verdict/"):
        alice.get_by_role("textbox", name="Write a post").fill(words)
    # The verdict is there already: choosing a time alone has to change the button.
    alice.get_by_role("button", name="More kinds of posts").click()
    alice.locator(".menu-list:popover-open").get_by_role("button", name="Post later").click()
    expect(alice.get_by_label("Time", exact=True)).to_be_visible()
    assert findings(alice) == []
    alice.get_by_role("button", name="Schedule", exact=True).click()
    expect(alice.get_by_text("It will be posted on").first).to_be_visible()
    expect(alice.get_by_role("textbox", name="Write a post")).to_have_value("")
    alice.goto("/scheduled/")
    row = alice.get_by_role("listitem").filter(has_text=words)
    assert findings(alice) == []
    row.get_by_role("link", name="Edit").click()
    alice.get_by_role("textbox", name="Edit a scheduled post").fill(f"{words}, room 2")
    alice.get_by_role("button", name="Save").click()
    expect(card(emily, words)).to_have_count(0)
    alice.get_by_role("listitem").filter(has_text=f"{words}, room 2").get_by_role("button", name="Post now").click()
    expect(card(alice, f"{words}, room 2")).to_be_visible()
    show_new(emily)
    expect(card(emily, f"{words}, room 2")).to_be_visible()
