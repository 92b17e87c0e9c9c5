"""A rule from nothing to in force, by two people; and every page of the console under axe."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import OpenPage

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PLACES = ["", "rules/code-names/", "yaml/", "lists/", "bench/", "effect/", "differences/", "new-rule/"]


def findings(page: Page) -> list[Any]:
    """What axe objects to on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
    return [(item["id"], [node["target"] for node in item["nodes"]]) for item in found["violations"]]


def begin_draft(page: Page) -> str:
    page.goto("/policies/")
    page.get_by_role("button", name="Edit in a draft").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Version")
    return page.url


def test_a_rule_from_nothing_to_in_force(page_of: OpenPage) -> None:
    irene = page_of("irene")
    irene.goto("/policies/")
    irene.get_by_role("button", name="New rule").click()
    expect(irene.get_by_role("heading", name="New rule")).to_be_visible()
    version = irene.url.removesuffix("new-rule/")
    irene.get_by_label("Name", exact=True).fill("Orchids")
    irene.get_by_label("Words or phrases").fill("vanda coerulea")
    # The effect stands there before anything is saved.
    expect(irene.locator(".impact-line")).to_contain_text("posts would match")
    irene.get_by_role("button", name="Save draft").click()
    expect(irene.get_by_text("Saved in the draft.", exact=False).first).to_be_visible()

    irene.goto(version + "bench/")
    irene.get_by_label("Text to try").fill("Look: Vanda  Coerulea!")
    expect(irene.locator("[data-verdict]")).to_contain_text("It is held for review.")
    irene.goto(version + "rules/orchids/")
    irene.get_by_role("button", name="Save and go on to propose").click()
    irene.get_by_label("What changes, and why").fill("Orchids are not announced yet.")
    irene.get_by_role("button", name="Propose").click()
    expect(irene.get_by_role("button", name="Put in force")).to_be_disabled()
    expect(irene.get_by_text("You proposed it, so somebody else decides")).to_be_visible()

    omar = page_of("omar")
    omar.goto("/policies/")
    omar.get_by_role("link", name="Look and decide").first.click()
    omar.get_by_role("link", name="Compare it with the version in force").click()
    expect(omar.get_by_text("Orchids", exact=True).first).to_be_visible()
    omar.get_by_role("button", name="Put in force").click()
    expect(omar.get_by_text("is in force now, everywhere.", exact=False)).to_be_visible()
    omar.goto("/policies/")
    expect(omar.get_by_role("heading", name="Orchids")).to_be_visible()


def test_what_is_typed_before_the_script_is_there_counts(page_of: OpenPage) -> None:
    irene = page_of("irene")
    place = begin_draft(irene) + "new-rule/"
    late: list[Route] = []

    def keep(route: Route) -> None:
        late.append(route)

    irene.route("**/tools*.js", keep, times=1)
    irene.goto(place, wait_until="commit")
    irene.get_by_label("Name", exact=True).fill("Typed early")
    irene.get_by_label("Words or phrases").fill("vanda coerulea")
    expect(irene.locator(".impact-line")).to_have_count(0)
    while not late:
        irene.wait_for_timeout(20)
    late[0].continue_()
    expect(irene.locator(".impact-line")).to_contain_text("posts would match")
    expect(irene.get_by_role("textbox", name="The same in YAML")).to_have_value(re.compile("vanda coerulea"))


def test_a_memo_is_known_by_its_fingerprint_and_a_simulation_counts_everything(page_of: OpenPage) -> None:
    irene = page_of("irene")
    version = begin_draft(irene)
    memo = " ".join(f"Clause {number} of the merger binds party {number * 7}." for number in range(60))
    irene.goto(version + "lists/")
    irene.get_by_label("Name", exact=True).fill("merger-memo")
    irene.get_by_label("What it is").select_option("document")
    irene.get_by_label("Words, text or table").fill(memo)
    irene.get_by_role("button", name="Save word list").click()
    expect(irene.get_by_text("merger-memo is kept by its fingerprint now.")).to_be_visible()
    expect(irene.locator("main")).not_to_contain_text("binds party")

    irene.goto(version + "yaml/")
    field = irene.get_by_label("Policy in YAML")
    rule = "rules:\n  - id: memo\n    detect: [{excerpt: {dictionary: merger-memo}}]\n    outcome: hold\n"
    field.fill(field.input_value().replace("rules:\n", rule, 1))
    irene.get_by_role("button", name="Save draft").click()
    expect(irene.get_by_text("Saved.", exact=True)).to_be_visible()
    irene.goto(version + "bench/")
    irene.get_by_label("Text to try").fill(f"As was agreed: {memo[400:640].upper()}")
    expect(irene.locator("[data-verdict]")).to_contain_text("an excerpt of a document")

    irene.goto(version + "effect/")
    irene.get_by_role("button", name="Simulate 30 days").click()
    simulation = irene.locator("#simulation")
    expect(simulation.locator(".big-number")).to_be_visible(timeout=60_000)
    expect(simulation.get_by_role("columnheader", name="Rejected of those ruled on")).to_be_visible()
    expect(simulation.get_by_role("button", name="Run again")).to_be_visible()
    assert findings(irene) == []


