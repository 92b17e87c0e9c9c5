"""A company that talks, with a policy that says nothing unless a test makes it speak."""

from collections.abc import Callable

import pytest

from corpblog.people.models import Person
from corpblog.policy.engine import Finding, Outcome, Verdict
from corpblog.posts.models import Post
from corpblog.posts.services import judging, publish
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, join
from tests.threads import threads_database

__all__ = ["threads_database"]

Say = Callable[..., Post]


@pytest.fixture(autouse=True)
def policy_says(monkeypatch: pytest.MonkeyPatch) -> Callable[[Outcome], None]:
    """Let the test choose what policy answers about texts that hold the word `Falcon`; all others pass."""
    chosen = [Outcome.ALLOW]

    def scan(*, fields: dict[str, str], audience: str, by: Person, **_facts: object) -> Verdict:
        assert audience == "internal"
        start = fields["text"].find("Falcon")
        if start < 0 or chosen[0] == Outcome.ALLOW:
            return Verdict(Outcome.ALLOW)
        finding = Finding("code-names", "Falcon", "text", start, start + 6, "A", 1.0, chosen[0])
        return Verdict(chosen[0], (finding,), policy_digest="d" * 64)

    monkeypatch.setattr(judging, "scan", scan)

    def choose(outcome: Outcome) -> None:
        chosen[0] = outcome

    return choose


@pytest.fixture
def engineering(alice: Person, bruno: Person) -> Channel:
    """Give an open channel of alice's that bruno joined."""
    channel = create_channel(by=alice, name="Engineering")
    join(by=bruno, channel=channel)
    return channel


@pytest.fixture
def secret(alice: Person) -> Channel:
    """Give a private channel that only alice is in."""
    return create_channel(by=alice, name="Board", is_private=True)


@pytest.fixture
def say(engineering: Channel, alice: Person) -> Say:
    """Post as alice in Engineering unless told otherwise."""

    def post(text: str = "Hello", **changes: object) -> Post:
        return publish(**({"by": alice, "channel": engineering, "text": text} | changes))  # type: ignore[arg-type]

    return post


@pytest.fixture
def crowd(engineering: Channel) -> Callable[[int], list[Person]]:
    """Give as many members of Engineering as asked for."""

    def gather(size: int) -> list[Person]:
        people = [Person(username=f"p{count}", display_name=f"Person {count}", source="local") for count in range(size)]
        Person.objects.bulk_create(people)
        for person in people:
            join(by=person, channel=engineering)
        return people

    return gather
