"""A policy that is put in force decides in every process at once, and a broken one never replaces a good one."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from corpblog.policy import services
from corpblog.policy.errors import BadPolicy
from corpblog.policy.models import PolicyVersion
from tests.policy.conftest import FALCON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads_database")]
Ask = Callable[[str], str]
CONDOR = FALCON.replace("Falcon, Projet Mistral", "Condor").replace("[Falcon starts]", "[Condor starts]")


def address() -> str:
    """Return where the tests' own database is, as the other process needs it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    place = f"{settings['USER']}:{settings['PASSWORD']}@{settings['HOST']}:{settings['PORT']}"
    return f"postgres://{place}/{settings['NAME']}"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Ask]:
    """Give a way to ask another process about a text."""
    environment = os.environ | {
        "CORPBLOG_DATABASE_URL": address(),
        "CORPBLOG_VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "corpblog.config.settings",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.policy.scanning_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )

    def ask(text: str) -> str:
        assert process.stdin
        assert process.stdout
        process.stdin.write(f"{text}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    with process:
        yield ask
        assert process.stdin
        process.stdin.close()


def test_the_first_question_after_the_swap_is_answered_by_the_new_policy(
    put_in_force: Callable[..., PolicyVersion], elsewhere: Ask
) -> None:
    assert elsewhere("Falcon flies") == "hold fail-closed"
    put_in_force(FALCON)
    assert elsewhere("Falcon flies") == "hold code-names"
    assert elsewhere("Condor flies") == "allow"
    put_in_force(CONDOR)
    assert elsewhere("Condor flies") == "hold code-names"
    assert elsewhere("Falcon flies") == "allow"
    put_in_force(FALCON)
    assert elsewhere("Falcon flies") == "hold code-names"


@pytest.mark.parametrize(
    "broken",
    [
        FALCON.replace("outcome: hold", "outcome: hld"),
        FALCON.replace("[Falcon starts]", "[Kestrel starts]"),
        FALCON.replace("keywords: {terms: [Falcon, Projet Mistral]}", "regex: {pattern: '(?=a)'}"),
        "rules: [",
    ],
)
def test_a_broken_policy_leaves_the_good_one_in_force(
    broken: str, put_in_force: Callable[..., PolicyVersion], propose: Callable[..., PolicyVersion], elsewhere: Ask
) -> None:
    good = put_in_force(FALCON)
    with pytest.raises(BadPolicy):
        propose(broken)
    assert elsewhere("Falcon flies") == "hold code-names"
    assert PolicyVersion.objects.in_force().get() == good


def test_a_proposal_that_no_longer_can_be_used_is_not_put_in_force(
    put_in_force: Callable[..., PolicyVersion], propose: Callable[..., PolicyVersion], omar: object, elsewhere: Ask
) -> None:
    """Its row was changed behind our back, or an upgrade refuses what the old version understood."""
    good = put_in_force(FALCON)
    proposed = propose(CONDOR)
    PolicyVersion.objects.filter(pk=proposed.pk).update(source="rules: [")
    with pytest.raises(BadPolicy):
        services.put_in_force(by=omar, number=proposed.number, replacing=good.number)  # type: ignore[arg-type]
    assert elsewhere("Falcon flies") == "hold code-names"
