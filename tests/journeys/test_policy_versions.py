"""What two people do with versions: a list of fifty thousand words decides, and one press takes a change back."""

import re
from itertools import product

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage
from tests.journeys.test_policies import begin_draft

# Fifty thousand words that nobody writes, and what a real list has besides: a word twice, and one that is too short.
WORDS = [
    f"{first}{second}"
    for first, second in product([f"zorb{n}ax" for n in range(250)], [f"quil{n}" for n in range(200)])
]
FILE = "\n".join([*WORDS, WORDS[0], "emu"])
LATE = 30_000  # milliseconds that a busy machine may take for what compiles fifty thousand words

# The bars that stood on the page, while it stayed the same page.
NOTE_BARS = """() => { window.__bars = []; new MutationObserver(records => {
    for (const {addedNodes} of records) for (const node of addedNodes)
        if (node.matches?.('progress')) window.__bars.push(node.getAttribute('aria-label'));
}).observe(document.body, {childList: true, subtree: true}) }"""


def add_rule(page: Page, version: str, rule: str) -> None:
    page.goto(version + "yaml/")
    field = page.get_by_label("Policy in YAML")
    field.fill(field.input_value().replace("rules:\n", f"rules:\n{rule}", 1))
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible(timeout=LATE)


def propose(page: Page, version: str, note: str) -> None:
    page.goto(version)
    page.get_by_label("What changes, and why").fill(note)
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("Somebody else can put it in force now", exact=False).first).to_be_visible(timeout=LATE)


def put_in_force(page: Page, version: str) -> None:
    page.goto(version)
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text("is in force now, everywhere.", exact=False)).to_be_visible(timeout=LATE)


def tried(page: Page, text: str) -> None:
    """Ask the bench of the version in force."""
    page.goto("/policies/")
    page.get_by_role("link", name="Try a text").click()
    page.get_by_label("Text to try").fill(text)


def test_a_list_of_fifty_thousand_words_is_uploaded_and_decides(page_of: OpenPage) -> None:
    irene, omar = page_of("irene"), page_of("omar")
    version = begin_draft(irene)
    irene.goto(version + "lists/")
    irene.get_by_label("Name", exact=True).fill("birds.txt")
    irene.get_by_label("Or a file").set_input_files(
        {"name": "birds.txt", "mimeType": "text/plain", "buffer": FILE.encode()}
    )
    irene.evaluate(NOTE_BARS)
    irene.get_by_role("button", name="Save word list").click()
    # It says what came of it: how many, what was there twice, and what would hold half of all posts.
    expect(irene.get_by_text("birds.txt has 50,001 terms now. 1 double went.")).to_be_visible(timeout=LATE)
    expect(irene.get_by_text(re.compile("1 term is very short .*emu"))).to_be_visible()
    expect(irene.get_by_text("This list is too long to change here.")).to_be_visible()
    expect(irene.locator("main")).to_contain_text("50,001 terms")
    assert irene.evaluate("window.__bars") == ["Uploading birds.txt"]
    assert irene.url.endswith("/lists/of/birds.txt/")

    detect = "    detect: [{keywords: {dictionary: birds.txt}}]\n"
    add_rule(irene, version, f"  - id: birds\n    title: {{en: Rare birds}}\n{detect}    outcome: hold\n")
    propose(irene, version, "Fifty thousand birds.")
    put_in_force(omar, version)
    tried(omar, f"We saw the {WORDS[-1].upper()} today")
    expect(omar.locator("[data-verdict]")).to_contain_text("It is held for review.", timeout=LATE)
    tried(omar, "We saw a zorb today")
    expect(omar.locator("[data-verdict]")).not_to_contain_text("It is held for review.")


TABLE = "id;Nom du projet;Propriétaire\n1;Falcon;Irene\n2;Opération Sirocco;Omar\n"


