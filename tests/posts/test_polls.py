"""Polls: asked once, voted in once, counted for everybody, shown to who voted, ended when their time has come."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, CorpblogError, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts import parts, polls, selectors
from corpblog.posts.errors import Archived, KeyReused
from corpblog.posts.models import Ballot, BallotChoice, ChannelEvent, Draft, Poll, Post
from corpblog.posts.parts import Part
from corpblog.posts.services import delete, edit, judging, publish, save_draft, vote
from corpblog.posts.services.voting import close_due, is_due
from corpblog.teams.models import Channel
from corpblog.teams.services import archive, invite, remove_member
from tests.posts.conftest import Say
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def typed(*options: str, multiple: bool = False, hours: int = 24) -> dict[str, list[str]]:
    """Return a poll's fields as a composer sends them; the company's clock stands in Paris time, ours in UTC."""
    ends = clock.now() + timedelta(hours=hours)
    return {
        "kind": ["poll"],
        "option": list(options) or ["Tea", "Coffee", "Water"],
        "multiple": ["1"] if multiple else [""],
        "ends": [f"{ends:%Y-%m-%dT%H:%M}"],
    }


@pytest.fixture
def in_utc(alice: Person) -> Person:
    alice.time_zone = "UTC"
    alice.save()
    return alice


@pytest.fixture
def ask(say: Say, in_utc: Person) -> Callable[..., Post]:
    """Ask as alice in Engineering."""

    def post(*options: str, multiple: bool = False, **changes: object) -> Post:
        part = parts.read(typed(*options, multiple=multiple), in_utc)
        return say("What do we drink?", part=part, **changes)

    return post


def read(in_utc: Person, fields: dict[str, list[str]]) -> Part | None:
    return parts.read(fields, in_utc)


# Asking ------------------------------------------------------------------------------------------------------------


def test_a_poll_has_its_answers_in_order_and_its_end(ask: Callable[..., Post]) -> None:
    post = ask("  Tea ", "", "Hot   chocolate")
    assert [option["text"] for option in post.part["options"]] == ["Tea", "Hot chocolate"]
    poll = Poll.objects.get(post=post)
    assert list(poll.options.order_by("position").values_list("text", flat=True)) == ["Tea", "Hot chocolate"]
    assert poll.ends_at.isoformat() == post.part["ends_at"]
    assert post.revisions.get().part == post.part


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["Tea"], "two to ten"),
        (["Tea", " ", ""], "two to ten"),
        ([str(count) for count in range(11)], "two to ten"),
        (["Tea", "TEA"], "the same"),
        (["Tea", "x" * 81], "at most 80"),
        (["Tea", "broken \ud800"], "broken"),
    ],
)
def test_a_poll_that_cannot_be_asked_says_why(options: list[str], why: str, in_utc: Person) -> None:
    with pytest.raises(Invalid, match=why):
        read(in_utc, typed(*options))


@pytest.mark.parametrize("ends", ["", "soon", "2020-01-01T00:00", "2999-01-01T00:00", "2026-13-01T00:00"])
def test_a_poll_ends_within_a_year_from_now(ends: str, in_utc: Person) -> None:
    with pytest.raises(Invalid):
        read(in_utc, typed() | {"ends": [ends]})


def test_an_end_counts_on_its_author_s_clock(in_utc: Person) -> None:
    in_utc.time_zone = "Pacific/Auckland"
    day = clock.now().date() + timedelta(days=3)
    part = read(in_utc, typed() | {"ends": [f"{day}T09:00"]})
    assert part is not None
    poll_day = in_utc.zone
    ends = clock.now().fromisoformat(part.facts["ends_at"]).astimezone(poll_day)
    assert (ends.date(), ends.hour) == (day, 9)


def test_an_unknown_kind_is_refused_and_none_is_a_message(in_utc: Person) -> None:
    assert read(in_utc, {}) is None
    with pytest.raises(Invalid, match="kind"):
        read(in_utc, {"kind": ["lottery"]})


def test_an_answer_to_a_post_is_no_poll(say: Say, in_utc: Person) -> None:
    with pytest.raises(Invalid, match="plain message"):
        say("No", answers=say("Hello"), part=read(in_utc, typed()))


def test_one_key_asks_once_and_never_with_other_answers(ask: Callable[..., Post]) -> None:
    first = ask("Tea", "Coffee", idempotency_key="k")
    assert ask("Tea", "Coffee", idempotency_key="k") == first
    with pytest.raises(KeyReused):
        ask("Tea", "Wine", idempotency_key="k")
    assert Poll.objects.count() == 1


def test_policy_sees_the_answers_when_asked_and_when_edited(
    ask: Callable[..., Post], in_utc: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, str]] = []

    def scan(*, fields: dict[str, str], **_facts: object) -> Verdict:
        seen.append(fields)
        return Verdict(Outcome.ALLOW)

    monkeypatch.setattr(judging, "scan", scan)
    post = ask("Tea", "Falcon")
    edit(by=in_utc, post_id=post.pk, text="What now?", version=1)
    assert seen == [
        {"text": "What do we drink?", "poll.0": "Tea", "poll.1": "Falcon"},
        {"text": "What now?", "poll.0": "Tea", "poll.1": "Falcon"},
    ]


def test_answers_are_found_and_stay_found_after_an_edit(ask: Callable[..., Post], in_utc: Person) -> None:
    post = ask("Lapsang", "Coffee")
    edit(by=in_utc, post_id=post.pk, text="What else?", version=1)
    assert selectors.search(in_utc, "lapsang").items == [post]
    delete(by=in_utc, post_id=post.pk)
    assert selectors.search(in_utc, "lapsang").items == []


def test_a_deleted_poll_says_nothing_and_its_answers_live_on_for_evidence(
    ask: Callable[..., Post], in_utc: Person, bruno: Person
) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[0])
    delete(by=in_utc, post_id=post.pk)
    post.refresh_from_db()
    assert (post.kind, post.part) == ("", {})
    assert not Poll.objects.exists()
    assert [option["text"] for option in post.revisions.get().part["options"]] == ["Tea", "Coffee", "Water"]
    with pytest.raises(NotFound):
        vote(by=bruno, post_id=post.pk, choices=[0])


def test_a_draft_keeps_what_was_typed_beside_the_text(bruno: Person) -> None:
    save_draft(by=bruno, place="new", text="", fields={"kind": ["poll"], "option": ["Te\x00a", ""]})
    assert Draft.objects.get().fields == {"kind": ["poll"], "option": ["Tea", ""]}
    save_draft(by=bruno, place="new", text="", fields={})
    assert not Draft.objects.exists()


# Voting ------------------------------------------------------------------------------------------------------------


def test_votes_are_counted_and_shown_to_who_voted(
    ask: Callable[..., Post], in_utc: Person, bruno: Person, chloe: Person
) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[1])
    counted = vote(by=in_utc, post_id=post.pk, choices=[1])
    assert [option["votes"] for option in counted.part["options"]] == [0, 2, 0]
    assert polls.standings(bruno, [post.pk])[post.pk] == polls.Standing([1], [0, 2, 0], 2)
    assert polls.standings(chloe, [post.pk])[post.pk] == polls.Standing([], [], 2)


def test_live_pages_are_told_of_a_vote(ask: Callable[..., Post], bruno: Person) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[0])
    newest = ChannelEvent.objects.latest("seq")
    assert (newest.kind, newest.post_id) == ("changed", post.pk)


def test_several_answers_where_several_may_be_chosen(ask: Callable[..., Post], bruno: Person) -> None:
    one, several = ask(), ask(multiple=True)
    with pytest.raises(Invalid, match="one answer"):
        vote(by=bruno, post_id=one.pk, choices=[0, 1])
    assert vote(by=bruno, post_id=several.pk, choices=[0, 2]).part["voters"] == 1
    assert polls.standings(bruno, [several.pk])[several.pk].chosen == [0, 2]


@pytest.mark.parametrize("choices", [[], [3], [-1], [0, 9]])
def test_what_is_no_answer_is_no_vote(choices: list[int], ask: Callable[..., Post], bruno: Person) -> None:
    with pytest.raises(Invalid):
        vote(by=bruno, post_id=ask(multiple=True).pk, choices=choices)
    assert not Ballot.objects.exists()


def test_a_second_vote_is_refused_and_the_same_one_is_the_same(ask: Callable[..., Post], bruno: Person) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[0])
    assert vote(by=bruno, post_id=post.pk, choices=[0]).part["voters"] == 1
    with pytest.raises(Conflict):
        vote(by=bruno, post_id=post.pk, choices=[1])
    assert polls.standings(bruno, [post.pk])[post.pk].votes == [1, 0, 0]


def test_the_database_refuses_a_second_ballot_and_a_second_answer(ask: Callable[..., Post], bruno: Person) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[0])
    ballot = Ballot.objects.get()
    other = ballot.poll.options.get(position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ballot.objects.create(poll=ballot.poll, person=bruno)
    with pytest.raises(IntegrityError), transaction.atomic():
        BallotChoice.objects.create(ballot=ballot, option=other, is_only=True)


@pytest.mark.usefixtures("threads_database")
@pytest.mark.django_db(transaction=True)
def test_twenty_presses_at_once_are_one_vote(ask: Callable[..., Post], bruno: Person) -> None:
    post = ask()
    answers = at_once(
        *[lambda place=place: vote(by=bruno, post_id=post.pk, choices=[place % 3]) for place in range(20)]
    )
    assert all(isinstance(answer, Post | Conflict) for answer in answers), answers
    post.refresh_from_db()
    assert sum(option["votes"] for option in post.part["options"]) == Ballot.objects.count() == 1


@pytest.mark.usefixtures("threads_database")
@pytest.mark.django_db(transaction=True)
def test_votes_at_once_are_all_counted(ask: Callable[..., Post], crowd: Callable[[int], list[Person]]) -> None:
    post = ask()
    people = crowd(8)
    at_once(*[lambda person=person: vote(by=person, post_id=post.pk, choices=[0]) for person in people])
    post.refresh_from_db()
    assert (post.part["options"][0]["votes"], post.part["voters"]) == (8, 8)


def test_who_may_not_read_finds_no_poll_and_sees_no_count(
    in_utc: Person, secret: Channel, bruno: Person, say: Say
) -> None:
    hidden = publish(by=in_utc, channel=secret, text="Who goes?", part=read(in_utc, typed()))
    with pytest.raises(NotFound):
        vote(by=bruno, post_id=hidden.pk, choices=[0])
    assert polls.standings(bruno, [hidden.pk]) == {}
    with pytest.raises(NotFound, match="no poll"):
        vote(by=bruno, post_id=say("Hello").pk, choices=[0])


def test_who_left_sees_the_result_of_a_closed_channel_no_more(in_utc: Person, secret: Channel, bruno: Person) -> None:
    invite(by=in_utc, channel=secret, person=bruno)
    hidden = publish(by=in_utc, channel=secret, text="Who goes?", part=read(in_utc, typed()))
    vote(by=bruno, post_id=hidden.pk, choices=[0])
    remove_member(by=in_utc, channel=secret, person=bruno)
    assert polls.standings(bruno, [hidden.pk]) == {}


def test_nobody_votes_in_an_archive_or_after_leaving_the_company(
    ask: Callable[..., Post], engineering: Channel, in_utc: Person, bruno: Person
) -> None:
    post = ask()
    bruno.is_active = False
    with pytest.raises(CorpblogError) as refused:
        vote(by=bruno, post_id=post.pk, choices=[0])
    assert isinstance(refused.value, NotAllowed | NotFound)
    archive(by=in_utc, channel=engineering)
    with pytest.raises(Archived):
        vote(by=in_utc, post_id=post.pk, choices=[0])


# Ending ------------------------------------------------------------------------------------------------------------


def test_a_poll_ends_once_tells_its_voters_and_shows_everybody(
    ask: Callable[..., Post],
    in_utc: Person,
    bruno: Person,
    chloe: Person,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    post = ask()
    vote(by=bruno, post_id=post.pk, choices=[2])
    assert not is_due()
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        with pytest.raises(Conflict, match="over"):
            vote(by=chloe, post_id=post.pk, choices=[0])
        assert is_due()
        for _time in range(2):
            with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
                close_due()
        assert not is_due()
    post.refresh_from_db()
    assert post.part["is_closed"] is True
    assert polls.standings(chloe, [post.pk])[post.pk].votes == [0, 0, 1]
    told = Notice.objects.filter(kind="poll")
    assert set(told.values_list("person__username", flat=True)) == {"alice", "bruno"}
    assert {notice.sentence for notice in told} == {"A poll ended. See its result."}
    assert ChannelEvent.objects.filter(kind="changed", post=post).count() == 2


def test_results_cost_two_queries_whatever_their_number(
    ask: Callable[..., Post], bruno: Person, django_assert_num_queries: Callable[..., object]
) -> None:
    asked = [ask() for _ in range(4)]
    for post in asked:
        vote(by=bruno, post_id=post.pk, choices=[0])
    with django_assert_num_queries(2, connection=connection):  # type: ignore[attr-defined]
        assert len(polls.standings(bruno, [post.pk for post in asked])) == 4
