"""Packs on the pages: rules in groups that are switched together, and the cards searched and ordered."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import Invalid, NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy import reading, scanners, services
from corpblog.policy.models import PolicyVersion

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
SOON = (timezone.now() + timedelta(days=9)).date().isoformat()
RULES = f"""\
policy: 1
name: Acme
rules:
  # The company's own.
  - id: names
    title: {{en: Names}}
    detect: [{{keywords: {{terms: [Falcon]}}}}]
    outcome: hold
  - id: cards
    pack: payment-data
    title: {{en: Cards}}
    detect: [{{identifier: {{kinds: [payment-card]}}}}]
    outcome: block
  - id: accounts
    pack: payment-data
    title: {{en: Accounts}}
    detect: [{{identifier: {{kinds: [iban]}}}}]
    outcome: hold  # as the bank asked
  - id: later
    title: {{en: Later}}
    detect: [{{keywords: {{terms: [Osprey]}}}}]
    from: {SOON}T08:00:00+01:00
    outcome: hold
  - id: five
    title: {{en: Five}}
    detect: [{{keywords: {{terms: [Heron]}}}}]
    outcome: warn
  - id: six
    title: {{en: Six}}
    detect: [{{keywords: {{terms: [Gannet]}}}}]
    outcome: warn
"""


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    scanners.forget()
    yield
    scanners.forget()


@pytest.fixture
def draft(irene: Person) -> PolicyVersion:
    made = services.create_draft(by=irene)
    return services.edit_draft(by=irene, number=made.number, edit=made.edit, source=RULES)


def switch(by: Person, draft: PolicyVersion, to: str, pack: str = "payment-data") -> PolicyVersion:
    services.switch_pack(by=by, number=draft.number, edit=draft.edit, pack=pack, to=to)
    draft.refresh_from_db()
    return draft


def states(draft: PolicyVersion) -> dict[str, tuple[bool, bool]]:
    policy = reading.read(draft.source, draft.dictionaries).policy
    assert policy
    return {rule.id: (rule.shadow, rule.resting) for rule in policy.rules if rule.pack}


def test_a_pack_is_switched_as_one_and_back_again_leaves_the_text_as_it_was(
    draft: PolicyVersion, irene: Person
) -> None:
    switch(irene, draft, "resting")
    assert states(draft) == {"cards": (False, True), "accounts": (False, True)}
    entry = AuditEntry.objects.select_related("payload").order_by("number").last()
    assert entry
    facts = json.loads(entry.payload.body)
    assert (entry.action, facts["to"], facts["rules"]) == ("policy.edited", "resting", 2)
    switch(irene, draft, "watching")
    assert states(draft) == {"cards": (True, False), "accounts": (True, False)}
    switch(irene, draft, "deciding")
    assert states(draft) == {"cards": (False, False), "accounts": (False, False)}
    assert [line for line in draft.source.split("\n") if "shadow" not in line] == RULES.split("\n")


def test_a_pack_that_rests_stops_nothing_records_nothing_and_lowers_protection(
    draft: PolicyVersion, irene: Person, omar: Person
) -> None:
    services.propose(by=irene, number=draft.number, edit=draft.edit, note="First.")
    services.put_in_force(by=omar, number=draft.number, replacing=None)
    asked = {"fields": "My card is 4111 1111 1111 1111", "audience": "external"}
    assert services.scan(**asked).outcome.value == "block"
    after = switch(irene, services.create_draft(by=irene), "resting")
    assert [(item.rule, item.part) for item in services.lowered_by(after)] == [
        ("cards", "resting"),
        ("accounts", "resting"),
    ]
    services.propose(by=irene, number=after.number, edit=after.edit, note="No cards here.")
    services.put_in_force(by=omar, number=after.number, replacing=draft.number)
    verdict = services.scan(**asked)
    assert (verdict.outcome.value, verdict.findings, verdict.shadowed) == ("allow", (), ())
    # Waking it again is stricter, so it waits for nobody.
    assert services.lowered_by(switch(irene, services.create_draft(by=irene), "deciding")) == []


def test_a_pack_that_there_is_not_or_that_alone_decides_is_refused(
    draft: PolicyVersion, irene: Person, omar: Person
) -> None:
    with pytest.raises(NotFound):
        switch(irene, draft, "resting", pack="other")
    with pytest.raises(Invalid):
        switch(irene, draft, "gone")
    with pytest.raises(NotAllowed):
        switch(omar, draft, "resting")
    only = RULES[: RULES.index("  # The company")] + RULES[RULES.index("  - id: cards") : RULES.index("  - id: later")]
    draft = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=only)
    with pytest.raises(Invalid, match="no rule would decide"):
        switch(irene, draft, "resting")
    draft.refresh_from_db()
    assert draft.source == only


# The cards ------------------------------------------------------------------------------------------------------------


def titles(client: Client, draft: PolicyVersion, query: str = "") -> list[str]:
    page = client.get(f"/policies/{draft.number}/{query}").content.decode()
    return re.findall(r'class="rule-card v-\w+" id="rule-([\w-]+)"', page)


def test_cards_stand_in_groups_and_each_pack_has_a_switch(
    draft: PolicyVersion, irene: Person, victor: Person, browser_of: Browser
) -> None:
    page = browser_of(irene).get(f"/policies/{draft.number}/").content.decode()
    assert titles(browser_of(irene), draft) == ["names", "later", "five", "six", "cards", "accounts"]
    assert 'id="pack-payment-data"' in page
    assert page.count('name="to"') == 3
    assert 'name="to"' not in browser_of(victor).get(f"/policies/{draft.number}/").content.decode()
    answer = browser_of(irene).post(
        f"/policies/{draft.number}/packs/switch/",
        {"edit": draft.edit, "pack": "payment-data", "to": "resting"},
        follow=True,
    )
    assert re.search(r'value="resting" aria-pressed="true"', answer.content.decode())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=iban+account", ["accounts"]),
        ("?q=payment-data", ["cards", "accounts"]),
        ("?state=resting", ["later"]),
        ("?state=deciding&order=name", ["accounts", "cards", "five", "names", "six"]),
        ("?q=nothing+like+it", []),
        ("?state=nonsense&order=nonsense", ["names", "later", "five", "six", "cards", "accounts"]),
    ],
)
def test_cards_are_searched_filtered_and_ordered(
    draft: PolicyVersion, irene: Person, browser_of: Browser, query: str, found: list[str]
) -> None:
    assert titles(browser_of(irene), draft, query) == found


def test_a_card_says_when_it_changed_last_and_what_a_draft_has_otherwise(
    draft: PolicyVersion, irene: Person, omar: Person, browser_of: Browser
) -> None:
    services.propose(by=irene, number=draft.number, edit=draft.edit, note="First.")
    services.put_in_force(by=omar, number=draft.number, replacing=None)
    second = services.create_draft(by=irene)
    text = RULES.replace("[Heron]", "[Heron, Egret]").replace("id: six", "id: seven")
    second = services.edit_draft(by=irene, number=second.number, edit=second.edit, source=text)
    page = browser_of(irene).get(f"/policies/{second.number}/").content.decode()
    assert (page.count("Changed here"), page.count("New here")) == (1, 1)
    services.propose(by=irene, number=second.number, edit=second.edit, note="Second.")
    done = services.put_in_force(by=omar, number=second.number, replacing=draft.number)
    assert done.rule_versions == {"names": 1, "cards": 1, "accounts": 1, "later": 1, "five": 2, "seven": 2}
    assert set(titles(browser_of(irene), done, "?order=changed")[:2]) == {"five", "seven"}
    overview: Any = browser_of(omar).get("/policies/").content.decode()
    assert overview.count("changed in version 2") == 2
    assert "Changed here" not in overview
