"""Pins, reports, who reacted, and what changed between two versions."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.people.models import Person
from corpblog.posts import marks
from corpblog.posts.differences import Run, differences
from corpblog.posts.errors import TooManyPins
from corpblog.posts.models import Report
from corpblog.posts.services import close_report, delete, edit, pin, publish, react, report, unpin
from corpblog.teams.models import Channel
from corpblog.teams.services import archive, ensure_storyline, open_conversation
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db


# Pins --------------------------------------------------------------------------------------------------------------


def test_the_last_pinned_stands_first(say: Say, engineering: Channel, alice: Person) -> None:
    first, second = say("One"), say("Two")
    for post in (first, second, first):
        pin(by=alice, post_id=post.pk)
    assert marks.pinned_in(engineering) == [second, first]
    unpin(by=alice, post_id=second.pk)
    assert marks.pinned_in(engineering) == [first]
    assert list(AuditEntry.objects.filter(action__startswith="post.").values_list("action", flat=True)) == [
        "post.pinned",
        "post.pinned",
        "post.unpinned",
    ]


def test_who_looks_after_the_place_pins(
    say: Say, secret: Channel, alice: Person, bruno: Person, chloe: Person, irene: Person
) -> None:
    post = say("Rules")
    for person in (bruno, chloe):
        with pytest.raises(NotAllowed):
            pin(by=person, post_id=post.pk)
    pin(by=irene, post_id=post.pk)
    hidden = publish(by=alice, channel=secret, text="Hush")
    with pytest.raises(NotFound):
        pin(by=irene, post_id=hidden.pk)
    mine = publish(by=bruno, channel=ensure_storyline(bruno), text="Me")
    pin(by=bruno, post_id=mine.pk)
    with pytest.raises(NotAllowed):
        pin(by=alice, post_id=mine.pk)
    talk = open_conversation(by=alice, people=[bruno])
    said = publish(by=alice, channel=talk, text="Address: 1 Main Street")
    assert pin(by=bruno, post_id=said.pk) == said


def test_ten_pins_fit_and_a_deleted_post_is_none(say: Say, engineering: Channel, alice: Person) -> None:
    posts = [say(f"Number {count}") for count in range(11)]
    for post in posts[:10]:
        pin(by=alice, post_id=post.pk)
    with pytest.raises(TooManyPins):
        pin(by=alice, post_id=posts[10].pk)
    delete(by=alice, post_id=posts[0].pk)
    pin(by=alice, post_id=posts[10].pk)
    assert len(marks.pinned_in(engineering)) == 10


def test_nothing_is_pinned_in_an_archived_channel(say: Say, engineering: Channel, alice: Person) -> None:
    post = say("Late")
    archive(by=alice, channel=engineering)
    with pytest.raises(NotAllowed):
        pin(by=alice, post_id=post.pk)


# Who reacted -------------------------------------------------------------------------------------------------------


def test_who_reacted_is_listed_to_who_sees_the_post(
    say: Say, secret: Channel, alice: Person, bruno: Person, chloe: Person
) -> None:
    post = say()
    for person, emoji in ((bruno, "👍"), (chloe, "🎉"), (alice, "🎉")):
        react(by=person, post_id=post.pk, emoji=emoji)
    given = [(each.emoji, [person.username for person in each.people]) for each in marks.reactors(bruno, post.pk)]
    assert given == [("🎉", ["chloe", "alice"]), ("👍", ["bruno"])]
    hidden = publish(by=alice, channel=secret, text="Hush")
    with pytest.raises(NotFound):
        marks.reactors(bruno, hidden.pk)


# Reports -----------------------------------------------------------------------------------------------------------


def test_a_report_keeps_the_words_that_were_reported(say: Say, alice: Person, bruno: Person, omar: Person) -> None:
    post = say("Something bad")
    report(by=bruno, post_id=post.pk, reason="harmful", note="  Look   at this ")
    edit(by=alice, post_id=post.pk, text="Something nice", version=1)
    [waiting] = marks.open_reports(omar)
    assert (waiting.text, waiting.version, waiting.note) == ("Something bad", 1, "Look at this")


def test_only_officers_see_and_close_reports(
    say: Say, alice: Person, bruno: Person, irene: Person, victor: Person, omar: Person
) -> None:
    made = report(by=bruno, post_id=say().pk, reason="other")
    assert [marks.open_reports(person) for person in (alice, bruno, irene)] == [[], [], []]
    # Auditors read and change nothing.
    assert marks.open_reports(victor) == [made]
    for person in (alice, bruno, irene, victor):
        with pytest.raises(NotAllowed):
            close_report(by=person, report_id=made.pk, outcome="nothing")
    close_report(by=omar, report_id=made.pk, outcome="talked")
    assert marks.open_reports(omar) == []
    with pytest.raises(NotFound):
        close_report(by=omar, report_id=made.pk, outcome="talked")


def test_officers_do_not_read_who_reported_what_they_wrote(say: Say, bruno: Person, omar: Person, lena: Person) -> None:
    written = publish(by=lena, channel=ensure_storyline(lena), text="Mine")
    about_her = report(by=bruno, post_id=written.pk, reason="other")
    assert (marks.open_reports(lena), marks.waiting_reports(lena)) == ([], 0)
    assert (marks.open_reports(omar), marks.waiting_reports(omar)) == ([about_her], 1)


def test_nobody_closes_what_they_reported_or_wrote(say: Say, omar: Person, lena: Person, engineering: Channel) -> None:
    mine = report(by=omar, post_id=say().pk, reason="other")
    with pytest.raises(NotAllowed):
        close_report(by=omar, report_id=mine.pk, outcome="nothing")
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.filter(pk=mine.pk).update(closed_at=clock.now(), closed_by=omar, outcome="nothing")
    written = publish(by=lena, channel=ensure_storyline(lena), text="Mine")
    about_me = report(by=omar, post_id=written.pk, reason="other")
    with pytest.raises(NotAllowed):
        close_report(by=lena, report_id=about_me.pk, outcome="nothing")


def test_a_post_is_reported_once_by_each_and_again_after_it_was_closed(say: Say, bruno: Person, omar: Person) -> None:
    post = say()
    made = report(by=bruno, post_id=post.pk, reason="other")
    with pytest.raises(Conflict):
        report(by=bruno, post_id=post.pk, reason="wrong")
    close_report(by=omar, report_id=made.pk, outcome="nothing")
    report(by=bruno, post_id=post.pk, reason="wrong")


def test_bad_reports_are_refused(say: Say, secret: Channel, alice: Person, bruno: Person) -> None:
    post = say()
    with pytest.raises(NotAllowed):
        report(by=alice, post_id=post.pk, reason="other")
    for wrong in ({"reason": ""}, {"reason": "envy"}, {"reason": "other", "note": "x" * 301}):
        with pytest.raises(Invalid):
            report(by=bruno, post_id=post.pk, **wrong)
    hidden = publish(by=alice, channel=secret, text="Hush")
    with pytest.raises(NotFound):
        report(by=bruno, post_id=hidden.pk, reason="other")


@pytest.mark.django_db(transaction=True)
def test_officers_are_told_without_the_words_and_its_author_is_not(
    alice: Person, omar: Person, lena: Person, bruno: Person
) -> None:
    post = publish(by=lena, channel=ensure_storyline(lena), text="Something bad")
    report(by=bruno, post_id=post.pk, reason="harmful", note="Bad words")
    [told] = Notice.objects.filter(kind="report")
    assert (told.person, told.post, told.facts) == (omar, None, {})


# Differences -------------------------------------------------------------------------------------------------------


def test_what_changed_is_shown_by_phrases() -> None:
    assert differences("The relay is very quiet.", "The relay was loud.") == [
        Run("same", "The relay "),
        Run("removed", "is very quiet"),
        Run("added", "was loud"),
        Run("same", "."),
    ]


@given(st.text(alphabet="ab \n.é", max_size=40), st.text(alphabet="ab \n.é", max_size=40))
def test_no_sign_is_lost_or_invented(before: str, after: str) -> None:
    runs = differences(before, after)
    assert "".join(run.text for run in runs if run.kind != "removed") == after
    assert "".join(run.text for run in runs if run.kind != "added") == before
