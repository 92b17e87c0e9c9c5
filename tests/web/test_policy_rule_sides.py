"""A rule's form and its YAML: each follows the other, and what is typed on either is kept."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client

from corpblog.people.models import Person
from corpblog.policy import scanners, services
from corpblog.policy.models import PolicyVersion
from corpblog.posts.models import Post
from corpblog.posts.services import publish
from corpblog.teams.services import create_channel
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db
ONE = "- id: a\n  detect: [{keywords: {terms: [x]}}]\n  outcome: hold"
Browser = Callable[[Person], Client]
TICKED = (
    "destinations",
    "groups",
    "languages",
    "identifiers",
    "personal_numbers",
    "links",
    "markings",
    "attachments",
    "days",
)


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    scanners.forget()
    yield
    scanners.forget()


@pytest.fixture
def draft(irene: Person) -> PolicyVersion:
    made = services.create_draft(by=irene)
    return services.edit_draft(by=irene, number=made.number, edit=made.edit, source=FALCON)


class Page:
    """The page of one rule in a browser: its fields, as they were sent, with what somebody types."""

    def __init__(self, client: Client, draft: PolicyVersion, place: str = "rules/code-names/") -> None:
        self.client, self.address = client, f"/policies/{draft.number}/{place}"
        self.take(client.get(self.address).content.decode())

    def take(self, html: str) -> None:
        self.fields = fields_of(html)

    def follow(self, side: str) -> str:
        """Send what stands there as the page does while somebody types on `side`, and take the other side over."""
        html: str = self.client.post(f"{self.address}step/?side={side}", self.fields).content.decode()
        self.fields |= fields_of(html)
        return html

    def save(self, **changes: Any) -> Any:
        return self.client.post(self.address, self.fields | {"action": "save"} | changes)


def fields_of(html: str) -> dict[str, Any]:
    """Return the values of all fields in a piece of a page."""
    found: dict[str, Any] = {name: [] for name in TICKED if f'name="{name}"' in html}
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL):
        found[name] = unescape(body)
    for tag in re.findall(r"<input[^>]*>", html):
        name, kind, value = (re.search(rf'{key}="([^"]*)"', tag) for key in ("name", "type", "value"))
        if not name or (kind and kind[1] in ("checkbox", "radio") and "checked" not in tag):
            continue
        text = unescape(value[1]) if value else "on" if kind and kind[1] == "checkbox" else ""
        found[name[1]] = text if name[1] not in TICKED else [*found.get(name[1], ()), text]
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', body)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


@pytest.fixture
def editor(draft: PolicyVersion, irene: Person, browser_of: Browser) -> Page:
    return Page(browser_of(irene), draft)


def source_of(draft: PolicyVersion) -> str:
    draft.refresh_from_db()
    return draft.source


def test_both_sides_begin_with_what_the_draft_says(editor: Page) -> None:
    assert editor.fields["words"].split("\n") == ["Falcon", "Projet Mistral"]
    assert editor.fields["yaml"].startswith("# Ask Irene before you change this.\n- id: code-names\n  title:")
    assert editor.fields["yaml"] == editor.fields["yaml_before"]
    assert "cards" not in editor.fields["yaml"]


def test_the_yaml_follows_the_form_and_keeps_its_comments(editor: Page) -> None:
    editor.fields["words"] += "\nHeron"
    editor.follow("form")
    assert "- keywords: {terms: [Falcon, Projet Mistral, Heron]}" in editor.fields["yaml"]
    assert editor.fields["yaml"].startswith("# Ask Irene")
    assert editor.fields["yaml_before"] == editor.fields["yaml"]


def test_the_form_follows_the_yaml(editor: Page) -> None:
    editor.fields["yaml"] = (
        editor.fields["yaml"].replace("[Falcon,", "[Osprey,").replace("outcome: hold", "outcome: warn")
    )
    editor.follow("yaml")
    assert editor.fields["words"].split("\n") == ["Osprey", "Projet Mistral"]
    assert editor.fields["outcome"] == "warn"


def test_a_mistake_is_shown_at_its_line_and_nothing_is_lost(editor: Page, draft: PolicyVersion) -> None:
    editor.fields["words"] = "Heron"
    typed = editor.fields["yaml"].replace("outcome: hold", "outcome: explode")
    editor.fields["yaml"] = typed
    html = editor.follow("yaml")
    line = typed.split("\n").index("  outcome: explode") + 1
    assert f'data-line="{line}" data-column="12"' in html
    assert (editor.fields["words"], editor.fields["yaml"]) == ("Heron", typed)
    answer = editor.save()
    assert answer.status_code == 422
    again = fields_of(answer.content.decode())
    assert (again["words"], again["yaml"]) == ("Heron", typed)
    assert source_of(draft) == FALCON
    # Once it is mended, both count.
    editor.fields["yaml"] = typed.replace("explode", "block").replace("[Falcon starts]", "[Heron starts]")
    editor.follow("yaml")
    assert editor.fields["match"] == "Heron starts"
    assert editor.save().status_code == 302
    assert "- keywords: {terms: [Heron]}\n    outcome: block" in source_of(draft)


def test_a_form_that_is_not_complete_is_kept_while_somebody_types_yaml(editor: Page, draft: PolicyVersion) -> None:
    editor.fields["title_en"] = editor.fields["title_fr"] = ""
    editor.fields["yaml"] = editor.fields["yaml"].replace("outcome: hold", "outcome: warn")
    html = editor.follow("yaml")
    assert "Give the rule a name" in html
    assert (editor.fields["title_en"], editor.fields["outcome"]) == ("", "hold")
    editor.fields["title_en"] = "Secret birds"
    editor.follow("yaml")
    assert (editor.fields["title_en"], editor.fields["outcome"]) == ("Secret birds", "warn")
    editor.save()
    assert "en: Secret birds" in source_of(draft)
    assert "outcome: warn" in source_of(draft)


def test_without_a_script_what_was_typed_on_both_sides_is_saved(editor: Page, draft: PolicyVersion) -> None:
    editor.fields["yaml"] = editor.fields["yaml"].replace(
        "outcome: hold", "outcome: hold\n  reviewers: 2  # for the board"
    )
    editor.fields["words"] = "Falcon\nHeron"
    assert editor.save().status_code == 302
    saved = source_of(draft)
    assert "    reviewers: 2  # for the board\n" in saved
    assert "[Falcon, Heron]" in saved
    # The rest of the document is as it was, byte for byte.
    assert saved[saved.index("  - id: cards") :] == FALCON[FALCON.index("  - id: cards") :]


def test_what_the_form_cannot_show_is_written_in_the_yaml_and_kept(editor: Page, draft: PolicyVersion) -> None:
    near = "    - near: {words: 3, all: [{keywords: {terms: [a]}}, {keywords: {terms: [b]}}]}\n  outcome: hold"
    editor.fields["yaml"] = editor.fields["yaml"].replace("  outcome: hold", near)
    editor.follow("yaml")
    editor.fields["words"] += "\nHeron"
    editor.follow("form")
    assert "near: {words: 3" in editor.fields["yaml"]
    editor.save()
    assert "near: {words: 3" in source_of(draft)
    assert "Heron" in source_of(draft)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The rule is empty."),
        ("- id: a\n  detect: [{keywords: {terms: [x]}}]\n  outcome: hold\n- id: b\n  outcome: hold", "detect"),
        (f"{ONE}\n{ONE.replace('id: a', 'id: b')}", "This side is for one rule"),
        ("- id: cards\n  detect: [{keywords: {terms: [x]}}]\n  outcome: hold", "already called"),
        ("id: [", "Check the indentation"),
        ("- id: a\n  outcome: [*a]", "Line 2"),
    ],
)
def test_what_is_no_single_rule_is_named(editor: Page, draft: PolicyVersion, text: str, words: str) -> None:
    editor.fields["yaml"] = text
    assert words in unescape(editor.follow("yaml"))
    answer = editor.save()
    assert answer.status_code in (409, 422)
    assert fields_of(answer.content.decode())["yaml"].strip() == text.strip()
    assert source_of(draft) == FALCON


@pytest.mark.parametrize("is_followed", [True, False])
def test_a_new_rule_may_be_written_as_yaml_alone(
    draft: PolicyVersion, irene: Person, browser_of: Browser, is_followed: bool
) -> None:
    page = Page(browser_of(irene), draft, "new-rule/")
    assert page.fields["yaml"] == ""
    page.fields["yaml"] = "- id: birds\n  detect: [{keywords: {terms: [Heron]}}]  # found in May\n  outcome: warn\n"
    if is_followed:
        page.follow("yaml")
        assert page.fields["words"] == "Heron"
    assert page.save().status_code == 302
    assert source_of(draft).endswith(
        "  - id: birds\n    detect: [{keywords: {terms: [Heron]}}]  # found in May\n    outcome: warn\n"
    )


def test_a_new_rule_shows_its_yaml_while_the_form_is_filled_in(
    draft: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    page = Page(browser_of(irene), draft, "new-rule/")
    assert "as soon as the form is complete" in page.follow("form")
    page.fields |= {"title_en": "Birds", "words": "Heron", "outcome": "hold"}
    page.follow("form")
    assert page.fields["yaml"].startswith("- id: birds\n  title: {en: Birds}\n")
    page.fields["words"] = "Heron\nEgret"
    page.follow("form")
    assert page.save().status_code == 302
    assert source_of(draft).count("- id: birds") == 1
    assert "terms: [Heron, Egret]" in source_of(draft)


def test_who_only_reads_types_nothing(draft: PolicyVersion, victor: Person, browser_of: Browser) -> None:
    html = browser_of(victor).get(f"/policies/{draft.number}/rules/code-names/").content.decode()
    assert "readonly" in html
    assert "hx-post" not in html[html.index('id="rule-form"') :]


# Marks ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def past(alice: Person, irene: Person) -> Post:
    channel = create_channel(by=alice, name="News")
    return publish(by=alice, channel=channel, text="Falcon\n  is a bird")


def test_a_post_marked_wrong_has_to_pass_from_then_on(editor: Page, draft: PolicyVersion, past: Post) -> None:
    answer = editor.client.post(editor.address, editor.fields | {"mark": f"wrong {past.pk}"})
    html = unescape(answer.content.decode())
    editor.take(html)
    assert editor.fields["allow"].split("\n") == ["The falconer", "Falcon is a bird"]
    assert "should leave “Falcon is a bird” alone" in html
    assert editor.save().status_code == 422
    editor.fields["exceptions"] = "Falcon is a bird"
    assert editor.save().status_code == 302
    assert "Falcon is a bird" in source_of(draft)


def test_a_mark_can_be_turned_round(editor: Page, past: Post) -> None:
    for kind, match, allow in (("right", 2, 1), ("wrong", 1, 2), ("right", 2, 1)):
        answer = editor.client.post(editor.address, editor.fields | {"mark": f"{kind} {past.pk}"})
        editor.take(answer.content.decode())
        counts = (len(editor.fields["match"].split("\n")), len(editor.fields["allow"].split("\n")))
        assert counts == (match, allow)


@pytest.mark.parametrize("mark", ["wrong", "maybe 1", "wrong x", "right 999999999999999999999", "right 1"])
def test_a_mark_that_means_nothing_is_refused_and_keeps_what_was_typed(editor: Page, mark: str) -> None:
    answer = editor.client.post(editor.address, editor.fields | {"mark": mark, "words": "Heron"})
    assert answer.status_code in (404, 422)
    assert fields_of(answer.content.decode())["words"] == "Heron"


def test_a_post_that_one_may_not_read_cannot_be_marked(editor: Page, alice: Person) -> None:
    room = create_channel(by=alice, name="Board", is_private=True)
    hidden = publish(by=alice, channel=room, text="Falcon costs a million")
    answer = editor.client.post(editor.address, editor.fields | {"mark": f"right {hidden.pk}"})
    assert answer.status_code == 404
    assert "a million" not in answer.content.decode()


@pytest.mark.parametrize("days", ["30", "90", "365", "7", "x"])
def test_the_effect_is_of_the_days_that_were_chosen(editor: Page, past: Post, days: str) -> None:
    html = editor.client.post(f"{editor.address}effect/", editor.fields | {"effect_days": days}).content.decode()
    assert html.count("<rect") == (int(days) if days in ("30", "90", "365") else 30)