def test_a_mistake_in_the_yaml_is_one_press_away(page_of: OpenPage) -> None:
    irene = page_of("irene", allow=("status of 422",))
    version = begin_draft(irene)
    irene.goto(version + "yaml/")
    field = irene.get_by_label("Policy in YAML")
    field.fill(field.input_value().replace("outcome: block", "outcome: explode", 1))
    irene.get_by_role("button", name="Save draft").click()
    mistake = irene.get_by_role("link", name="Line").first
    mistake.click()
    expect(field).to_be_focused()
    selected = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert selected == "explode"


def test_a_file_that_is_brought_in_opens_at_what_it_changes(page_of: OpenPage) -> None:
    irene = page_of("irene")
    irene.goto("/policies/import/")
    policy = (
        "policy: 1\nname: Tea\nrules:\n  - id: tea\n    detect: [{keywords: {terms: [oolong]}}]\n    outcome: hold\n"
    )
    irene.get_by_label("File").set_input_files({"name": "a.yaml", "mimeType": "text/yaml", "buffer": policy.encode()})
    irene.get_by_role("button", name="Make a draft of it").click()
    expect(irene.get_by_text("The file is a draft now.", exact=False)).to_be_visible(timeout=30_000)
    expect(irene.get_by_role("table").get_by_text("oolong")).to_be_visible()
    # The page came in the place of a narrow one, and has the room that it has when it is opened.
    width = "document.querySelector('main').clientWidth"
    came = irene.evaluate(width)
    irene.reload()
    assert irene.evaluate(width) == came


@pytest.mark.parametrize("is_replaced", [False, True], ids=["before the next request", "after it was replaced"])
def test_an_answer_that_comes_late_takes_nothing_typed_meanwhile(page_of: OpenPage, is_replaced: bool) -> None:
    irene = page_of("irene")
    irene.goto(begin_draft(irene) + "rules/code-names/")
    words, yaml = irene.get_by_label("Words or phrases"), irene.get_by_role("textbox", name="The same in YAML")
    late: list[Route] = []

    def keep(route: Route) -> None:
        late.append(route)

    irene.route("**/step/?side=form", keep, times=1)
    words.fill(words.input_value() + "\nVanda coerulea")
    while not late:
        irene.wait_for_timeout(20)
    # Somebody goes on, on the other side, before the answer is there.
    greener = yaml.input_value().replace("Unannounced projects", "Greenhouse")
    if is_replaced:
        with irene.expect_response("**/step/?side=yaml"):
            yaml.fill(greener)
    else:
        yaml.fill(greener)
    late[0].continue_()
    expect(yaml).to_have_value(re.compile("en: Greenhouse(.|\n)*- Vanda coerulea"), timeout=30_000)
    expect(words).to_have_value(re.compile("Vanda coerulea"))


def test_a_rule_is_typed_on_two_sides_and_a_post_is_marked_wrong(page_of: OpenPage) -> None:
    irene = page_of("irene", allow=("status of 422",))
    irene.goto(begin_draft(irene) + "rules/code-names/")
    words, yaml = irene.get_by_label("Words or phrases"), irene.get_by_role("textbox", name="The same in YAML")
    words.fill(words.input_value() + "\nVanda coerulea")
    expect(yaml).to_have_value(re.compile("- Vanda coerulea"), timeout=30_000)
    yaml.fill(yaml.input_value().replace("Vanda coerulea", "Vanda tricolor"))
    expect(words).to_have_value(re.compile("Vanda tricolor"), timeout=30_000)
    # A mistake is named at its line, and the form stays as it is.
    right = yaml.input_value()
    yaml.fill(right.replace("outcome: hold", "outcome: explode"))
    irene.get_by_role("link", name="Line").click(timeout=30_000)
    expect(yaml).to_be_focused()
    assert yaml.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "explode"
    expect(words).to_have_value(re.compile("Vanda tricolor"))
    yaml.fill(right)
    expect(irene.get_by_role("link", name="Line")).to_have_count(0, timeout=30_000)
    irene.get_by_text("365 days").click()
    expect(irene.locator("[data-effect] svg rect")).to_have_count(365, timeout=30_000)
    irene.get_by_role("button", name="Wrong", exact=True).first.click()
    expect(irene.get_by_text("Narrow the rule or add an exception.", exact=False).first).to_be_visible()
    assert "Vanda tricolor" in words.input_value()
    assert findings(irene) == []


