"""The life of a policy version: one person proposes, another puts in force, and everything is written down."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.policy import services
from corpblog.policy.errors import BadDictionary, BadPolicy, StaleEdit
from corpblog.policy.events import PolicyChanged, policy_changed
from corpblog.policy.models import DictionaryText, PolicyVersion
from corpblog.policy.selectors import in_force
from tests.policy.conftest import FALCON
from tests.threads import at_once

pytestmark = pytest.mark.django_db
Make = Callable[..., PolicyVersion]


def actions(number: int) -> list[str]:
    return list(
        AuditEntry.objects.filter(subject=f"policy:{number}").order_by("number").values_list("action", flat=True)
    )


def test_two_people_bring_a_version_into_force(put_in_force: Make, irene: Person, omar: Person) -> None:
    version = put_in_force()
    assert version.is_in_force
    assert (version.proposed_by, version.approved_by) == (irene, omar)
    assert actions(version.number) == ["policy.drafted", "policy.edited", "policy.proposed", "policy.in_force"]


@pytest.mark.gate("G7")
def test_the_proposer_cannot_put_it_in_force(propose: Make, irene: Person) -> None:
    version = propose()
    with pytest.raises(NotAllowed, match="You proposed this version"):
        services.put_in_force(by=irene, number=version.number, replacing=None)
    version.refresh_from_db()
    assert version.is_proposed


@pytest.mark.parametrize("username", ["alice", "chloe", "victor", "helene"])
def test_only_those_who_decide_put_in_force(propose: Make, person: Callable[[str], Person], username: str) -> None:
    version = propose()
    with pytest.raises(NotAllowed):
        services.put_in_force(by=person(username), number=version.number, replacing=None)


@pytest.mark.parametrize("username", ["alice", "omar", "victor"])
def test_only_policy_admins_write(person: Callable[[str], Person], username: str) -> None:
    with pytest.raises(NotAllowed):
        services.create_draft(by=person(username))


@pytest.mark.gate("G7")
def test_the_database_refuses_one_person_alone(propose: Make, irene: Person) -> None:
    version = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(approved_by=irene)


def test_the_database_refuses_an_approval_of_what_nobody_proposed(irene: Person, omar: Person) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=draft.pk).update(approved_by=omar)


def test_the_database_refuses_what_nobody_approved(propose: Make) -> None:
    version = propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(state="in_force")


def test_the_database_refuses_a_second_version_in_force(put_in_force: Make, propose: Make, omar: Person) -> None:
    put_in_force()
    second = propose(FALCON + "# more\n")
    with pytest.raises(IntegrityError), transaction.atomic():
        PolicyVersion.objects.filter(pk=second.pk).update(state="in_force", approved_by=omar)


def test_a_new_version_retires_the_old_one_and_decides_at_once(put_in_force: Make) -> None:
    first = put_in_force()
    second = put_in_force(FALCON.replace("Falcon, ", "Falcon, Kestrel, "))
    first.refresh_from_db()
    assert first.state == PolicyVersion.State.RETIRED
    assert first.retired_at
    assert in_force().version_number == second.number
    assert services.scan(fields="Kestrel starts", audience="external").outcome.value == "hold"


def test_a_draft_says_what_is_in_force_and_a_second_press_returns_it(put_in_force: Make, irene: Person) -> None:
    current = put_in_force()
    draft = services.create_draft(by=irene)
    assert (draft.source, draft.based_on) == (current.source, current)
    assert services.create_draft(by=irene) == draft
    services.edit_draft(by=irene, number=draft.number, edit=1, source="policy: 1")
    assert services.create_draft(by=irene) != draft


def test_a_file_that_was_brought_in_is_no_first_press(put_in_force: Make, irene: Person) -> None:
    current = put_in_force()
    brought = services.draft_of_document(by=irene, source=FALCON.replace("Falcon, ", "Osprey, "))
    draft = services.create_draft(by=irene)
    assert draft != brought
    assert draft.source == current.source


def test_a_stale_edit_changes_nothing(irene: Person, ivan: Person) -> None:
    draft = services.create_draft(by=irene)
    services.edit_draft(by=ivan, number=draft.number, edit=1, source="ivan")
    with pytest.raises(StaleEdit):
        services.edit_draft(by=irene, number=draft.number, edit=1, source="irene")
    draft.refresh_from_db()
    assert draft.source == "ivan"


def test_what_is_proposed_never_changes_again(propose: Make, irene: Person) -> None:
    version = propose()
    with pytest.raises(Conflict):
        services.edit_draft(by=irene, number=version.number, edit=version.edit, source="policy: 1")
    with pytest.raises(Conflict):
        services.put_dictionary(by=irene, number=version.number, edit=version.edit, name="a", terms="b")
    with pytest.raises(Conflict):
        services.propose(by=irene, number=version.number, edit=version.edit, note="again")


def test_a_broken_draft_is_kept_and_cannot_be_proposed(propose: Make, irene: Person) -> None:
    with pytest.raises(BadPolicy) as caught:
        propose(FALCON.replace("outcome: block", "outcome: explode"))
    assert caught.value.problems[0].line == FALCON.split("\n").index("    outcome: block") + 1
    assert PolicyVersion.objects.get().is_draft


@pytest.mark.gate("G26")
def test_a_pattern_that_re2_refuses_is_named_with_its_line(propose: Make) -> None:
    source = FALCON.replace("- identifier: {kinds: [payment-card]}", "- regex: {pattern: '(?<=a)b'}")
    with pytest.raises(BadPolicy) as caught:
        propose(source)
    problem = caught.value.problems[0]
    assert source.split("\n")[problem.line - 1].strip().startswith("- regex")
    assert problem.path.endswith("regex.pattern")


@pytest.mark.gate("G25")
def test_examples_that_do_not_hold_stop_a_proposal(propose: Make) -> None:
    with pytest.raises(BadPolicy) as caught:
        propose(FALCON.replace("pass: [The falconer]", "pass: [The Falcon]"))
    assert caught.value.problems[0].path == "rules[0].examples.pass[0]"


def test_a_proposal_says_what_changes_and_is_not_what_is_in_force(
    put_in_force: Make, propose: Make, irene: Person
) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(Invalid):
        services.propose(by=irene, number=draft.number, edit=1, note=" ")
    put_in_force()
    with pytest.raises(Invalid):
        propose(FALCON)


def test_an_approval_of_what_was_compared_with_another_version_is_refused(
    put_in_force: Make, propose: Make, omar: Person
) -> None:
    first = put_in_force()
    proposed = propose(FALCON + "# a\n")
    put_in_force(FALCON + "# b\n")
    with pytest.raises(Conflict):
        services.put_in_force(by=omar, number=proposed.number, replacing=first.number)


def test_refusing_ends_a_proposal_and_asks_for_a_reason(propose: Make, lena: Person, omar: Person) -> None:
    version = propose()
    with pytest.raises(Invalid):
        services.refuse(by=lena, number=version.number, reason=" ")
    services.refuse(by=lena, number=version.number, reason="Too wide.")
    with pytest.raises(Conflict):
        services.put_in_force(by=omar, number=version.number, replacing=None)
    assert actions(version.number)[-1] == "policy.refused"


def test_the_proposer_may_take_it_back_but_an_auditor_may_not_refuse(
    propose: Make, irene: Person, victor: Person
) -> None:
    version = propose()
    with pytest.raises(NotAllowed):
        services.refuse(by=victor, number=version.number, reason="No.")
    assert services.refuse(by=irene, number=version.number, reason="Mine, wrong.").refused_by == irene


def test_rolling_back_proposes_what_an_old_version_said(put_in_force: Make, irene: Person, omar: Person) -> None:
    first = put_in_force()
    second = put_in_force(FALCON.replace("Falcon, ", "Falcon, Kestrel, "))
    back = services.roll_back(by=irene, to=first.number)
    assert back.is_proposed
    assert back.number > second.number
    assert back.source == first.source
    assert services.put_in_force(by=omar, number=back.number, replacing=second.number).is_in_force


def test_one_cannot_roll_back_to_what_never_was_in_force(propose: Make, irene: Person) -> None:
    with pytest.raises(Invalid):
        services.roll_back(by=irene, to=propose().number)


@pytest.mark.gate("G7")
def test_lowering_protection_waits_for_the_reviewers(
    put_in_force: Make, propose: Make, omar: Person, settings: object
) -> None:
    settings.POLICY_DELAY = timedelta(minutes=15)  # type: ignore[attr-defined]
    current = put_in_force()
    milder = propose(FALCON.replace("outcome: hold", "outcome: warn"))
    assert milder.not_before == milder.proposed_at + timedelta(minutes=15)
    with pytest.raises(Conflict):
        services.put_in_force(by=omar, number=milder.number, replacing=current.number)
    with time_machine.travel(milder.not_before + timedelta(seconds=1), tick=False):
        assert services.put_in_force(by=omar, number=milder.number, replacing=current.number).is_in_force


@pytest.mark.gate("G7")
def test_an_older_proposal_that_lowers_what_came_since_waits_too(
    put_in_force: Make, propose: Make, omar: Person, settings: object
) -> None:
    settings.POLICY_DELAY = timedelta(minutes=15)  # type: ignore[attr-defined]
    older = propose()
    assert older.not_before is None, "nothing is in force that it could lower"
    current = put_in_force(FALCON.replace("Falcon, ", "Falcon, Kestrel, "))
    decide = partial(services.put_in_force, by=omar, number=older.number, replacing=current.number)
    with pytest.raises(Conflict, match="lowers protection"):
        decide()
    assert services.waits_until(older, lowers=True) == current.in_force_at + timedelta(minutes=15)
    with time_machine.travel(current.in_force_at + timedelta(minutes=15, seconds=1), tick=False):
        assert decide().is_in_force


def test_raising_protection_does_not_wait(put_in_force: Make, propose: Make, omar: Person, settings: object) -> None:
    settings.POLICY_DELAY = timedelta(minutes=15)  # type: ignore[attr-defined]
    current = put_in_force()
    stricter = propose(FALCON.replace("outcome: hold", "outcome: block"))
    assert services.put_in_force(by=omar, number=stricter.number, replacing=current.number).is_in_force


def test_others_are_told_of_every_step(
    put_in_force: Make, propose: Make, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[PolicyChanged] = []
    policy_changed.subscribe(heard.append)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            put_in_force()
            propose(FALCON.replace("outcome: hold", "outcome: warn"))
    finally:
        policy_changed._listeners.remove(heard.append)
    assert [(news.step, news.weaker) for news in heard] == [
        ("proposed", False),
        ("in_force", False),
        ("proposed", True),
    ]


def test_word_lists_belong_to_the_version(put_in_force: Make, irene: Person, omar: Person) -> None:
    draft = services.create_draft(by=irene)
    services.put_dictionary(
        by=irene, number=draft.number, edit=1, name="names.txt", terms="Osprey\r\nKestrel\n\nOsprey"
    )
    source = FALCON.replace("{terms: [Falcon, Projet Mistral]}", "{terms: [Falcon], dictionary: names.txt}")
    services.edit_draft(by=irene, number=draft.number, edit=2, source=source)
    services.propose(by=irene, number=draft.number, edit=3, note="Birds.")
    first = services.put_in_force(by=omar, number=draft.number, replacing=None)
    assert services.scan(fields="Osprey starts", audience="external").outcome.value == "hold"

    # Changing the list in a draft changes nothing that is in force, and emptying it lowers protection.
    fewer = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=fewer.number, edit=1, name="names.txt", terms="Kestrel")
    assert services.scan(fields="Osprey starts", audience="external").outcome.value == "hold"
    fewer.refresh_from_db()
    assert [lowering.part for lowering in services.lowered_by(fewer)] == ["dictionary"]
    services.propose(by=irene, number=fewer.number, edit=2, note="Fewer birds.")
    services.put_in_force(by=omar, number=fewer.number, replacing=first.number)
    assert services.scan(fields="Osprey starts", audience="external").outcome.value == "allow"


def test_a_word_list_says_what_was_found_in_it(irene: Person) -> None:
    draft = services.create_draft(by=irene)
    terms = "# birds\nOsprey\n\n osprey \nOsprey\nemu\n"
    report = services.put_dictionary(by=irene, number=draft.number, edit=1, name=" Birds.TXT ", terms=terms)
    assert (report.name, report.count, report.doubles, report.short) == ("birds.txt", 3, 1, ("emu",))
    assert DictionaryText.objects.get().terms == "# birds\nOsprey\nosprey\nemu"


@pytest.mark.parametrize(("name", "terms"), [("../etc", "a"), ("", "a"), ("a.txt", " \n"), ("a.txt", "x" * 201)])
def test_a_bad_word_list_is_refused_with_a_reason(irene: Person, name: str, terms: str) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(BadDictionary):
        services.put_dictionary(by=irene, number=draft.number, edit=1, name=name, terms=terms)


def test_a_word_list_that_rules_use_cannot_just_go(irene: Person) -> None:
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=1, name="names.txt", terms="Osprey")
    source = FALCON.replace("{terms: [Falcon, Projet Mistral]}", "{terms: [Falcon], dictionary: names.txt}")
    services.edit_draft(by=irene, number=draft.number, edit=2, source=source)
    services.drop_dictionary(by=irene, number=draft.number, edit=3, name="names.txt")
    with pytest.raises(BadPolicy):
        services.propose(by=irene, number=draft.number, edit=4, note="Without the list.")


@pytest.mark.parametrize("source", ["a\0b", "a\ud800b", "x" * 200_001])
def test_text_that_no_database_can_keep_is_refused(irene: Person, source: str) -> None:
    draft = services.create_draft(by=irene)
    with pytest.raises(Invalid):
        services.edit_draft(by=irene, number=draft.number, edit=1, source=source)


@pytest.mark.usefixtures("threads_database")
def test_people_who_press_at_once_put_one_version_in_force(
    propose: Make, ivan: Person, omar: Person, lena: Person
) -> None:
    numbers = [propose().number, propose(FALCON + "# other\n").number]
    presses = [
        partial(services.put_in_force, by=by, number=numbers[index % 2], replacing=None)
        for index, by in enumerate([omar, lena, ivan, omar])
    ]
    answers = at_once(*presses)
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 3 + ["PolicyVersion"]
    assert PolicyVersion.objects.in_force().count() == 1


@pytest.mark.usefixtures("threads_database")
def test_drafts_begun_at_once_get_numbers_of_their_own(irene: Person, ivan: Person) -> None:
    at_once(*(partial(services.create_draft, by=by) for by in (irene, ivan)))
    assert sorted(PolicyVersion.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.usefixtures("threads_database")
def test_of_two_saves_at_once_one_is_stale(irene: Person, ivan: Person) -> None:
    number = services.create_draft(by=irene).number
    saves = [partial(services.edit_draft, by=by, number=number, edit=1, source=by.username) for by in (irene, ivan)]
    answers = at_once(*saves)
    assert sorted(type(answer).__name__ for answer in answers) == ["PolicyVersion", "StaleEdit"]
    saved = next(answer for answer in answers if isinstance(answer, PolicyVersion))
    assert PolicyVersion.objects.get(number=number).source == saved.source
