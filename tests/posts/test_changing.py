"""Editing, deleting, reacting, keeping and drafting."""

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from corpblog.audit.models import AuditEntry
from corpblog.kernel.errors import Invalid, NotAllowed, NotFound, TooMany
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome, Verdict
from corpblog.posts import selectors
from corpblog.posts.errors import Archived, BadDraft, BadReaction, PostEmpty, StaleEdit
from corpblog.posts.models import ChannelEvent, Draft, Post, PostRevision, Reaction
from corpblog.posts.services import (
    bookmark,
    delete,
    discard_draft,
    edit,
    judging,
    publish,
    react,
    save_draft,
    unbookmark,
    unreact,
)
from corpblog.teams.models import Channel, ChannelCounter, Membership
from corpblog.teams.services import archive, remove_member, set_owner
from tests.posts.conftest import Say

pytestmark = pytest.mark.django_db


def kinds(channel: Channel) -> list[str]:
    return [event.kind for event in selectors.events_after(channel.pk, 0)]


# Editing -----------------------------------------------------------------------------------------------------------


def test_an_edit_keeps_what_was_said_before(say: Say, alice: Person, bruno: Person) -> None:
    post = say("First #one @bruno")
    edited = edit(by=alice, post_id=post.pk, text="Second **#two**", version=1)
    assert (edited.text, edited.version, edited.is_edited) == ("Second **#two**", 2, True)
    assert "<strong>" in edited.html
    assert [tag.tag for tag in edited.tags.all()] == ["two"]
    assert not edited.mentions.exists()
    told = [(revision.version, revision.text, revision.editor) for revision in selectors.history(bruno, post.pk)]
    assert told == [(2, "Second **#two**", alice), (1, "First #one @bruno", alice)]
    assert kinds(post.channel) == ["created", "edited"]


def test_an_edit_of_an_old_version_is_refused_and_says_which_is_newest(say: Say, alice: Person) -> None:
    post = say("First")
    edit(by=alice, post_id=post.pk, text="Second", version=1)
    with pytest.raises(StaleEdit) as refusal:
        edit(by=alice, post_id=post.pk, text="Third", version=1)
    assert (refusal.value.status, refusal.value.current) == (409, 2)
    assert Post.objects.get().text == "Second"


def test_saving_the_same_words_changes_nothing(say: Say, alice: Person) -> None:
    post = say("Same")
    assert edit(by=alice, post_id=post.pk, text=" Same ", version=1).version == 1
    assert kinds(post.channel) == ["created"]


def test_an_edit_must_still_say_something(say: Say, alice: Person) -> None:
    with pytest.raises(PostEmpty):
        edit(by=alice, post_id=say().pk, text=" ", version=1)


