"""Keys of the desk beyond approving and rejecting, and words taken out of a description."""

import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import GoLive, OpenPage
from tests.journeys.test_desk import ask, open_case
from tests.servers.instance import Instance


@pytest.fixture
def case_of(page_of: OpenPage, go_live: GoLive) -> tuple[Page, Page, str]:
    """A new case before an officer, its author's page, and the mark in its words."""
    mark = secrets.token_hex(4)
    alice, omar = page_of("alice"), page_of("omar")
    ask(alice, f"Kestrel by keys {mark}")
    go_live(omar, "/desk/")
    open_case(omar, mark)
    return omar, alice, mark


def share_of(page: Page, mark: str) -> None:
    page.goto("/shares/")
    page.get_by_role("link").filter(has_text=mark).first.click()


def test_r_waits_for_what_to_change_and_the_author_reads_it(case_of: tuple[Page, Page, str]) -> None:
    omar, alice, mark = case_of
    omar.keyboard.press("r")
    expect(omar.get_by_role("textbox", name="Note")).to_be_focused()
    expect(omar.locator(".ruled")).to_have_count(0)
    omar.keyboard.type("Leave the name out, please")
    omar.keyboard.press("Control+Enter")
    expect(omar.locator(".ruled")).to_contain_text("Sent back. The author reads what you ask for.")
    share_of(alice, mark)
    expect(alice.locator("main")).to_contain_text("Leave the name out, please")
    expect(alice.locator("main")).to_contain_text("Changes asked for")
    expect(alice.locator("main")).not_to_contain_text("Omar")


def test_k_goes_back_to_the_case_before(case_of: tuple[Page, Page, str], page_of: OpenPage, go_live: GoLive) -> None:
    omar, alice, mark = case_of
    ask(alice, f"Kestrel once more {mark}, number 2{secrets.token_hex(4)}")
    go_live(omar, "/desk/?view=team")
    rows = omar.locator(".queue-row").filter(has_text=mark)
    expect(rows).to_have_count(2)
    rows.first.click()
    expect(rows.first).to_have_attribute("aria-current", "true")
    first = omar.url
    omar.keyboard.press("j")
    expect(omar).not_to_have_url(first)
    expect(rows.last).to_have_attribute("aria-current", "true")
    omar.keyboard.press("k")
    expect(omar).to_have_url(first)
    expect(rows.first).to_have_attribute("aria-current", "true")


def test_v_and_f_mark_what_a_rule_found_and_take_it_back_beside_a_note(case_of: tuple[Page, Page, str]) -> None:
    omar, _alice, _mark = case_of
    right, wrong = (omar.locator(f"[data-mark={how}]").first for how in ("right", "wrong"))
    omar.get_by_role("textbox", name="Note").fill("Half a reason")
    omar.keyboard.press("Escape")
    omar.keyboard.press("v")
    expect(right).to_have_attribute("aria-pressed", "true")
    expect(omar.locator("#announcer")).to_have_text("Marked as a true find.")
    expect(omar.locator("#timeline li").first).to_contain_text("marked as a true find")
    omar.keyboard.press("f")
    expect(wrong).to_have_attribute("aria-pressed", "true")
    expect(right).to_have_attribute("aria-pressed", "false")
    omar.keyboard.press("f")
    expect(wrong).to_have_attribute("aria-pressed", "false")
    expect(omar.get_by_role("textbox", name="Note")).to_have_value("Half a reason")
    omar.keyboard.press("v")
    expect(right).to_have_attribute("aria-pressed", "true")
    omar.reload()
    expect(right).to_have_attribute("aria-pressed", "true")


def test_n_writes_a_note_that_keys_do_not_disturb_and_escape_leaves(case_of: tuple[Page, Page, str]) -> None:
    omar, _alice, _mark = case_of
    omar.keyboard.press("n")
    note = omar.get_by_role("textbox", name="Note")
    expect(note).to_be_focused()
    # Every key of the desk is among these letters; in the note they are letters.
    omar.keyboard.type("Asked Lena, and she knows the axe: drop nothing, keep it")
    expect(omar.locator(".ruled")).to_have_count(0)
    expect(note).to_have_value("Asked Lena, and she knows the axe: drop nothing, keep it")
    omar.keyboard.press("Escape")
    expect(note).not_to_be_focused()
    omar.keyboard.press("a")
    expect(omar.locator(".ruled")).to_contain_text("Approved. It leaves in a moment.")


