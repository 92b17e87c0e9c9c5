"""The short ways through the policy console: to a rule, to its proposal, and to a verdict on the bench."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from corpblog.people.models import DirectoryGroup, Person
from corpblog.policy import services
from corpblog.policy.models import PolicyVersion
from corpblog.sharing.models import Destination
from tests.policy.conftest import FALCON
from tests.web.test_policies import rule_fields

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


@pytest.fixture
def draft(irene: Person) -> PolicyVersion:
    made = services.create_draft(by=irene)
    return services.edit_draft(by=irene, number=made.number, edit=made.edit, source=FALCON)


@pytest.fixture
def current(draft: PolicyVersion, irene: Person, omar: Person) -> PolicyVersion:
    proposed = services.propose(by=irene, number=draft.number, edit=draft.edit, note="A first policy.")
    return services.put_in_force(by=omar, number=proposed.number, replacing=None)


# From one page to the next --------------------------------------------------------------------------------------------


def test_one_press_leads_from_the_policies_to_a_new_rule(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    client = browser_of(irene)
    assert 'name="new_rule"' in client.get("/policies/").content.decode()
    answer = client.post(reverse("web:policy_create_draft"), {"new_rule": ""})
    draft = PolicyVersion.objects.latest("number")
    assert draft.is_draft
    assert answer["Location"] == reverse("web:policy_new_rule", args=[draft.number])


def test_the_page_of_a_rule_in_force_leads_to_it_in_a_draft(
    current: PolicyVersion, irene: Person, victor: Person, browser_of: Browser
) -> None:
    address = reverse("web:policy_rule", args=[current.number, "code-names"])
    assert f'href="{address}"' in browser_of(irene).get("/policies/").content.decode()
    assert '<input type="hidden" name="rule" value="code-names">' in browser_of(irene).get(address).content.decode()
    assert 'name="rule"' not in browser_of(victor).get(address).content.decode()
    answer = browser_of(irene).post(reverse("web:policy_create_draft"), {"rule": "code-names"})
    draft = PolicyVersion.objects.latest("number")
    assert answer["Location"] == reverse("web:policy_rule", args=[draft.number, "code-names"])
    gone = browser_of(irene).post(reverse("web:policy_create_draft"), {"rule": "of-an-older-version"})
    assert gone["Location"] == reverse("web:policy_version", args=[draft.number])


def test_a_rule_is_saved_on_the_way_to_its_proposal(draft: PolicyVersion, irene: Person, browser_of: Browser) -> None:
    fields = rule_fields(title_en="Rare birds", id="birds", words="Osprey", match="", allow="")
    address = reverse("web:policy_new_rule", args=[draft.number])
    answer = browser_of(irene).post(address, fields | {"edit": draft.edit, "action": "propose"})
    assert answer["Location"] == reverse("web:policy_version", args=[draft.number]) + "#next-step"
    draft.refresh_from_db()
    assert "id: birds" in draft.source


# The bench ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("destination", "classification", "outcome"),
    [
        ("", "", "hold"),
        ("press", "", "allow"),
        ("acme", "", "hold"),
        ("nowhere", "", "hold"),
        ("acme", "public", "allow"),
        ("acme", "confidential", "hold"),
    ],
)
def test_the_bench_asks_as_the_gate_does(
    draft: PolicyVersion, irene: Person, browser_of: Browser, destination: str, classification: str, outcome: str
) -> None:
    """A rule for all of a kind speaks of a destination of that kind, which has a name of its own."""
    Destination.objects.create(slug="acme", name="Mastodon, @acme", kind="mastodon", remote_account="acme@example.org")
    source = draft.source.replace(
        "audience: external",
        "audience: external\n    destinations: [mastodon]\n    classification: {one_of: [confidential]}",
        1,
    )
    PolicyVersion.objects.filter(pk=draft.pk).update(source=source)
    address = reverse("web:policy_bench", args=[draft.number])
    sent = {"text": "Falcon", "destination": destination, "classification": classification}
    answer = browser_of(irene).post(address, sent, headers={"X-Requested-With": "fetch"})
    assert answer.json()["outcome"] == outcome


@pytest.mark.parametrize(
    ("rule", "text", "group", "outcome"),
    [
        ("groups: [sales]", "Falcon", "", "hold"),
        ("groups: [sales]", "Falcon", "sales", "hold"),
        ("groups: [sales]", "Falcon", "finance", "allow"),
        ("languages: [fr]", "Le Falcon est dans la maison avec nous", "", "hold"),
        ("languages: [fr]", "The Falcon is in the house with us", "", "allow"),
        # Nobody knows the language of one word, and what is not known exempts nobody.
        ("languages: [fr]", "Falcon", "", "hold"),
    ],
)
def test_the_bench_knows_of_whom_and_in_which_language_a_text_is(
    draft: PolicyVersion, irene: Person, browser_of: Browser, rule: str, text: str, group: str, outcome: str
) -> None:
    source = draft.source.replace("audience: external", f"audience: external\n    {rule}", 1)
    PolicyVersion.objects.filter(pk=draft.pk).update(source=source)
    DirectoryGroup.objects.create(directory_id="1", name="finance")
    client, address = browser_of(irene), reverse("web:policy_bench", args=[draft.number])
    assert "<option>finance</option>" in client.get(address).content.decode()
    answer = client.post(address, {"text": text, "group": group}, headers={"X-Requested-With": "fetch"})
    assert answer.json()["outcome"] == outcome


def test_a_card_says_whether_its_rule_is_in_force_as_it_stands(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    more = "  - id: birds\n    title: {en: Birds}\n    detect: [{keywords: {terms: [Osprey]}}]\n    outcome: hold\n"
    draft = services.create_draft(by=irene)
    services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=draft.source.rstrip() + "\n" + more)
    cards = browser_of(irene).get(f"/policies/{draft.number}/").content.decode().split('class="rule-card ')[1:]
    told = {re.findall(r'id="rule-([^"]+)', card)[0]: re.findall(r"(In force|New here)</span>", card) for card in cards}
    assert told == {"code-names": ["In force"], "cards": ["In force"], "birds": ["New here"]}
