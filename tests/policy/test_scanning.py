"""The question that everything that leaves must pass fails closed."""

import threading
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError
from pytest_django import DjangoAssertNumQueries

from corpblog.audit.models import AuditEntry
from corpblog.people.models import DirectoryGroup, Person
from corpblog.policy import scanners, services
from corpblog.policy.engine import Outcome, Verdict
from corpblog.policy.models import DictionaryText, PolicyVersion
from corpblog.policy.selectors import in_force
from corpblog.policy.services import scanning
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db
Make = Callable[..., PolicyVersion]


def scan(text: str = "Falcon", **changes: Any) -> Verdict:
    return services.scan(**({"fields": text, "audience": "external"} | changes))


def test_without_a_policy_everything_is_held() -> None:
    assert scan("hello").outcome is Outcome.HOLD
    assert services.scan(fields={"text": "hello"}, audience="internal").outcome is Outcome.HOLD


def test_the_version_in_force_decides_and_is_named_in_the_verdict(put_in_force: Make) -> None:
    version = put_in_force()
    assert scan("Falcon").outcome is Outcome.HOLD
    assert scan("hello").outcome is Outcome.ALLOW
    assert scan("hello").policy_digest == version.digest == in_force().digest


def test_every_field_is_asked(put_in_force: Make) -> None:
    put_in_force()
    verdict = services.scan(fields={"text": "hello", "alt:1": "a Falcon"}, audience="external")
    assert [finding.field for finding in verdict.findings] == ["alt:1"]


def test_a_question_costs_one_query_once_the_scanner_is_made(
    put_in_force: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    put_in_force()
    scan()
    with django_assert_num_queries(1):
        scan()


def test_a_swap_by_another_process_counts_at_the_next_question(put_in_force: Make) -> None:
    put_in_force()
    assert scan("Kestrel").outcome is Outcome.ALLOW
    put_in_force(FALCON.replace("Falcon, ", "Falcon, Kestrel, "))
    # This process compiled nothing for it yet, as one that only reads the database.
    scanners.forget()
    assert scan("Kestrel").outcome is Outcome.HOLD


@pytest.fixture(params=["other text", "no yaml", "other list"])
def damaged(request: pytest.FixtureRequest, irene: Person, omar: Person) -> PolicyVersion:
    """A version in force that somebody changed behind our back."""
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=1, name="a.txt", terms="Osprey")
    source = FALCON.replace("Projet Mistral]}", "Projet Mistral], dictionary: a.txt}")
    services.edit_draft(by=irene, number=draft.number, edit=2, source=source)
    services.propose(by=irene, number=draft.number, edit=3, note="x")
    version = services.put_in_force(by=omar, number=draft.number, replacing=None)
    if request.param == "other list":
        DictionaryText.objects.update(terms="nothing")
    else:
        text = source.replace("Falcon", "Nothing") if request.param == "other text" else "::::"
        PolicyVersion.objects.filter(pk=version.pk).update(source=text)
    scanners.forget()
    return version


def test_a_version_that_was_changed_behind_our_back_holds_everything_and_is_written_down_once(
    damaged: PolicyVersion,
) -> None:
    assert [scan("hello").outcome for _time in range(3)] == [Outcome.HOLD] * 3
    scanners.forget()
    assert services.scan(fields="hello", audience="internal").outcome is Outcome.HOLD
    broken = AuditEntry.objects.get(action="policy.broken")
    assert broken.subject == f"policy:{damaged.number}"


def test_a_good_version_after_a_broken_one_decides_again(damaged: PolicyVersion, irene: Person, omar: Person) -> None:
    scan("hello")
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=1, name="a.txt", terms="Osprey")
    services.edit_draft(by=irene, number=draft.number, edit=2, source=FALCON + "# mended\n")
    services.propose(by=irene, number=draft.number, edit=3, note="x")
    services.put_in_force(by=omar, number=draft.number, replacing=damaged.number)
    assert scan("hello").outcome is Outcome.ALLOW


def test_an_error_in_the_engine_holds(put_in_force: Make) -> None:
    put_in_force()
    with mock.patch.object(scanners.Scanner, "answer", side_effect=RuntimeError("boom")):
        assert scan("hello").outcome is Outcome.HOLD


def test_an_error_in_the_database_holds_and_says_nothing_about_the_policy(put_in_force: Make) -> None:
    put_in_force()
    scanners.forget()
    with mock.patch("corpblog.policy.scanners.word_lists", side_effect=DatabaseError("gone")):
        assert scan("hello").outcome is Outcome.HOLD
    assert scan("hello").outcome is Outcome.ALLOW
    assert not AuditEntry.objects.filter(action="policy.broken").exists()


@pytest.mark.gate("G26")
def test_a_scan_that_takes_too_long_holds(put_in_force: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    put_in_force()
    monkeypatch.setattr(scanning, "BUDGET_SECONDS", 0.05)
    done = threading.Event()
    with mock.patch.object(scanners.Scanner, "answer", side_effect=lambda _question: done.wait(20)):
        verdict = scan("x" * (scanning.SHORT + 1))
        done.set()
    assert verdict.outcome is Outcome.HOLD
    assert verdict.findings[0].term == "timeout"


def test_a_long_text_is_scanned_and_a_huge_one_is_held(put_in_force: Make) -> None:
    put_in_force()
    assert scan("hello " * 5000).outcome is Outcome.ALLOW
    assert scan("hello " * 5000 + "Falcon").outcome is Outcome.HOLD
    huge = scan("x" * (scanning.LONGEST + 1))
    assert (huge.outcome, huge.findings[0].term) == (Outcome.HOLD, "too long")


def test_a_rule_for_some_groups_looks_at_the_authors_groups(
    put_in_force: Make, alice: Person, bruno: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    DirectoryGroup.objects.create(directory_id="1", name="sales").people.add(bruno)
    put_in_force(FALCON.replace("    detect:\n      - keywords", "    groups: [sales]\n    detect:\n      - keywords"))
    assert scan(by=bruno).outcome is Outcome.HOLD
    assert scan(by=alice).outcome is Outcome.ALLOW


@pytest.mark.parametrize("fields", [None, {"text": None}, {"text": b"x"}])
def test_nonsense_never_raises_and_never_passes(put_in_force: Make, fields: Any) -> None:
    put_in_force()
    assert services.scan(fields=fields, audience="external").outcome is Outcome.HOLD
