"""Packs prove themselves, and go into a draft as they stand."""

from pathlib import Path

import pytest

from corpblog import policy
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.people.models import Person
from corpblog.policy import services
from corpblog.policy.documents import add_rules
from corpblog.policy.engine import check_examples, load_policy
from corpblog.policy.errors import StaleEdit
from corpblog.policy.ready_made import PACKS
from corpblog.policy.starter import starter
from tests.policy.conftest import FALCON

FILES = {path.stem for path in (Path(policy.__file__).parent / "packs").glob("*.yaml")}


def test_every_file_is_offered_but_the_demo_companys() -> None:
    assert set(PACKS) == FILES - {"acme"}


@pytest.mark.parametrize("name", PACKS)
def test_every_rule_of_a_pack_proves_itself_in_both_languages(name: str) -> None:
    pack = load_policy(PACKS[name].source)
    assert check_examples(pack) == []
    for rule in pack.rules:
        assert rule.examples.match
        assert rule.examples.allow
        assert all((rule.title.en, rule.title.fr, rule.explain.en, rule.explain.fr)), rule.id


def test_all_packs_fit_into_one_draft() -> None:
    text = FALCON
    for pack in PACKS.values():
        text, added = add_rules(text, pack.source)
        assert added == tuple(rule.id for rule in load_policy(pack.source).rules)
    whole = load_policy(text)
    assert check_examples(whole) == []
    for pack in PACKS.values():
        for rule in load_policy(pack.source).rules:
            assert whole.rule(rule.id) == rule


def test_rules_come_with_their_comments_and_leave_every_line_of_the_draft() -> None:
    draft = FALCON.rstrip("\n") + "\n\n# About the defaults.\ndefault: {external: allow}\n"
    text, _added = add_rules(draft, PACKS["secrets"].source)
    assert [line for line in text.split("\n") if line in draft.split("\n")] != []
    assert all(line in text for line in draft.split("\n"))
    assert "# Not even by decision of an officer" in text
    assert text.index("- id: links-with-keys") < text.index("# About the defaults.")


def test_a_rule_whose_identifier_is_taken_is_left_out() -> None:
    once, _added = add_rules(FALCON, PACKS["secrets"].source)
    assert add_rules(once, PACKS["secrets"].source) == (once, ())
    partly = FALCON.replace("id: cards", "id: secrets")
    text, added = add_rules(partly, PACKS["secrets"].source)
    assert added == ("links-with-keys",)
    assert text.count("id: secrets") == 1


def test_the_first_draft_starts_from_packs_and_could_be_put_in_force() -> None:
    first = load_policy(starter())
    assert check_examples(first) == []
    assert {"secrets", "payment-cards", "internal-links", "marked-secret"} <= {rule.id for rule in first.rules}


@pytest.mark.django_db
def test_a_pack_goes_into_a_draft_once(irene: Person) -> None:
    draft = services.create_draft(by=irene)
    draft = services.edit_draft(by=irene, number=draft.number, edit=draft.edit, source=FALCON)
    assert services.add_pack(by=irene, number=draft.number, edit=draft.edit, name="secrets") == (
        "secrets",
        "links-with-keys",
    )
    with pytest.raises(StaleEdit):
        services.add_pack(by=irene, number=draft.number, edit=draft.edit, name="payment-data")
    draft.refresh_from_db()
    assert services.add_pack(by=irene, number=draft.number, edit=draft.edit, name="secrets") == ()
    before = draft.edit
    draft.refresh_from_db()
    assert draft.edit == before


@pytest.mark.django_db
def test_only_policy_admins_add_packs_that_there_are(irene: Person, omar: Person) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(NotAllowed):
        services.add_pack(by=omar, number=draft.number, edit=draft.edit, name="secrets")
    with pytest.raises(NotFound):
        services.add_pack(by=irene, number=draft.number, edit=draft.edit, name="../acme")
