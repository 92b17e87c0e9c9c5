"""The desk as officers use it: twenty cases by keyboard, two on one case, a wording to take, evidence to keep."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage, tick_places
from tests.servers.instance import Instance

VERIFY = Path(__file__).resolve().parents[2] / "corpblog" / "desk" / "verify_evidence.py"


def ask(page: Page, text: str) -> None:
    """Write in the newsroom and ask that it leave for the press page."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("switch", name="Share outside").check()
    tick_places(page, "Press page")
    page.get_by_role("textbox", name="Write a post").fill(text)
    page.get_by_role("button", name="Send for review").click()
    expect(page.locator("article.post[data-id]").filter(has_text=text[-8:])).to_be_visible()


@pytest.fixture
def twenty(instance: Instance) -> str:
    """A mark that twenty cases carry, written by the demo company's own services: people may ask ten times an hour."""
    mark = secrets.token_hex(4)
    lines = [
        "from corpblog.kernel.models import LimitCounter",
        "from corpblog.people.models import Person",
        "from corpblog.posts.services import publish",
        "from corpblog.teams.models import Channel",
        "from corpblog.sharing import services, selectors",
        "press, room = selectors.destination_by_slug('press'), Channel.objects.get(slug='newsroom')",
        "people = [Person.objects.get(username=name) for name in ('alice', 'bruno')]",
        "for number in range(20):",
        "    LimitCounter.objects.all().delete()",
        "    who = people[number % 2]",
        f"    post = publish(by=who, channel=room, text=f'Kestrel step {{number * 7919}} of {mark}')",
        "    services.request_share(by=who, post=post, destination=press)",
    ]
    instance.manage("shell", "-c", "\n".join(lines))
    return mark


def open_case(page: Page, mark: str) -> None:
    page.get_by_role("link").filter(has_text=mark).first.click()
    # The first case is open before it is chosen, and its words are there before the script that listens to the keys.
    page.wait_for_url(re.compile(r"/desk/\d+/"))
    expect(page.locator(".case .evidence-text").first).to_contain_text(mark)


def test_twenty_cases_are_decided_by_keyboard_alone(page_of: OpenPage, go_live: GoLive, twenty: str) -> None:
    omar = page_of("omar")
    go_live(omar, "/desk/?view=mine")
    rows = omar.locator(".queue-row").filter(has_text=twenty)
    expect(rows).to_have_count(20)
    # Past what the demo company left in the queue.
    while twenty not in omar.locator(".case .evidence-text").first.inner_text():
        before = omar.url
        omar.keyboard.press("j")
        omar.wait_for_url(lambda url, before=before: url != before)
    for left in range(19, -1, -1):
        if left % 5 == 0:
            omar.keyboard.press("x")
            omar.keyboard.type("Not before the launch")
            omar.keyboard.press("Control+Enter")
        else:
            omar.keyboard.press("a")
        expect(omar.locator(".ruled")).to_be_visible()
        expect(rows).to_have_count(left)
        while left and twenty not in omar.locator(".case .evidence-text").first.inner_text():
            before = omar.url
            omar.keyboard.press("j")
            omar.wait_for_url(lambda url, before=before: url != before)
    omar.goto("/desk/?view=done")
    expect(omar.locator(".queue-row").filter(has_text=twenty)).to_have_count(20)
    expect(omar.locator(".queue-row.v-block").filter(has_text=twenty)).to_have_count(4)


def test_two_officers_on_one_case_decide_it_once(page_of: OpenPage, go_live: GoLive) -> None:
    mark = secrets.token_hex(4)
    alice, omar = page_of("alice"), page_of("omar")
    lena = page_of("lena", allow=("409",))
    ask(alice, f"Kestrel for two officers {mark}")
    for officer in (omar, lena):
        go_live(officer, "/desk/")
        open_case(officer, mark)
    # Omar takes it: Lena's queue says so without a reload.
    omar.keyboard.press("t")
    expect(omar.locator(".case-who")).to_contain_text("With Omar Haddad")
    expect(lena.locator(".queue-row").filter(has_text=mark)).to_have_count(0)
    lena.get_by_role("textbox", name="Note").fill("I know these people")
    omar.keyboard.press("a")
    expect(omar.locator(".ruled")).to_contain_text("Approved")
    expect(lena.locator(".case [role=status]")).to_contain_text("This case changed while you were looking at it")
    lena.get_by_role("button", name="Ask for changes").click()
    expect(lena.get_by_role("alert")).to_contain_text("decided or withdrawn in the meantime")