@pytest.mark.parametrize(
    ("language", "file", "column", "save", "has"),
    [
        ("en", "Or a file", "Column of the CSV file", "Save word list", "has 2 terms now"),
        (
            "fr",
            "Ou un fichier",
            "Colonne du fichier CSV",
            "Enregistrer la liste",
            "contient maintenant 2",
        ),
    ],
)
def test_the_column_of_a_table_is_chosen_by_keyboard(
    page_of: OpenPage, language: str, file: str, column: str, save: str, has: str
) -> None:
    irene = page_of("irene", locale=language, allow=("422",))
    irene.goto("/policies/")
    irene.locator("form[action$='/policies/drafts/'] button:not([name])").click()
    irene.wait_for_url(re.compile(r"/policies/\d+/$"))
    irene.goto(irene.url + "lists/")
    form = irene.locator("form[data-upload]")
    form.locator("[name=name]").fill("two words")
    table = {"name": "projects.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    form.get_by_label(file).set_input_files(table)  # type: ignore[arg-type]
    picker = form.get_by_role("combobox", name=column)
    expect(picker.get_by_role("option")).to_have_count(4)
    picker.focus()
    irene.keyboard.type("Nom")
    expect(form.get_by_text("Opération Sirocco")).to_be_visible()
    expect(form.get_by_text("Omar")).to_be_hidden()
    irene.keyboard.press("Tab")
    expect(form.get_by_role("button", name=save)).to_be_focused()
    irene.keyboard.press("Enter")
    # The name was no good: what was typed, the file and its column are still there.
    expect(irene.get_by_role("alert")).to_contain_text("code-names.txt")
    expect(form.locator("[name=name]")).to_have_value("two words")
    expect(picker).to_have_value("nom du projet")
    expect(form.get_by_text("Opération Sirocco")).to_be_visible()
    form.locator("[name=name]").fill("projects.txt")
    form.get_by_role("button", name=save).press("Enter")
    expect(irene.get_by_text(has, exact=False)).to_be_visible()
    expect(irene.locator("[name=terms]")).to_have_value("Falcon\nOpération Sirocco")


def test_a_file_that_is_no_table_gives_the_field_back(page_of: OpenPage) -> None:
    irene = page_of("irene", allow=("422",))
    irene.goto(begin_draft(irene) + "lists/")
    form = irene.locator("form[data-upload]")
    form.get_by_label("Column of the CSV file").fill("propriétaire")
    table = {"name": "projects.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    form.get_by_label("Or a file").set_input_files(table)  # type: ignore[arg-type]
    # What was typed before is chosen in the list.
    expect(form.get_by_role("combobox", name="Column of the CSV file")).to_have_value("propriétaire")
    latin = {"name": "old.csv", "mimeType": "text/csv", "buffer": TABLE.encode("latin-1")}
    form.get_by_label("Or a file").set_input_files(latin)  # type: ignore[arg-type]
    expect(form.get_by_text("This file is not UTF-8 text.", exact=False)).to_be_visible()
    words = {"name": "words.txt", "mimeType": "text/plain", "buffer": b"Falcon"}
    form.get_by_label("Or a file").set_input_files(words)  # type: ignore[arg-type]
    expect(form.get_by_role("textbox", name="Column of the CSV file")).to_have_value("propriétaire")


def test_one_press_and_a_second_person_take_a_change_back(page_of: OpenPage) -> None:
    irene, omar = page_of("irene"), page_of("omar")
    irene.goto("/policies/")
    before = irene.locator("section[aria-labelledby=versions] a.list-row").first.get_attribute("href") or ""
    version = begin_draft(irene)
    rule = "  - id: tea\n    title: {en: Tea time}\n    detect: [{keywords: {terms: [oolong]}}]\n    outcome: hold\n"
    add_rule(irene, version, rule)
    propose(irene, version, "No word about tea.")
    put_in_force(omar, version)
    tried(omar, "A cup of oolong")
    expect(omar.locator("[data-verdict]")).to_contain_text("It is held for review.")

    irene.goto(before)
    irene.get_by_role("button", name="Propose to go back to it").click()
    expect(irene.get_by_text("Somebody else can put it in force now", exact=False).first).to_be_visible(timeout=LATE)
    # One person takes nothing back, not even a mistake.
    expect(irene.get_by_role("button", name="Put in force")).to_be_disabled()
    assert irene.url != version, "history only grows: it comes back as a version of its own"
    assert not irene.url.endswith(before)
    back = irene.url
    omar.goto(back)
    expect(omar.get_by_text("This lowers protection")).to_be_visible()
    put_in_force(omar, back)
    omar.goto("/policies/")
    expect(omar.get_by_role("heading", name="Tea time")).to_have_count(0)
    tried(omar, "A cup of oolong")
    expect(omar.locator("[data-verdict]")).not_to_contain_text("It is held for review.")