def test_what_is_edited_or_deleted_while_the_scan_runs_is_not_overwritten(
    say: Say, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, gone = say("First"), say("First")

    def slow_scan(*, fields: dict[str, str], **_question: object) -> Verdict:
        if fields["text"] == "Slow":
            edit(by=alice, post_id=post.pk, text="Quick", version=1)
        if fields["text"] == "Too late":
            delete(by=alice, post_id=gone.pk)
        return Verdict(Outcome.ALLOW)

    monkeypatch.setattr(judging, "scan", slow_scan)
    with pytest.raises(StaleEdit):
        edit(by=alice, post_id=post.pk, text="Slow", version=1)
    post.refresh_from_db()
    assert post.text == "Quick"
    with pytest.raises(NotFound):
        edit(by=alice, post_id=gone.pk, text="Too late", version=1)


@pytest.mark.usefixtures("standing_clock")
def test_edits_are_limited(say: Say, alice: Person) -> None:
    post = say()
    for version in range(1, 31):
        edit(by=alice, post_id=post.pk, text=f"Version {version}", version=version)
    with pytest.raises(TooMany):
        edit(by=alice, post_id=post.pk, text="More", version=31)


def test_nobody_edits_for_somebody_else(say: Say, bruno: Person, alice: Person) -> None:
    post = say(by=bruno)
    with pytest.raises(NotAllowed):
        edit(by=alice, post_id=post.pk, text="Forged", version=1)


def test_a_member_who_was_removed_edits_nothing_there(secret: Channel, alice: Person, bruno: Person) -> None:
    Membership.objects.create(person=bruno, channel=secret)
    post = publish(by=bruno, channel=secret, text="Mine")
    remove_member(by=alice, channel=secret, person=bruno)
    for act in (
        lambda: edit(by=bruno, post_id=post.pk, text="Changed", version=1),
        lambda: delete(by=bruno, post_id=post.pk),
        lambda: react(by=bruno, post_id=post.pk, emoji="👍"),
        lambda: bookmark(by=bruno, post_id=post.pk),
        lambda: selectors.history(bruno, post.pk),
        lambda: selectors.thread(bruno, post.pk),
    ):
        with pytest.raises(NotFound):
            act()


# Deleting ----------------------------------------------------------------------------------------------------------


def test_a_deleted_post_says_nothing_anywhere_but_in_evidence(say: Say, alice: Person, bruno: Person) -> None:
    post = say("Secret plan #falcon @bruno")
    react(by=bruno, post_id=post.pk, emoji="👍")
    bookmark(by=bruno, post_id=post.pk)
    delete(by=alice, post_id=post.pk)
    stone = Post.objects.get()
    assert (stone.text, stone.html, stone.folded, stone.reactions, stone.is_listed) == ("", "", "", {}, False)
    for page in (
        selectors.home(bruno),
        selectors.channel_page(bruno, post.channel),
        selectors.person_page(bruno, alice),
        selectors.tag_page(bruno, "falcon"),
        selectors.bookmarks_page(bruno),
        selectors.search(bruno, "secret"),
    ):
        assert page.items == []
    for read in (selectors.post_for, selectors.thread, selectors.history):
        with pytest.raises(NotFound):
            read(bruno, post.pk)
    assert PostRevision.objects.get().text == "Secret plan #falcon @bruno"
    assert not Reaction.objects.exists()


def test_replies_stay_under_a_stone(say: Say, alice: Person, bruno: Person) -> None:
    root = say("Question")
    reply = say("Answer", by=bruno, answers=root)
    delete(by=alice, post_id=root.pk)
    thread = selectors.thread(bruno, reply.pk)
    assert (thread.root, thread.root.is_deleted, thread.replies) == (root, True, [reply])
    assert selectors.channel_page(bruno, root.channel).items == [root]
    assert selectors.home(bruno).items == [root]
    delete(by=bruno, post_id=reply.pk)
    assert selectors.channel_page(bruno, root.channel).items == []
    with pytest.raises(NotFound):
        selectors.thread(bruno, root.pk)


def test_a_deleted_reply_leaves_a_stone_only_where_somebody_answered_it(say: Say, alice: Person, bruno: Person) -> None:
    root = say()
    answered, lonely = say("a", by=bruno, answers=root), say("b", by=bruno, answers=root)
    answer = say("c", answers=answered)
    for reply in (answered, lonely):
        delete(by=bruno, post_id=reply.pk)
    assert selectors.thread(alice, root.pk).replies == [answered, answer]
    root.refresh_from_db()
    assert (root.reply_count, root.last_reply_at) == (1, answer.created_at)
    assert kinds(root.channel)[-2:] == ["deleted", "replied"]


def test_a_post_is_deleted_once(say: Say, alice: Person) -> None:
    post = say()
    delete(by=alice, post_id=post.pk)
    with pytest.raises(NotFound):
        delete(by=alice, post_id=post.pk)
    assert kinds(post.channel) == ["created", "deleted"]


def test_owners_delete_what_others_wrote_and_it_is_audited(say: Say, alice: Person, bruno: Person) -> None:
    post = say("Rude", by=bruno)
    delete(by=alice, post_id=post.pk)
    entry = AuditEntry.objects.get(action="post.deleted")
    assert (entry.actor_id, entry.subject) == (alice.pk, f"post:{post.pk}")
    with pytest.raises(NotAllowed):
        delete(by=bruno, post_id=say().pk)


def test_deleting_the_newest_corrects_the_shortcut(say: Say, alice: Person) -> None:
    first, second = say(), say()
    delete(by=alice, post_id=second.pk)
    counter = ChannelCounter.objects.get(channel=first.channel)
    assert (counter.last_post_id, counter.last_number, counter.posts) == (first.pk, 1, 2)
    delete(by=alice, post_id=first.pk)
    counter.refresh_from_db()
    assert (counter.last_post_id, counter.last_number) == (None, 0)


# Reacting ----------------------------------------------------------------------------------------------------------


def test_reactions_are_counted_given_once_and_taken_back(say: Say, alice: Person, bruno: Person) -> None:
    post = say()
    for person in (alice, bruno, bruno):
        post = react(by=person, post_id=post.pk, emoji="👍")
    post = react(by=bruno, post_id=post.pk, emoji="❤")
    assert post.reactions == {"👍": 2, "❤️": 1}
    post = unreact(by=bruno, post_id=post.pk, emoji="👍")
    post = unreact(by=bruno, post_id=post.pk, emoji="👍")
    assert post.reactions == {"👍": 1, "❤️": 1}
    assert kinds(post.channel) == ["created"] + ["reacted"] * 4
    assert selectors.mine(bruno, [post.pk]) == ({post.pk: ["❤️"]}, set())


@pytest.mark.parametrize("emoji", ["", "ok", "<b>", "👍👍", "a" * 1000])
def test_only_emoji_are_given(say: Say, bruno: Person, emoji: str) -> None:
    with pytest.raises(BadReaction):
        react(by=bruno, post_id=say().pk, emoji=emoji)


def test_an_archived_channel_is_for_reading(say: Say, alice: Person, engineering: Channel) -> None:
    post = say()
    archive(by=alice, channel=engineering)
    engineering.refresh_from_db()
    for act in (
        lambda: say(channel=engineering),
        lambda: say(channel=engineering, answers=post),
        lambda: edit(by=alice, post_id=post.pk, text="x", version=1),
        lambda: react(by=alice, post_id=post.pk, emoji="👍"),
    ):
        with pytest.raises(Archived):
            act()
    assert selectors.channel_page(alice, engineering).items == [post]


# Bookmarks ---------------------------------------------------------------------------------------------------------


def test_bookmarks_are_ones_own_and_in_the_order_of_keeping(say: Say, alice: Person, bruno: Person) -> None:
    first, second = say(), say()
    for post in (second, first, second):
        bookmark(by=bruno, post_id=post.pk)
    assert selectors.bookmarks_page(bruno).items == [first, second]
    assert selectors.bookmarks_page(alice).items == []
    assert selectors.mine(bruno, [first.pk, second.pk])[1] == {first.pk, second.pk}
    unbookmark(by=bruno, post_id=first.pk)
    assert selectors.bookmarks_page(bruno).items == [second]


def test_a_bookmark_shows_nothing_that_became_hidden(secret: Channel, alice: Person, bruno: Person) -> None:
    membership = Membership.objects.create(person=bruno, channel=secret)
    post = publish(by=alice, channel=secret, text="Board")
    bookmark(by=bruno, post_id=post.pk)
    membership.delete()
    assert selectors.bookmarks_page(bruno).items == []
    unbookmark(by=bruno, post_id=post.pk)


# Drafts ------------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_per_place_and_person(alice: Person, bruno: Person) -> None:
    save_draft(by=alice, place="new", text="One")
    save_draft(by=alice, place="channel:7", text="Two")
    save_draft(by=alice, place="new", text="One more")
    assert {draft.place: draft.text for draft in selectors.drafts(alice)} == {"new": "One more", "channel:7": "Two"}
    assert selectors.draft_for(bruno, "new") is None
    discard_draft(by=alice, place="new")
    assert selectors.draft_for(alice, "new") is None


def test_an_emptied_draft_is_gone(alice: Person) -> None:
    save_draft(by=alice, place="new", text="One")
    assert save_draft(by=alice, place="new", text=" ") == (None, None)
    assert not Draft.objects.exists()


def test_a_draft_may_be_too_long_to_post_and_is_kept_whole(alice: Person) -> None:
    draft, _other = save_draft(by=alice, place="new", text="a" * 5000)
    assert draft is not None
    assert len(draft.text) == 5000
    with pytest.raises(BadDraft):
        save_draft(by=alice, place="new", text="a" * 10_001)


@pytest.mark.parametrize(
    "place", ["", "elsewhere", "channel:", "channel:x", "reply:-1", "new\n", "channel:" + "9" * 30]
)
def test_a_draft_belongs_somewhere(alice: Person, place: str) -> None:
    with pytest.raises(Invalid):
        save_draft(by=alice, place=place, text="x")


def test_the_log_names_who_did_it(
    say: Say, bruno: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    post = say()
    react(by=bruno, post_id=post.pk, emoji="👍")
    assert ChannelEvent.objects.get(kind="reacted").actor == bruno


def test_a_new_owner_may_clean_up(say: Say, alice: Person, bruno: Person, engineering: Channel) -> None:
    post = say()
    set_owner(by=alice, channel=engineering, person=bruno)
    assert delete(by=bruno, post_id=post.pk).is_deleted