def test_whom_a_rule_is_for_is_picked_by_keyboard(page_of: OpenPage) -> None:
    irene = page_of("irene", viewport={"width": 320, "height": 800})
    irene.goto(begin_draft(irene) + "rules/code-names/")
    yaml = irene.get_by_role("textbox", name="The same in YAML")
    irene.get_by_text("Where and when", exact=True).focus()
    irene.keyboard.press("Enter")
    irene.keyboard.press("Tab")
    kinds = irene.get_by_role("group", name="Only to these destinations")
    expect(kinds.get_by_label("Bluesky", exact=True)).to_be_focused()
    irene.keyboard.press("Space")
    expect(yaml).to_have_value(re.compile(r"destinations: \[bluesky\]"), timeout=30_000)
    languages = irene.get_by_role("group", name="Only posts in these languages")
    languages.get_by_label("another one (1)").focus()
    irene.keyboard.type("german")
    expect(yaml).to_have_value(re.compile(r"languages: \[de\]"), timeout=30_000)
    # The ticks follow the YAML, and what was open stays open.
    yaml.fill(yaml.input_value().replace("[bluesky]", "[mastodon, Acme of old]"))
    expect(kinds.get_by_label("Mastodon", exact=True)).to_be_checked(timeout=30_000)
    expect(kinds.get_by_label("Bluesky", exact=True)).not_to_be_checked()
    expect(kinds.get_by_label("Acme of old there is no such destination")).to_be_visible()
    expect(languages.get_by_label("German", exact=True)).to_be_checked()
    # The bar at the foot of a phone lies over what is scrolled below it.
    irene.evaluate("scrollTo(0, 0)")
    assert findings(irene) + cut_off(irene) == []


@pytest.mark.parametrize(("theme", "width", "language"), [("light", 1360, "en"), ("dark", 320, "fr")])
def test_axe_has_nothing_to_say_and_nothing_is_cut_off(
    page_of: OpenPage, theme: str, width: int, language: str
) -> None:
    irene = page_of("irene", viewport={"width": width, "height": 800})
    version = begin_draft(irene)
    cookies = {"theme": theme, "language": language}
    irene.context.add_cookies([{"name": name, "value": value, "url": irene.url} for name, value in cookies.items()])
    rule = irene.locator(".rule-card a").first.get_attribute("href") or ""
    found = {}
    for address in ["/policies/", "/policies/health/", rule, *(version + place for place in PLACES)]:
        irene.goto(address)
        irene.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        found[address] = findings(irene) + cut_off(irene)
    assert {address: what for address, what in found.items() if what} == {}


def cut_off(page: Page) -> list[str]:
    """Whether the page scrolls sideways, which WCAG 1.4.10 forbids at 320 px."""
    over: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ["scrolls sideways"] if over else []


def test_the_console_works_without_a_script(page_of: OpenPage, open_page: Callable[..., Page]) -> None:
    signed_in = page_of("irene")
    version = begin_draft(signed_in)
    plain = open_page(java_script_enabled=False)
    plain.context.add_cookies(signed_in.context.cookies())
    plain.goto(version + "bench/")
    plain.get_by_label("Text to try").fill("card 4111 1111 1111 1111")
    plain.get_by_role("button", name="Try it").click()
    expect(plain.locator("mark")).to_have_text("4111 1111 1111 1111")
    plain.goto(version + "new-rule/")
    plain.get_by_label("Name", exact=True).fill("Orchids too")
    plain.get_by_label("Words or phrases").fill("vanda")
    plain.get_by_role("button", name="Count again").click()
    expect(plain.locator(".impact-line")).to_contain_text("posts would match")
