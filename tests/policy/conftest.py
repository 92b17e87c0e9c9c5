"""Policies to begin with."""

from collections.abc import Callable, Iterator

import pytest

from corpblog.people.models import Person
from corpblog.policy import scanners, services
from corpblog.policy.models import PolicyVersion
from tests.threads import threads_database

__all__ = ["threads_database"]

FALCON = """\
# What Acme holds.
policy: 1
name: Acme
rules:
  # Ask Irene before you change this.
  - id: code-names
    title: {en: Unannounced projects, fr: Projets non annoncés}
    audience: external
    detect:
      - keywords: {terms: [Falcon, Projet Mistral]}
    outcome: hold
    examples: {match: [Falcon starts], pass: [The falconer]}

  - id: cards
    title: {en: Payment cards}
    detect:
      - identifier: {kinds: [payment-card]}
    outcome: block
"""


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    scanners.forget()
    yield
    scanners.forget()


@pytest.fixture
def propose(irene: Person) -> Callable[..., PolicyVersion]:
    """Give a way to write a version and propose it, by default as irene."""

    def make(source: str = FALCON, by: Person = irene) -> PolicyVersion:
        draft = services.create_draft(by=by)
        draft = services.edit_draft(by=by, number=draft.number, edit=draft.edit, source=source)
        return services.propose(by=by, number=draft.number, edit=draft.edit, note="Because.")

    return make


@pytest.fixture
def put_in_force(propose: Callable[..., PolicyVersion], omar: Person) -> Callable[..., PolicyVersion]:
    """Give a way to bring a text into force by two people, irene and omar."""

    def make(source: str = FALCON) -> PolicyVersion:
        proposed = propose(source)
        current = PolicyVersion.objects.in_force().first()
        return services.put_in_force(by=omar, number=proposed.number, replacing=current.number if current else None)

    return make
