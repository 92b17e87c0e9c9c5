"""Each process says which version it decides with; one that hangs, lags or cannot load it stands out."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine

from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy import readiness, scanners
from corpblog.policy.engine import ENGINE_VERSION
from corpblog.policy.models import PolicyVersion, RunningProcess
from corpblog.policy.running import Reporter, running
from tests.policy.conftest import FALCON

pytestmark = pytest.mark.django_db
Make = Callable[..., PolicyVersion]
NEXT = FALCON.replace("name: Acme", "name: Next")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def moment() -> "time_machine.Traveller":
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def conditions(person: Person) -> list[tuple[str, int | None]]:
    return [(item.condition, item.process.number) for item in running(person)]


def test_a_process_says_what_it_decides_with_and_since_when(
    moment: "time_machine.Traveller", put_in_force: Make, irene: Person
) -> None:
    first = put_in_force(FALCON)
    reporter = Reporter("web")
    readiness.make_ready()
    reporter.report()
    [said] = running(irene)
    assert (said.condition, said.process.number, said.process.since) == ("current", first.number, START)
    assert (said.process.kind, said.process.engine, said.other_engine) == ("web", ENGINE_VERSION, False)
    # What it took up keeps its time; that it lives is said again.
    moment.shift(15)
    reporter.report()
    [said] = running(irene)
    assert (said.process.since, (said.process.seen_at - START).seconds) == (START, 15)


def test_one_that_has_not_taken_the_new_version_up_is_behind(
    moment: "time_machine.Traveller", put_in_force: Make, irene: Person
) -> None:
    first = put_in_force(FALCON)
    readiness.make_ready()
    reporter = Reporter("worker")
    reporter.report()
    second = put_in_force(NEXT)
    scanners.forget()  # it has not compiled the second one: still at the first
    reporter.report()
    assert conditions(irene) == [("swapping", first.number)]
    moment.shift(6)
    assert conditions(irene) == [("behind", first.number)]
    readiness.make_ready()
    reporter.report()
    assert conditions(irene) == [("current", second.number)]
    assert RunningProcess.objects.get().since == datetime(2026, 3, 2, 9, 0, 6, tzinfo=UTC)


def test_one_that_hangs_is_silent_and_is_left_out_at_last(
    moment: "time_machine.Traveller", put_in_force: Make, irene: Person
) -> None:
    put_in_force(FALCON)
    readiness.make_ready()
    Reporter("web").report()
    moment.shift(41)
    assert [condition for condition, _number in conditions(irene)] == ["silent"]
    moment.shift(3600)
    assert conditions(irene) == []


def test_one_that_cannot_load_the_version_says_why(put_in_force: Make, irene: Person) -> None:
    current = put_in_force(FALCON)
    PolicyVersion.objects.filter(pk=current.pk).update(source="policy: 2")
    scanners.forget()
    readiness.make_ready()
    Reporter("web").report()
    [said] = running(irene)
    assert (said.condition, said.process.problem) == ("broken", "its text is not the one that was approved")


def test_one_that_was_not_restarted_after_an_upgrade_is_told_apart(put_in_force: Make, irene: Person) -> None:
    put_in_force(FALCON)
    readiness.make_ready()
    Reporter("web").report()
    RunningProcess.objects.update(engine="0.0.1")
    assert [item.other_engine for item in running(irene)] == [True]


def test_who_ends_as_told_takes_the_line_out(put_in_force: Make, irene: Person) -> None:
    put_in_force(FALCON)
    readiness.make_ready()
    reporter = Reporter("web")
    reporter.report()
    reporter.sign_off()
    assert running(irene) == []


def test_it_is_not_for_everybody(alice: Person) -> None:
    with pytest.raises(NotAllowed):
        running(alice)
