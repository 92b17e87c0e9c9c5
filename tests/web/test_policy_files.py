"""A policy as a file in the browser: saved, brought back as a draft with its differences, refused in words."""

import io
import zipfile
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from corpblog.audit.models import AuditEntry
from corpblog.people.models import Person
from corpblog.policy import scanners, services
from corpblog.policy.models import PolicyVersion
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]
LISTED = FALCON.replace("terms: [Falcon, Projet Mistral]", "terms: [Falcon], dictionary: names.txt")


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    scanners.forget()
    yield
    scanners.forget()


@pytest.fixture
def current(irene: Person, omar: Person) -> PolicyVersion:
    """A version in force with a word list."""
    draft = services.create_draft(by=irene)
    services.put_dictionary(by=irene, number=draft.number, edit=1, name="names.txt", terms="Osprey")
    draft = services.edit_draft(by=irene, number=draft.number, edit=2, source=LISTED)
    services.propose(by=irene, number=draft.number, edit=3, note="First.")
    return services.put_in_force(by=omar, number=draft.number, replacing=None)


def sent(client: Client, name: str, body: bytes) -> Any:
    return client.post("/policies/import/", {"file": SimpleUploadedFile(name, body)}, follow=True)


def newest() -> PolicyVersion:
    found = PolicyVersion.objects.newest_first().first()
    assert found is not None
    return found


def test_the_yaml_is_saved_as_it_was_typed_and_the_log_says_who_took_it(
    current: PolicyVersion, victor: Person, browser_of: Browser
) -> None:
    answer = browser_of(victor).post(f"/policies/{current.number}/export/", {"as": "yaml"})
    assert answer.content.decode() == LISTED
    assert answer.headers["Content-Disposition"] == 'attachment; filename="policy-1.yaml"'
    entry = AuditEntry.objects.get(action="policy.exported")
    assert (entry.actor_id, entry.subject, entry.payload.facts["as_"]) == (victor.pk, "policy:1", "yaml")


def test_the_zip_has_the_word_lists_and_comes_back_as_it_was(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    client = browser_of(irene)
    body = client.post(f"/policies/{current.number}/export/", {"as": "zip"}).content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert archive.read("lists/names.txt") == b"Osprey\n"
    page = sent(client, "anything.zip", body)
    assert "Nothing differs from version 1." in page.content.decode()
    assert (newest().number, newest().is_draft, newest().digest) == (2, True, current.digest)


def test_a_yaml_becomes_a_draft_that_keeps_the_lists_and_shows_what_it_changes(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    changed = LISTED.replace("outcome: hold", "outcome: warn").replace("terms: [Falcon]", "terms: [Falcon, Kestrel]")
    page = sent(browser_of(irene), "acme.yml", changed.replace("\n", "\r\n").encode())
    shown = unescape(page.content.decode())
    assert page.redirect_chain == [("/policies/2/differences/", 302)]
    assert "This is what it changes; nothing is enforced yet." in shown
    assert "Unannounced projects" in shown
    assert "Kestrel" in shown
    assert (newest().source, newest().dictionaries) == (changed, current.dictionaries)
    assert AuditEntry.objects.filter(action="policy.imported", actor_id=irene.pk, subject="policy:2").count() == 1


def test_a_mistake_is_shown_beside_its_line_and_the_file_is_not_lost(
    current: PolicyVersion, irene: Person, browser_of: Browser
) -> None:
    wrong = LISTED.replace("outcome: hold", "outcome: sink")
    page = sent(browser_of(irene), "acme.yaml", wrong.encode())
    shown = unescape(page.content.decode())
    assert page.redirect_chain == [("/policies/2/yaml/", 302)]
    assert "The file is a draft now, and has 1 mistake." in shown
    assert f'data-line="{wrong[: wrong.index("sink")].count(chr(10)) + 1}"' in shown
    assert newest().source == wrong


@pytest.mark.parametrize(
    ("name", "body", "told"),
    [
        ("acme.yaml", b"\x89PNG\r\n\x1a\n\xff\xfe", "This file is not UTF-8 text"),
        ("acme.zip", b"PK\x03\x04 no more", "This ZIP cannot be read"),
        ("acme.yaml", b"", "The submitted file is empty"),
        ("acme.yaml", b"policy: 1\0", "characters that are not text"),
        ("acme.yaml", b"#" * 200_001, "longer than 200000 characters"),
    ],
)
def test_what_is_no_policy_is_refused_in_words_and_makes_no_draft(
    irene: Person, browser_of: Browser, name: str, body: bytes, told: str
) -> None:
    answer = sent(browser_of(irene), name, body)
    assert answer.status_code == 422
    assert told in unescape(answer.content.decode())
    assert not PolicyVersion.objects.exists()


def test_without_a_file_it_asks_for_one(irene: Person, browser_of: Browser) -> None:
    answer = browser_of(irene).post("/policies/import/", {})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


@pytest.mark.parametrize("who", ["omar", "victor", "alice", "chloe"])
def test_only_policy_admins_bring_files_in(person: Callable[[str], Person], browser_of: Browser, who: str) -> None:
    assert sent(browser_of(person(who)), "acme.yaml", FALCON.encode()).status_code == 403
    assert not PolicyVersion.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bruno", "chloe", "helene"])
def test_whoever_may_not_read_a_version_takes_no_file_of_it(
    current: PolicyVersion, person: Callable[[str], Person], browser_of: Browser, who: str
) -> None:
    answer = browser_of(person(who)).post(f"/policies/{current.number}/export/", {"as": "zip"})
    assert answer.status_code == 403
    assert not AuditEntry.objects.filter(action="policy.exported").exists()
