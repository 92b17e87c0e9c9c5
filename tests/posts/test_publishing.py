"""Posting: what is kept, what it gives rise to, and what is refused with the text unharmed."""

import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from corpblog.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts.cleaning import clean, length
from corpblog.posts.errors import KeyReused, PostBroken, PostEmpty, PostTooLong
from corpblog.posts.events import PostChanged, post_changed
from corpblog.posts.language import guess
from corpblog.posts.models import ChannelEvent, IdempotencyKey, Post
from corpblog.posts.services import delete, judging, publish
from corpblog.posts.services.publishing import forget_old_keys
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import archive, ensure_storyline
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[PostChanged]:
    """Collect what the layers above are told."""
    heard: list[PostChanged] = []
    monkeypatch.setattr(post_changed, "_listeners", [heard.append])
    return heard


def test_a_post_is_kept_with_everything_that_follows_from_it(say: Say, alice: Person, bruno: Person) -> None:
    post = say("Hello **@bruno**, see #Café and https://acme.example")
    kept = Post.objects.get()
    assert (kept, kept.author, kept.number, kept.version, kept.is_listed) == (post, alice, 1, 1, True)
    assert "<strong>" in kept.html
    assert [mention.person for mention in kept.mentions.all()] == [bruno]
    assert [tag.tag for tag in kept.tags.all()] == ["cafe"]
    assert [(revision.version, revision.text) for revision in kept.revisions.all()] == [(1, kept.text)]
    counter = ChannelCounter.objects.get(channel=kept.channel)
    assert (counter.last_seq, counter.posts, counter.last_post_id) == (1, 1, kept.pk)
    assert counter.last_post_at == kept.created_at


