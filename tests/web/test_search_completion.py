"""What the search field suggests: operators and what they take, in the reader's words, and nobody they may not know."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from corpblog.kernel import clock
from corpblog.people.models import Person
from corpblog.posts.search import TRAITS, read
from corpblog.teams.models import Channel
from corpblog.teams.services import archive, create_channel, join
from corpblog.web.search_completion import completions
from tests.posts.conftest import engineering, secret

__all__ = ["engineering", "secret"]
pytestmark = pytest.mark.django_db
Browser = Callable[[Person], Client]


def offered(person: Person, typed: str) -> list[str]:
    return [one.instead for one in completions(person, typed)]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("fr", ["from:"]),
        ("F", ["from:"]),
        ("i", ["in:", "is:"]),
        ("-i", ["-in:", "-is:"]),
        ("a", ["after:"]),
        ("-a", []),
        ("budget", []),
        ("has:", ["has:link ", "has:file ", "has:image ", "has:reaction "]),
        ("-has:F", ["-has:file "]),
        ("is:p", ["is:pinned "]),
        ("is:nothing", []),
        ("https:", []),
        ("-before:2026", []),
    ],
)
def test_operators_and_traits_begin_like_what_is_typed(typed: str, words: list[str], alice: Person) -> None:
    assert offered(alice, typed) == words


def test_all_that_the_search_understands_is_offered_and_explained(alice: Person) -> None:
    whole = [each for begun in ("-", "", "has:", "is:") for each in completions(alice, begun)]
    traits = {f"{operator}:{trait} " for operator, names in TRAITS.items() for trait in names}
    operators = {"from:", "in:", "has:", "is:", "after:", "before:"}
    assert {each.instead for each in whole if not each.instead.startswith("-")} == operators | traits
    assert all(each.detail for each in whole)
    assert not any(read(trait).impossible for trait in traits)


def test_people_are_offered_by_their_names_and_oneself_as_me(alice: Person, bruno: Person, zoe: Person) -> None:
    assert offered(bruno, "from:al") == ["from:alice "]
    assert offered(bruno, "-from:@mart") == ["-from:alice "]
    assert offered(bruno, "from:m") == ["from:me ", "from:alice "]
    assert offered(bruno, "from:") == ["from:me "]
    assert offered(bruno, "from:zo") == []  # she left
    assert offered(bruno, "in:@al") == ["in:@alice "]


def test_channels_are_offered_to_who_may_know_of_them_ones_own_first(
    alice: Person, bruno: Person, engineering: Channel, secret: Channel
) -> None:
    for name in ("Anglers", "Bees", "Old bees"):
        create_channel(by=alice, name=name)
    archive(by=alice, channel=Channel.objects.get(slug="old-bees"))
    assert offered(alice, f"in:{secret.slug}") == [f"in:{secret.slug} "]
    assert offered(bruno, f"in:{secret.slug}") == []
    assert offered(bruno, "in:bees") == ["in:bees "]
    join(by=bruno, channel=Channel.objects.get(slug="bees"))
    mine = offered(bruno, "in:")
    assert "in:bees " in mine
    assert "in:anglers " not in mine
    create_channel(by=alice, name="Zoo", description="All bees of the house")
    create_channel(by=bruno, name="Yard", description="Where the bees are")
    assert offered(bruno, "in:bee") == ["in:bees ", "in:yard ", "in:zoo "]
    assert offered(bruno, "in:ees") == []


def test_a_name_alone_leads_to_channels_and_people_one_may_know_of(
    alice: Person, bruno: Person, zoe: Person, engineering: Channel, secret: Channel
) -> None:
    def places(person: Person, typed: str) -> list[str]:
        return [one.address for one in completions(person, typed, is_all=True) if one.address]

    assert places(bruno, "engin") == ["/c/engineering/"]
    assert places(bruno, "mart") == ["/@alice/"]
    assert places(alice, secret.name[:5]) == [f"/c/{secret.slug}/"]
    assert places(bruno, secret.name[:5]) == []
    assert places(bruno, "zo") == []
    assert places(bruno, "e") == []
    assert [one.address for one in completions(bruno, "engin")] == []
    listed = create_channel(by=alice, name="Quilts & co", is_private=True)
    Channel.objects.filter(pk=listed.pk).update(is_listed=True)
    assert places(bruno, "quil") == ["/channels/?find=Quilts+%26+co"]
    assert places(alice, "quil") == [f"/c/{listed.slug}/"]


def test_days_are_offered_by_name_and_by_number(alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))

    def asked(typed: str) -> dict[str, str]:
        return {one.title: one.instead for one in completions(alice, typed)}

    with timezone.override("America/New_York"):
        assert asked("after:")["Today"] == "after:2026-03-01 "
    with timezone.override("Europe/Paris"):
        assert asked("after:") == {
            "Today": "after:2026-03-02 ",
            "Yesterday": "after:2026-03-01 ",
            "A week ago": "after:2026-02-23 ",
            "Beginning of this month": "after:2026-03-01 ",
            "Beginning of last month": "after:2026-02-01 ",
            "Beginning of this year": "after:2026-01-01 ",
            "A year ago": "after:2025-03-02 ",
        }
        assert asked("before:2025-0") == {"A year ago": "before:2025-03-02 "}
        assert asked("before:2024-02") == {"1 Feb 2024": "before:2024-02-01 "}
        assert asked("before:2024") == {"1 Jan 2024": "before:2024-01-01 "}
        assert asked("before:2024-02-30") == {}
        with translation.override("fr"):
            assert asked("before:hi") == {"Hier": "before:2026-03-01 "}


def test_days_are_those_of_the_readers_clock(alice: Person, browser_of: Browser) -> None:
    """These two are always on different days."""
    said = []
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        Person.objects.filter(pk=alice.pk).update(time_zone=zone)
        [today] = browser_of(alice).get("/suggestions/searches/", {"q": "after:tod"}).json()["options"]
        said.append(date.fromisoformat(today["instead"].removeprefix("after:").strip()))
    assert said[0] > said[1]


def test_it_explains_in_french(alice: Person, browser_of: Browser) -> None:
    Person.objects.filter(pk=alice.pk).update(language="fr")
    answer = browser_of(alice).get("/suggestions/searches/", {"q": "i"}).json()
    assert answer["told"] == "2 suggestions, flèches pour choisir"
    assert answer["options"][0]["detail"] == "dans un canal"


@pytest.mark.parametrize(
    ("typed", "queries"), [("f", 0), ("has:", 0), ("after:", 0), ("from:a", 1), ("in:", 1), ("in:e", 1), ("in:@a", 1)]
)
def test_it_asks_little(
    typed: str,
    queries: int,
    alice: Person,
    bruno: Person,
    engineering: Channel,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(queries):
        completions(alice, typed)
    with django_assert_num_queries(2):
        completions(alice, "en", is_all=True)


@pytest.mark.parametrize(
    "typed", ["", "%", "\x00", "from:\x00", "in:'\"", "after:9999-99", "after:0000", "-" * 200, "🦊:"]
)
def test_odd_words_are_answered_with_nothing_odd(typed: str, alice: Person, browser_of: Browser) -> None:
    answer = browser_of(alice).get("/suggestions/searches/", {"q": typed})
    assert answer.status_code == 200
    assert all(one["title"] for one in answer.json()["options"])