def test_s_ticks_what_is_nearly_the_same_and_one_z_takes_all_back(
    case_of: tuple[Page, Page, str], go_live: GoLive
) -> None:
    omar, alice, mark = case_of
    ask(alice, f"Kestrel by keys {mark}.")
    go_live(omar, "/desk/?view=team")
    rows = omar.locator(".queue-row").filter(has_text=mark)
    expect(rows).to_have_count(2)
    open_case(omar, mark)
    omar.keyboard.press("s")
    expect(omar.locator(".beside input:checked")).to_have_count(1)
    omar.keyboard.press("a")
    expect(omar.locator(".ruled")).to_contain_text("1 more like it, too.")
    omar.wait_for_load_state("domcontentloaded")
    omar.keyboard.press("z")
    expect(omar.locator(".case .evidence-text").first).to_contain_text(mark)
    expect(omar.locator(".case-head")).to_contain_text("In review")
    expect(rows).to_have_count(2)


def test_z_takes_the_last_ruling_back_before_anything_leaves(case_of: tuple[Page, Page, str]) -> None:
    omar, alice, mark = case_of
    here = omar.url
    omar.keyboard.press("a")
    expect(omar.locator(".ruled")).to_contain_text("Approved")
    # The next case is there before the script that listens to the keys.
    omar.wait_for_load_state("domcontentloaded")
    omar.keyboard.press("z")
    expect(omar.locator(".case .evidence-text").first).to_contain_text(mark)
    expect(omar.locator(".case-head")).to_contain_text("In review")
    expect(omar.locator(".timeline")).to_contain_text("A decision was undone")
    assert omar.url.partition("?")[0] == here.partition("?")[0]
    share_of(alice, mark)
    expect(alice.locator("main")).to_contain_text("In review")
    expect(alice.locator("main")).not_to_contain_text("Sealed for sending")


@pytest.fixture
def pictured(instance: Instance) -> str:
    """A mark in the description of a picture that waits, because the description names what is secret."""
    mark = secrets.token_hex(4)
    lines = [
        "import io",
        "from PIL import Image",
        "from corpblog.kernel.models import LimitCounter",
        "from corpblog.people.models import Person",
        "from corpblog.posts.files import Wish",
        "from corpblog.posts.services import attach, publish",
        "from corpblog.sharing import selectors, services",
        "from corpblog.teams.models import Channel",
        "LimitCounter.objects.all().delete()",
        "alice, out = Person.objects.get(username='alice'), io.BytesIO()",
        "Image.new('RGB', (40, 30), 'teal').save(out, 'PNG')",
        "file = attach(by=alice, place='new', name='hall.png', data=out.getvalue())",
        f"wish = Wish(file.pk, 'The Kestrel in hall {mark}')",
        "room = Channel.objects.get(slug='newsroom')",
        f"post = publish(by=alice, channel=room, text='Our new hall, number {mark}', files=[wish])",
        "services.request_share(by=alice, post=post, destination=selectors.destination_by_slug('press'))",
    ]
    instance.manage("shell", "-c", "\n".join(lines))
    return mark


def test_words_are_taken_out_of_a_description_and_the_author_takes_the_rest(
    page_of: OpenPage, go_live: GoLive, pictured: str
) -> None:
    alice, omar = page_of("alice"), page_of("omar")
    go_live(omar, "/desk/")
    open_case(omar, pictured)
    omar.keyboard.press("d")
    described = omar.locator("[data-redact-field='attachments.0.alt']")
    expect(described).to_have_attribute("open", "")
    expect(described.locator("[data-left]")).to_have_text(f"The […] in hall {pictured}")
    described.get_by_label("More: mark words here").evaluate(
        "area => area.setSelectionRange(area.value.indexOf(' in hall'), area.value.indexOf(' hall'))"
    )
    described.get_by_role("button", name="Take out what is marked").click()
    expect(described.locator("[data-left]")).to_have_text(f"The […] hall {pictured}")
    omar.get_by_role("button", name="Propose this wording").click()
    expect(omar.locator(".ruled")).to_contain_text("Sent back with a wording")
    share_of(alice, pictured)
    offered = alice.locator("section").filter(has_text="A wording that a reviewer proposes").last
    expect(offered).to_contain_text("Description of file 1")
    expect(offered).to_contain_text(f"The […] hall {pictured}")
    offered.get_by_role("button", name="Use this wording").click()
    expect(alice.locator("main")).to_contain_text("You took the wording")
    expect(alice.locator(".timeline")).to_contain_text("Edited: the new words are judged from the start")
    omar.goto("/desk/?view=team")
    expect(omar.locator(".queue-row").filter(has_text=pictured)).to_have_count(0)