def test_the_layers_above_are_told_after_the_commit(
    say: Say, alice: Person, told: list[PostChanged], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post = say(client_key="c1")
        assert told == []
    assert told == [PostChanged(post.channel_id, 1, post.pk, None, "created", alice.pk, "c1")]


def test_a_reply_counts_on_its_thread_and_moves_it_live(
    say: Say, bruno: Person, told: list[PostChanged], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    root = say("Question?")
    with django_capture_on_commit_callbacks(execute=True):
        reply = say("Answer", by=bruno, answers=root, client_key="c2")
        further = say("Thanks", answers=reply)
    root.refresh_from_db()
    assert (reply.root, reply.answers, reply.number, reply.is_listed) == (root, root, None, False)
    assert (further.root, further.answers) == (root, reply)
    assert (root.reply_count, root.last_reply_at) == (2, further.created_at)
    kinds = [(change.seq, change.kind, change.post_id, change.root_id) for change in told]
    assert kinds == [
        (2, "created", reply.pk, root.pk),
        (3, "replied", root.pk, None),
        (4, "created", further.pk, root.pk),
        (5, "replied", root.pk, None),
    ]


def test_replies_leave_unread_counts_alone(say: Say, bruno: Person) -> None:
    root = say()
    say(answers=root, by=bruno)
    counter = ChannelCounter.objects.get(channel=root.channel)
    assert (counter.posts, counter.last_post_id) == (1, root.pk)


def test_ones_own_post_is_read_unless_others_before_it_are_not(say: Say, alice: Person, bruno: Person) -> None:
    say()
    say(by=bruno)
    say()
    marks = dict(Membership.objects.values_list("person__username", "read_posts"))
    assert marks == {"alice": 1, "bruno": 0}


def test_a_retry_returns_the_first_answer(say: Say) -> None:
    key = str(uuid.uuid4())
    first = say("Once", idempotency_key=key)
    again = say("  Once\r\n", idempotency_key=key)
    assert again == first
    assert Post.objects.count() == 1


def test_a_key_with_other_words_place_or_answer_is_refused(say: Say, alice: Person, secret: Channel) -> None:
    root = say()
    say("Once", idempotency_key="k")
    for other in ({"text": "Twice"}, {"channel": secret}, {"answers": root}):
        with pytest.raises(KeyReused) as refusal:
            say(**({"text": "Once", "idempotency_key": "k"} | other))
        assert refusal.value.status == 422


def test_a_key_is_ones_own(say: Say, bruno: Person) -> None:
    assert say("Hello", idempotency_key="k") != say("Hello", idempotency_key="k", by=bruno)


def test_a_retry_answers_even_when_the_limit_is_reached_or_the_channel_closed(
    say: Say, alice: Person, engineering: Channel
) -> None:
    first = say("Once", idempotency_key="k")
    archive(by=alice, channel=engineering)
    assert say("Once", idempotency_key="k") == first


def test_what_was_refused_uses_no_key_up(say: Say, bruno: Person, chloe: Person) -> None:
    with pytest.raises(NotAllowed):
        say("Hello", by=chloe, idempotency_key="k")
    assert not IdempotencyKey.objects.exists()


def test_keys_are_kept_for_two_days(say: Say) -> None:
    with time_machine.travel("2026-11-20 08:00Z", tick=False):
        say("Once", idempotency_key="old")
    with time_machine.travel("2026-11-21 09:00Z", tick=False):
        say("Twice", idempotency_key="new")
        assert forget_old_keys() == 0
    with time_machine.travel("2026-11-22 08:30Z", tick=False):
        assert forget_old_keys() == 1


def test_an_overlong_key_is_refused_with_words(say: Say) -> None:
    for name in ("idempotency_key", "client_key"):
        with pytest.raises(Invalid):
            say(**{name: "k" * 65})


def test_thirty_posts_a_minute_and_the_next_when_the_minute_is_over(say: Say) -> None:
    with time_machine.travel("2026-11-23 08:00:10Z", tick=False) as clock:
        for count in range(30):
            say(f"Post {count}")
        with pytest.raises(TooMany) as refusal:
            say("One more")
        assert 0 < refusal.value.retry_after <= 60
        assert Post.objects.count() == 30
        clock.shift(60)
        say("One more")


def test_a_post_costs_few_queries(
    say: Say, alice: Person, engineering: Channel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    say("Warm")
    with django_assert_max_num_queries(23):
        say("Hello @bruno #tag", idempotency_key="k")


# Who may -----------------------------------------------------------------------------------------------------------


def test_who_is_no_member_is_asked_to_join(say: Say, chloe: Person) -> None:
    with pytest.raises(NotAllowed, match="Join"):
        say(by=chloe)


def test_a_hidden_channel_is_not_found(secret: Channel, bruno: Person) -> None:
    with pytest.raises(NotFound):
        publish(by=bruno, channel=secret, text="Hello")


def test_who_may_read_may_reply_without_joining(say: Say, chloe: Person) -> None:
    assert say("Me too", by=chloe, answers=say()).author == chloe


def test_an_answer_stays_in_the_channel_of_what_it_answers(say: Say, alice: Person, secret: Channel) -> None:
    hidden = publish(by=alice, channel=secret, text="Hidden")
    with pytest.raises(NotFound):
        say("Fishing", answers=hidden)


def test_what_is_deleted_cannot_be_answered(say: Say, alice: Person) -> None:
    root = say()
    stale = Post.objects.get(pk=root.pk)
    delete(by=alice, post_id=root.pk)
    with pytest.raises(NotFound):
        say("Late", answers=stale)


def test_a_storyline_is_its_persons_and_answers_are_everybodys(alice: Person, bruno: Person) -> None:
    storyline = ensure_storyline(alice)
    post = publish(by=alice, channel=storyline, text="My day")
    with pytest.raises(NotAllowed):
        publish(by=bruno, channel=storyline, text="Your day")
    assert publish(by=bruno, channel=storyline, text="Nice", answers=post).root == post


def test_who_is_removed_while_the_scan_runs_posts_nothing(
    secret: Channel, alice: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    Membership.objects.create(person=bruno, channel=secret)

    def slow_scan(**_question: object) -> Verdict:
        Membership.objects.filter(person=bruno).delete()
        return Verdict(Outcome.ALLOW)

    monkeypatch.setattr(judging, "scan", slow_scan)
    with pytest.raises(NotFound):
        publish(by=bruno, channel=secret, text="Still here?")


def test_what_is_deleted_while_the_scan_runs_gets_no_answer(
    say: Say, alice: Person, bruno: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = say()

    def slow_scan(**_question: object) -> Verdict:
        delete(by=alice, post_id=root.pk)
        return Verdict(Outcome.ALLOW)

    monkeypatch.setattr(judging, "scan", slow_scan)
    with pytest.raises(NotFound):
        say("Answer", by=bruno, answers=root)


def test_who_left_posts_nothing(engineering: Channel, alice: Person) -> None:
    alice.is_active = False
    with pytest.raises(NotFound):
        publish(by=alice, channel=engineering, text="Bye")


def test_a_refused_post_leaves_nothing_behind(say: Say, bruno: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("corpblog.posts.services.publishing.advance_own_mark", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        say("Hello @bruno #tag", idempotency_key="k")
    assert not Post.objects.exists()
    assert not ChannelEvent.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert ChannelCounter.objects.get(channel__slug="engineering").last_seq == 0


# What is typed -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "\u200b", "\u3164", "\u2800 \u2800", "\u0301", "\ufeff", "\x00"])
def test_what_shows_nothing_is_empty(text: str) -> None:
    with pytest.raises(PostEmpty):
        clean(text)


@pytest.mark.parametrize("text", ["a\ud800b", "\udcff", "caf\ufffd", "\uffff"])
def test_broken_characters_are_named(text: str) -> None:
    with pytest.raises(PostBroken):
        clean(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\r\nb\rc  ", "a\nb\nc"),
        ("a\x00b\x07c", "abc"),
        ("a   \n\n\n\n\nb", "a\n\nb"),
        ("a\u2028b", "a\nb"),
        ("tab\there", "tab\there"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_only_what_nobody_sees_is_cleaned(typed: str, kept: str) -> None:
    assert clean(typed) == kept
    assert clean(kept) == kept


@pytest.mark.parametrize("sign", ["a", "é", "e\u0301", "👍🏽", "👨‍👩‍👧‍👦", "🇫🇷", "日"])
def test_the_limit_counts_what_people_count(sign: str, settings: object) -> None:
    assert length(sign) == 1
    assert clean(sign * 500) == sign * 500
    with pytest.raises(PostTooLong) as refusal:
        clean(sign * 501)
    assert refusal.value.over == 1
    assert "1 character too long" in refusal.value.message


def test_a_letter_with_a_thousand_accents_is_too_long() -> None:
    with pytest.raises(PostTooLong):
        clean("a" + "\u0301" * 5000)


def test_a_megabyte_is_refused_without_counting_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpblog.posts.cleaning.length", lambda _text: pytest.fail("counted"))
    with pytest.raises(PostTooLong):
        clean("a" * 1_000_000)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The meeting is at noon, please be there", "en"),
        ("La réunion est à midi, merci d’être là", "fr"),
        ("OK", "de"),
        ("日本", "de"),
        ("on the café", "en"),
    ],
)
def test_the_language_is_guessed_or_left(text: str, language: str) -> None:
    assert guess(text, "de") == language


# The database keeps watch ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_listed": True, "number": None},
        {"number": 7},
        {"answers_id": None},
        {"deleted_at": "2026-11-23 08:00Z"},
    ],
)
def test_the_database_refuses_what_no_service_writes(
    say: Say, bruno: Person, wrong: dict[str, object], refused: Callable[[], object]
) -> None:
    reply = say("Reply", by=bruno, answers=say())
    with refused():  # type: ignore[attr-defined]
        Post.objects.filter(pk=reply.pk).update(**wrong)


def test_the_database_refuses_a_second_post_of_a_number(say: Say, refused: Callable[[], object]) -> None:
    first, second = say(), say()
    with refused():  # type: ignore[attr-defined]
        Post.objects.filter(pk=second.pk).update(number=first.number)


@pytest.fixture
def refused() -> Callable[[], object]:
    def watch() -> object:
        return pytest.raises(IntegrityError)

    return watch