def test_a_wording_is_proposed_taken_and_judged_anew(page_of: OpenPage, go_live: GoLive) -> None:
    mark = secrets.token_hex(4)
    alice, omar = page_of("alice"), page_of("omar")
    ask(alice, f"👍 The Kestrel team of Lyon says hello {mark}")
    go_live(omar, "/desk/")
    open_case(omar, mark)
    expect(omar.locator("[data-left]")).to_be_hidden()
    omar.get_by_role("button", name="Redact").click()
    expect(omar.locator("[data-left]")).to_contain_text(f"👍 The […] team of Lyon says hello {mark}")
    omar.get_by_label("More: mark words here").evaluate(
        "area => area.setSelectionRange(area.value.indexOf(' of Lyon'), area.value.indexOf(' says'))"
    )
    omar.get_by_role("button", name="Take out what is marked").click()
    expect(omar.locator("[data-left]")).to_contain_text(f"👍 The […] team[…] says hello {mark}")
    omar.get_by_role("button", name="Propose this wording").click()
    expect(omar.locator(".ruled")).to_contain_text("Sent back with a wording")
    alice.goto("/shares/")
    alice.get_by_role("link").filter(has_text=mark).first.click()
    expect(alice.locator("main")).to_contain_text("A wording that a reviewer proposes")
    expect(alice.locator("main")).not_to_contain_text("Omar")
    alice.get_by_role("button", name="Use this wording").click()
    expect(alice.locator("main")).to_contain_text("You took the wording")
    expect(alice.locator("#bytes").locator("xpath=../..")).to_contain_text(f"👍 The […] team[…] says hello {mark}")
    expect(alice.locator(".timeline")).to_contain_text("Edited: the new words are judged from the start")


def test_a_case_is_passed_up_and_the_second_officer_decides(page_of: OpenPage, go_live: GoLive) -> None:
    mark = secrets.token_hex(4)
    alice, omar, lena = page_of("alice"), page_of("omar"), page_of("lena")
    ask(alice, f"Kestrel goes up {mark}")
    go_live(omar, "/desk/")
    open_case(omar, mark)
    omar.keyboard.press("e")
    omar.keyboard.type("Is this the same customer?")
    omar.keyboard.press("Control+Enter")
    expect(omar.locator(".ruled")).to_contain_text("Escalated")
    go_live(lena, "/desk/?view=escalated")
    open_case(lena, mark)
    expect(lena.locator("#remarks")).to_contain_text("Is this the same customer?")
    lena.keyboard.press("a")
    expect(lena.locator(".ruled")).to_contain_text("Approved")


def test_the_evidence_of_a_case_is_verified_by_a_script_that_stands_alone(
    page_of: OpenPage, go_live: GoLive, tmp_path: Path
) -> None:
    mark = secrets.token_hex(4)
    alice, omar = page_of("alice"), page_of("omar")
    ask(alice, f"Kestrel as evidence {mark}")
    go_live(omar, "/desk/")
    open_case(omar, mark)
    with omar.expect_download() as download:
        omar.get_by_role("button", name="Evidence as a ZIP").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert re.fullmatch(r"evidence-\d+\.zip", path.name)
    answer = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFY), str(path)], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert answer.returncode == 0, answer.stdout
    assert "The evidence holds" in answer.stdout


def test_a_rejection_is_contested_and_lifted_by_another_officer(page_of: OpenPage, go_live: GoLive) -> None:
    mark = secrets.token_hex(4)
    alice, omar, lena = page_of("alice"), page_of("omar"), page_of("lena")
    ask(alice, f"Kestrel is on our website since May {mark}")
    go_live(omar, "/desk/")
    open_case(omar, mark)
    omar.keyboard.press("x")
    omar.keyboard.type("Not announced")
    omar.keyboard.press("Control+Enter")
    expect(omar.locator(".ruled")).to_contain_text("Rejected")
    alice.goto("/shares/")
    alice.get_by_role("link").filter(has_text=mark).first.click()
    alice.get_by_label("Why may these words leave?").fill("See our website, May 2")
    alice.get_by_role("button", name="Ask another reviewer").click()
    expect(alice.locator("main")).to_contain_text("You contested the rejection")
    omar.goto("/desk/?view=appeals")
    open_case(omar, mark)
    expect(omar.locator(".appeal")).to_contain_text("Another officer answers")
    go_live(lena, "/desk/?view=appeals")
    open_case(lena, mark)
    expect(lena.locator(".appeal")).to_contain_text("See our website, May 2")
    lena.get_by_role("button", name="Lift the rejection").click()
    expect(lena.locator(".case-head")).to_contain_text("In review")
    lena.keyboard.press("a")
    expect(lena.locator(".ruled")).to_contain_text("Approved")
    alice.goto("/shares/")
    alice.get_by_role("link").filter(has_text=mark).first.click()
    expect(alice.locator("main")).to_contain_text("The rejection was lifted")
