"""Destinations, groups and languages of a rule are picked out of what the company has; what is gone stays."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from corpblog.people.models import DirectoryGroup, Person
from corpblog.policy import services
from corpblog.policy.engine import load_policy
from corpblog.policy.models import PolicyVersion
from corpblog.sharing.models import Destination
from corpblog.sharing.selectors import destinations_to_name
from corpblog.web.policy_words import language_title
from tests.policy.conftest import FALCON
from tests.web.test_policy_rule_sides import Page

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
NAMED = FALCON.replace("    detect:\n      - keywords", "{named}    detect:\n      - keywords")


@pytest.fixture
def irenes(irene: Person, browser_of: Browser) -> Client:
    return browser_of(irene)


@pytest.fixture
def company(alice: Person) -> None:
    Destination.objects.create(slug="news", name="Acme news", kind="mastodon")
    Destination.objects.create(slug="old", name="Acme of old", kind="bluesky", is_open=False)
    Destination.objects.create(slug="alices", name="Alice’s own", kind="mastodon", owner=alice)
    for name in ("channel-sales", "channel-finance"):
        DirectoryGroup.objects.create(directory_id=name, name=name)


def editor(client: Client, irene: Person, named: str = "") -> Page:
    """The page of a rule that has these lines before what it looks for."""
    made = services.create_draft(by=irene)
    services.edit_draft(by=irene, number=made.number, edit=made.edit, source=NAMED.replace("{named}", named))
    made.refresh_from_db()
    return Page(client, made)


def boxes(html: str, name: str) -> dict[str, tuple[str, bool]]:
    """Return the ticks of a field: by their value what stands beside them, and whether they are set."""
    found = re.findall(rf'<input type="checkbox" name="{name}" value="([^"]*)"([^>]*)><label[^>]*>(.*?)</label>', html)
    return {
        unescape(value): (" ".join(unescape(re.sub("<[^>]*>", " ", words)).split()), "checked" in rest)
        for value, rest, words in found
    }


def rule_in(client: Client) -> Any:
    return load_policy(PolicyVersion.objects.get().source).rule("code-names")


@pytest.mark.usefixtures("company")
def test_what_the_company_has_is_offered_by_its_name(irene: Person, irenes: Client) -> None:
    page = irenes.get(editor(irenes, irene).address).content.decode()
    places = boxes(page, "destinations")
    assert places["mastodon"] == ("Mastodon", False)
    assert places["press"] == ("Press page", False)
    assert places["Acme news"] == ("Acme news", False)
    assert places["Acme of old"] == ("Acme of old closed", False)
    assert "Alice’s own" not in page
    assert list(boxes(page, "groups")) == ["channel-finance", "channel-sales"]
    assert boxes(page, "languages") == {"en": ("English", False), "fr": ("French", False)}
    assert ("German", "de") in re.findall(r'<option value="([^"]*)">([^<]*)</option>', page)


@pytest.mark.usefixtures("company")
def test_who_reads_no_rules_is_told_no_closed_destination(alice: Person, omar: Person, irene: Person) -> None:
    assert destinations_to_name(alice) == []
    for reader in (omar, irene):
        assert [found.name for found in destinations_to_name(reader)] == ["Acme news", "Acme of old", "Press page"]


@pytest.mark.parametrize("place", ["rules/code-names", "lists"])
def test_every_label_and_hint_has_a_field_of_its_own(irene: Person, irenes: Client, place: str) -> None:
    address = editor(irenes, irene).address.replace("rules/code-names", place)
    page = irenes.get(address).content.decode()
    ids = Counter(re.findall(r'\sid="([^"]*)"', page))
    assert [id_ for id_, times in ids.items() if times > 1] == []
    main = page.split("<main")[1].split("</main>")[0]
    named = re.findall(r'\s(?:for|list|aria-describedby|aria-labelledby)="([^"]*)"', main)
    assert {id_ for each in named for id_ in each.split()} - set(ids) == set()


@pytest.mark.usefixtures("company")
def test_what_is_picked_is_written_and_comes_back(irene: Person, irenes: Client) -> None:
    page = editor(irenes, irene)
    picked = {"destinations": ["bluesky", "Acme news"], "groups": ["channel-sales"], "languages": ["fr"]}
    page.fields |= picked
    page.follow("form")
    for line in ("destinations: [bluesky, Acme news]", "groups: [channel-sales]", "languages: [fr]"):
        assert line in page.fields["yaml"]
    assert page.save().status_code == 302
    rule = rule_in(irenes)
    assert (rule.destinations, rule.groups, rule.languages) == (("bluesky", "Acme news"), ("channel-sales",), ("fr",))
    again = irenes.get(page.address).content.decode()
    for name, values in picked.items():
        assert {value for value, (_title, is_set) in boxes(again, name).items() if is_set} == set(values)


@pytest.mark.usefixtures("company")
def test_the_ticks_follow_the_yaml(irene: Person, irenes: Client) -> None:
    page = editor(irenes, irene, "    groups: [channel-sales]\n")
    page.fields["yaml"] = page.fields["yaml"].replace("[channel-sales]", "[channel-finance]\n  destinations: [press]")
    page.follow("yaml")
    assert (page.fields["groups"], page.fields["destinations"]) == (["channel-finance"], ["press"])
    # Nothing ticked is what a rule says that names nothing.
    page.fields |= {"groups": [], "destinations": []}
    page.follow("form")
    assert page.save().status_code == 302
    assert (rule_in(irenes).groups, rule_in(irenes).destinations) == (("any",), ("any",))


GONE = "    destinations: [Gone press, mastodon]\n    groups: [gone-group]\n    languages: [en-GB, tlh]\n"


@pytest.mark.usefixtures("company")
def test_what_is_gone_stays_and_is_said(irene: Person, irenes: Client) -> None:
    page = editor(irenes, irene, GONE)
    html, before = irenes.get(page.address).content.decode(), PolicyVersion.objects.get().source
    assert boxes(html, "destinations")["Gone press"] == ("Gone press there is no such destination", True)
    assert boxes(html, "groups")["gone-group"] == ("gone-group the directory has no such group", True)
    assert boxes(html, "languages")["tlh"] == ("tlh no language has this code", True)
    # A language of one country is that language to the engine.
    assert boxes(html, "languages")["en-GB"] == ("British English", True)
    assert page.save(words="Falcon\nHeron").status_code == 302
    assert (rule_in(irenes).destinations, rule_in(irenes).groups) == (("Gone press", "mastodon"), ("gone-group",))
    after = PolicyVersion.objects.get().source
    assert after == before.replace("[Falcon, Projet Mistral]", "[Falcon, Heron]")
    # It goes when somebody takes it away.
    page.take(irenes.get(page.address).content.decode())
    page.fields |= {"edit": PolicyVersion.objects.get().edit, "groups": [], "destinations": ["mastodon"]}
    assert page.save().status_code == 302
    assert (rule_in(irenes).destinations, rule_in(irenes).groups) == (("mastodon",), ("any",))


@pytest.mark.usefixtures("company")
def test_what_nobody_knows_is_not_taken_in_and_not_lost(irene: Person, irenes: Client) -> None:
    page = editor(irenes, irene)
    answer = page.save(groups=["channel-sale"])
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "“channel-sale”: the directory has no such group. " in html
    assert "Did you mean “channel-sales”?" in html
    assert boxes(html, "groups")["channel-sale"] == ("channel-sale the directory has no such group", True)
    assert rule_in(irenes).groups == ("any",)


def test_of_many_groups_one_is_found_by_a_part_of_its_name(irene: Person, irenes: Client) -> None:
    DirectoryGroup.objects.bulk_create(
        DirectoryGroup(directory_id=f"{number}", name=f"channel-{number:03}") for number in range(300)
    )
    page = editor(irenes, irene, "    groups: [channel-007]\n")
    html = irenes.get(page.address).content.decode()
    assert boxes(html, "groups") == {"channel-007": ("channel-007", True)}
    completed = re.search(r'<datalist id="rule-groups-known">(.*?)</datalist>', html)
    assert completed is not None
    assert completed[1].count("<option") == 300
    assert html.count('name="groups_more" list="rule-groups-known"') == 2
    answer = page.save(groups_more=["Channel-123", "channel-007"], languages_more=["german"])
    assert answer.status_code == 302
    assert (rule_in(irenes).groups, rule_in(irenes).languages) == (("channel-007", "channel-123"), ("de",))


def test_only_lists_of_words_are_offered_as_such(draft_of_lists: PolicyVersion, irenes: Client) -> None:
    html = irenes.get(f"/policies/{draft_of_lists.number}/rules/code-names/").content.decode()
    chosen = re.search(r'<select name="dictionary".*?</select>', html, re.DOTALL)
    assert chosen is not None
    assert re.findall(r'value="([^"]*)"', chosen[0]) == ["", "names.txt"]
    assert re.search(r'list="known-packs"', html)
    assert '<option value="payment-data">Payment data</option>' in html
    assert re.search(r'name="time_zone"[^>]*list="known-time-zones"', html)
    assert '<option value="Europe/Paris"></option>' in html


@pytest.fixture
def draft_of_lists(irene: Person) -> PolicyVersion:
    made = services.create_draft(by=irene)
    made = services.edit_draft(by=irene, number=made.number, edit=made.edit, source=FALCON)
    services.put_dictionary(by=irene, number=made.number, edit=made.edit, name="names.txt", terms="Osprey")
    made.refresh_from_db()
    table = "name,account\nOsprey Ltd,DE12 5001\n"
    services.put_records(by=irene, number=made.number, edit=made.edit, name="table.csv", text=table)
    made.refresh_from_db()
    return made


@pytest.mark.usefixtures("company")
def test_a_card_says_whom_a_rule_is_for(irene: Person, irenes: Client) -> None:
    page = editor(
        irenes, irene, "    destinations: [press, Acme news]\n    groups: [channel-sales]\n    languages: [de]\n"
    )
    card = irenes.get(page.address.split("rules")[0]).content.decode()
    words = " ".join(unescape(re.sub("<[^>]*>", " ", card)).split())
    assert "authors in: channel-sales" in words
    assert "languages: German" in words
    assert "Press page" in words


def test_a_language_is_called_by_its_name_in_the_readers_language() -> None:
    with override("fr"):
        assert [language_title(code) for code in ("de", "pt-BR", "fr-CH", "tlh")] == [
            "Allemand", "Portugais brésilien", "Français (fr-CH)", "tlh",
        ]  # fmt: skip
