"""Every question about a channel, asked by everybody: one table that says what the product promises."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from corpblog.people.models import Person
from corpblog.teams import access
from corpblog.teams.models import Channel, Classification, Membership

pytestmark = pytest.mark.django_db

QUESTIONS = {
    "read": access.can_read,
    "write": access.can_write,
    "reply": access.can_reply,
    "join": access.can_join,
    "invite": access.can_invite,
    "manage": access.can_manage,
    "owners": access.can_choose_owners,
    "leave": access.can_leave,
    "ask": access.can_ask_to_join,
    "raise": lambda person, channel: access.can_classify(person, channel, Classification.RESTRICTED),
    "lower": lambda person, channel: access.can_classify(person, channel, Classification.PUBLIC),
}
# alice owns, bruno is a member, chloe is neither, irene is a system admin, omar a compliance officer, zoe has left.
PROMISES = {
    "engineering": {
        "alice": "read write reply join invite manage owners leave raise",
        "bruno": "read write reply join invite leave",
        "chloe": "read reply join",
        "irene": "read reply join manage owners raise",
        "omar": "read reply join raise lower",
        "victor": "read reply join",
        "zoe": "",
    },
    "news": {
        "alice": "read write reply join invite manage owners leave raise",
        "bruno": "read reply join invite leave",
        "chloe": "read reply join",
        "irene": "read reply join manage owners raise",
        "omar": "read reply join raise lower",
        "victor": "read reply join",
        "zoe": "",
    },
    "board": {
        "alice": "read write reply invite manage owners leave raise",
        "bruno": "read write reply leave",
        "chloe": "",
        "irene": "",
        "omar": "",
        "victor": "",
        "zoe": "",
    },
    "works_council": {
        "alice": "read write reply invite manage owners leave raise",
        "bruno": "ask",
        "chloe": "ask",
        "irene": "ask",
        "omar": "ask",
        "victor": "ask",
        "zoe": "",
    },
    "talk": {
        "alice": "read write reply",
        "bruno": "read write reply",
        "chloe": "",
        "irene": "",
        "omar": "",
        "victor": "",
        "zoe": "",
    },
    "storyline": {
        "alice": "read write reply",
        "bruno": "read reply",
        "chloe": "read reply",
        "irene": "read reply",
        "omar": "read reply raise lower",
        "victor": "read reply",
        "zoe": "",
    },
    # It is public from the start, so whoever may raise its label finds nothing to lower.
    "account": {
        "alice": "read write reply join manage leave raise lower",
        "bruno": "read reply join leave",
        "chloe": "read reply join manage owners raise lower",
        "irene": "read reply join manage owners raise lower",
        "ivan": "read reply join manage raise lower",
        "omar": "read reply join raise lower",
        "victor": "read reply join",
        "zoe": "",
    },
}
CASES = [(channel, who, allowed) for channel, people in PROMISES.items() for who, allowed in people.items()]


@pytest.mark.parametrize(("channel_name", "who", "allowed"), CASES)
def test_who_may_do_what(
    request: pytest.FixtureRequest, person: Callable[[str], Person], channel_name: str, who: str, allowed: str
) -> None:
    channel = request.getfixturevalue(channel_name)
    answers = [name for name, ask in QUESTIONS.items() if ask(person(who), channel)]
    assert " ".join(answers) == allowed


@pytest.mark.parametrize("channel_name", [name for name in PROMISES if name != "storyline"])
@pytest.mark.parametrize("who", ["alice", "bruno", "chloe", "irene"])
def test_an_archived_channel_is_only_read(
    request: pytest.FixtureRequest, person: Callable[[str], Person], channel_name: str, who: str
) -> None:
    channel: Channel = request.getfixturevalue(channel_name)
    before = access.can_read(person(who), channel)
    channel.archived_at = timezone.now()
    asked = [name for name in ("write", "reply", "join", "invite", "ask") if QUESTIONS[name](person(who), channel)]
    assert asked == []
    assert access.can_read(person(who), channel) == before


@pytest.mark.parametrize("channel_name", list(PROMISES))
def test_who_left_may_nothing_even_as_owner(request: pytest.FixtureRequest, zoe: Person, channel_name: str) -> None:
    channel = request.getfixturevalue(channel_name)
    Membership.objects.create(person=zoe, channel=channel, role="owner")
    assert not [name for name, ask in QUESTIONS.items() if ask(zoe, channel)]


def test_every_question_of_the_module_is_in_the_table() -> None:
    asked = {getattr(question, "__name__", "") for question in QUESTIONS.values()} | {
        "can_classify",
        "can_mirror",
        "can_open_accounts",
    }
    assert {name for name in vars(access) if name.startswith("can_")} <= asked


def test_only_system_admins_tie_channels_to_groups(person: Callable[[str], Person]) -> None:
    people = ("alice", "irene", "ivan", "omar", "victor", "zoe")
    assert [who for who in people if access.can_mirror(person(who))] == ["irene", "ivan"]


def test_communications_and_connector_admins_make_accounts(person: Callable[[str], Person]) -> None:
    people = ("alice", "chloe", "irene", "ivan", "omar", "victor", "zoe")
    assert [who for who in people if access.can_open_accounts(person(who))] == ["chloe", "irene"]
