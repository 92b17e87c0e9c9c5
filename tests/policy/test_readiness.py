"""What is proposed is compiled before it decides."""

import threading
from collections.abc import Callable

import pytest

from corpblog.policy import readiness, scanners, services
from corpblog.policy.engine import Policy
from corpblog.policy.models import PolicyVersion
from tests.policy.conftest import FALCON

Make = Callable[..., PolicyVersion]


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the name of every policy that is compiled for deciding."""
    names: list[str] = []
    real = scanners.compile_policy

    def noting(policy: Policy) -> object:
        names.append(policy.name)
        return real(policy)

    monkeypatch.setattr(scanners, "compile_policy", noting)
    return names


@pytest.mark.django_db
def test_the_first_question_after_the_swap_compiles_nothing(
    put_in_force: Make, propose: Make, omar: object, compiled: list[str]
) -> None:
    current = put_in_force(FALCON)
    proposed = propose(FALCON.replace("name: Acme", "name: Next"))
    scanners.forget()
    assert readiness.make_ready() == [current.number, proposed.number]
    assert readiness.make_ready() == []
    compiled.clear()
    services.put_in_force(by=omar, number=proposed.number, replacing=current.number)  # type: ignore[arg-type]
    assert services.scan(fields="Falcon flies", audience="external").rules == ("code-names",)
    assert compiled == []


@pytest.mark.django_db
def test_drafts_and_what_is_over_are_left_alone(put_in_force: Make, irene: object) -> None:
    old, current = put_in_force(FALCON), put_in_force(FALCON.replace("name: Acme", "name: Next"))
    services.create_draft(by=irene)  # type: ignore[arg-type]
    scanners.forget()
    assert readiness.make_ready() == [current.number]
    assert scanners.known(old.digest) is None


@pytest.mark.django_db
def test_a_proposal_that_cannot_be_used_keeps_the_others_from_nothing(put_in_force: Make, propose: Make) -> None:
    current, proposed = put_in_force(FALCON), propose(FALCON.replace("name: Acme", "name: Next"))
    PolicyVersion.objects.filter(pk=proposed.pk).update(source="rules: [")
    scanners.forget()
    readiness.make_ready()
    assert isinstance(scanners.known(current.digest), scanners.Compiled)
    assert isinstance(scanners.known(proposed.digest), scanners.Broken)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_database")
def test_the_thread_looks_by_itself_and_survives_a_failure(put_in_force: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    current = put_in_force(FALCON)
    scanners.forget()
    monkeypatch.setattr(readiness, "EVERY", 0.01)
    real, looks, done = readiness.make_ready, [], threading.Event()

    def look() -> list[int]:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("the database is away")
        made = real()
        done.set()
        return made

    monkeypatch.setattr(readiness, "make_ready", look)
    with readiness.kept_ready("web") as thread:
        assert done.wait(20)
    thread.join(20)
    assert not thread.is_alive()
    assert isinstance(scanners.known(current.digest), scanners.Compiled)
