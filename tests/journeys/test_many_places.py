"""One post to three places of which one says no; words released and then forbidden; what others do out there."""

import re
from urllib.request import urlopen

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import NewAccount, OpenPage, tick_places
from tests.journeys.test_accessibility import findings
from tests.servers.children import wait_until
from tests.servers.instance import Instance


def share(page: Page, words: str, *places: str) -> None:
    """Write in the newsroom, tick these places and no other, send, and open the share of the first one."""
    page.goto("/c/newsroom/")
    page.get_by_role("textbox", name="Write a post").click()
    page.get_by_role("switch", name="Share outside").check()
    tick_places(page, *places)
    page.get_by_role("textbox", name="Write a post").press_sequentially(words, delay=5)
    page.locator("[data-submit]").first.click()
    expect(page.locator("article.post[data-id]").filter(has_text=words)).to_be_visible()
    page.goto("/shares/")
    row(page, words, places[0]).get_by_role("link").first.click()


def row(page: Page, token: str, place: str) -> Locator:
    """What the list of shares says of the one with these words there."""
    return page.locator("main").get_by_role("listitem").filter(has_text=token).filter(has_text=place).first


def press(instance: Instance) -> str:
    with urlopen(f"{instance.url}/press/", timeout=10) as answer:
        return str(answer.read().decode())


def test_two_of_three_places_have_it_and_the_third_says_why_not(
    page_of: OpenPage, instance: Instance, account: NewAccount, refusing_webhook: int, token: str
) -> None:
    herald = account("Herald")
    connect = ["connect_destination", "bulletin", "teams", "--by", "irene", "--name", "Bulletin"]
    instance.manage(*connect, stdin=f"http://127.0.0.1:{refusing_webhook}/hook\n")
    words = f"We open a second café in Lyon. {token}"
    alice = page_of("alice")
    share(alice, words, "Bulletin", "Press page", "Herald")
    main = alice.locator("main")
    # The page changes by itself, for the place that refuses as for the two others.
    expect(main).to_contain_text("The server refused it.", timeout=60_000)
    wait_until(lambda: words in press(instance), seconds=60)
    wait_until(lambda: herald.texts() == [words], seconds=60)
    alice.reload()
    assert findings(alice) == []
    for place in ("Press page", "Herald"):
        expect(row(alice, token, place)).to_contain_text(re.compile("Sent$"))
    alice.goto("/shares/")
    for place, state in (("Press page", "Sent$"), ("Herald", "Sent$"), ("Bulletin", "Not sent$")):
        expect(row(alice, token, place)).to_contain_text(re.compile(state))
    # The refusal is for a connector admin, who can send it again once the trouble is mended.
    irene = page_of("irene")
    irene.goto("/destinations/bulletin/")
    expect(irene.get_by_role("heading", name="Not delivered")).to_be_visible()
    expect(irene.locator("main")).not_to_contain_text(token)
    assert findings(irene) == []


def test_words_that_are_released_and_then_forbidden_do_not_leave(
    page_of: OpenPage, account: NewAccount, token: str
) -> None:
    gazette = account("Gazette")
    orchid = f"orchid{token}"
    words = f"Kestrel flies over the {orchid} field. {token}"
    irene, omar, alice = page_of("irene"), page_of("omar"), page_of("alice")
    share(alice, words, "Gazette")
    case = alice.url
    irene.goto("/destinations/gazette/")
    irene.get_by_role("button", name="Close", exact=True).click()
    expect(irene.locator("main")).to_contain_text("It is closed")
    omar.goto("/desk/")
    omar.get_by_role("link").filter(has_text=token).first.click()
    expect(omar.locator(".case .evidence-text").first).to_contain_text(orchid)
    omar.get_by_role("button", name="Approve").click()
    expect(alice.locator("main")).to_contain_text("This destination is closed at the moment.", timeout=60_000)

    tighten(irene, page_of("lena"), orchid)
    irene.goto("/destinations/gazette/")
    irene.get_by_role("button", name="Open", exact=True).click()
    expect(irene.locator("main")).to_contain_text("It takes shares again.")

    why = "It was released, and then the policy became stricter."
    alice.goto(case)
    expect(alice.locator("main")).to_contain_text(why, timeout=60_000)
    assert findings(alice) == []
    omar.goto("/desk/")
    omar.get_by_role("link").filter(has_text=token).first.click()
    expect(omar.locator("main")).to_contain_text(why)
    assert gazette.texts() == []
    omar.get_by_label("Note").fill("Not before the fair")
    omar.get_by_role("button", name="Reject").click()
    alice.goto(case)
    expect(alice.locator("main")).to_contain_text("Not before the fair")
    assert gazette.texts() == []


def tighten(admin: Page, officer: Page, term: str) -> None:
    """Two people put a policy in force that holds one word more."""
    admin.goto("/policies/")
    admin.get_by_role("button", name="Edit in a draft").click()
    expect(admin.get_by_role("heading", level=1)).to_contain_text("Version")
    version = admin.url
    admin.get_by_role("link", name="New rule").click()
    admin.get_by_label("Name", exact=True).fill(term)
    admin.get_by_label("Words or phrases").fill(term)
    admin.get_by_role("button", name="Save draft").click()
    expect(admin.get_by_text("Saved in the draft.", exact=False).first).to_be_visible()
    admin.goto(version)
    admin.get_by_label("What changes, and why").fill("Not before the fair.")
    admin.get_by_role("button", name="Propose").click()
    officer.goto(version)
    officer.get_by_role("button", name="Put in force").click()
    expect(officer.get_by_text("is in force now, everywhere.", exact=False)).to_be_visible()


# A worker looks every quarter of an hour; an hour later, what it sent is old enough to be missed.
LOOK = """
from datetime import timedelta
from corpblog.kernel import clock
from corpblog.sharing.services import watch
now = clock.now
clock.now = lambda: now() + timedelta(hours=1)
print(watch(), watch())
"""


def test_what_others_do_on_our_account_is_an_incident_that_an_officer_handles(
    page_of: OpenPage, instance: Instance, account: NewAccount, token: str
) -> None:
    courier = account("Courier")
    alice, omar = page_of("alice"), page_of("omar")
    for words in (f"Our fair begins on Monday. {token}", f"The fair is over. Thank you! {token}"):
        share(alice, words, "Courier")
        expect(alice.locator("main")).to_contain_text("It is out.", timeout=60_000)
    gone, changed = (record["uri"].rpartition("/")[2] for record in courier.records())
    courier.put(changed, f"Our fair is cancelled. {token}")
    courier.delete(gone)
    courier.put("3l7mxq2cyzk2a", f"Buy our shares! {token}")
    instance.manage("shell", "-c", LOOK)

    omar.goto("/desk/")
    omar.get_by_role("link", name=re.compile("incidents? on your accounts outside")).click()
    assert findings(omar) == []
    for kind, shows in (
        ("Changed there", f"Our fair is cancelled. {token}"),
        ("Deleted there", f"The fair is over. Thank you! {token}"),
        ("Not from Corpblog", f"Buy our shares! {token}"),
    ):
        incident = omar.get_by_role("article", name=f"{kind}: Courier")
        expect(incident).to_contain_text(shows)
        incident.get_by_label("What was it, and what was done about it?").fill(f"The agency. {token}")
        incident.get_by_role("button", name="Acknowledge").click()
        expect(incident.get_by_role("button", name="Acknowledge")).to_have_count(0)
        expect(incident).to_contain_text(f"The agency. {token}")
