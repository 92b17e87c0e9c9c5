"""A wording without the words that keep it inside: proposed by an officer, taken or left by the author."""

from datetime import timedelta

import pytest

from corpblog.audit.selectors import trail
from corpblog.desk import selectors, services
from corpblog.desk.models import Proposal
from corpblog.desk.redaction import without
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def share(write, press, alice):
    return gate.request_share(by=alice, post=write("See Falcon fly"), destination=press)


def redact(by, share, fresh, spans):
    return services.redact(by=by, share_id=share.pk, digest=share.digest, spans=spans, authenticated_at=fresh)


@pytest.fixture
def proposed(share, omar, fresh):
    redact(omar, share, fresh, {"text": [(4, 10)]})
    return Proposal.objects.get()


@pytest.mark.parametrize(
    ("spans", "left"),
    [
        ([(4, 10)], "See […] fly"),
        ([(0, 3), (11, 14)], "[…] Falcon […]"),
        ([(4, 7), (6, 10), (10, 11)], "See […]fly"),
        ([(8, 8), (4, 10)], "See […] fly"),
    ],
)
def test_words_are_taken_out_and_none_put_in(spans, left):
    assert without("text", "See Falcon fly", spans) == left


@pytest.mark.parametrize("spans", [[], [(4, 4)], [(4, 99)], [(-1, 3)], [(0, 14)]])
def test_places_that_are_none_or_leave_nothing_are_refused(spans):
    with pytest.raises(Invalid):
        without("text", "See Falcon fly", spans)


def test_the_author_sees_the_wording_and_the_share_is_theirs_to_change(proposed, share, alice, browser_of):
    assert (Share.objects.get().state, Decision.objects.get().ruling) == ("changes_asked", "changes")
    page = browser_of(alice).get(f"/shares/{share.pk}/").content.decode()
    assert "See […] fly" in page
    assert "Omar" not in page


def test_a_wording_that_was_taken_is_judged_from_the_start(
    proposed, share, alice, browser_of, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(alice).post(f"/shares/{share.pk}/proposals/{proposed.pk}/", {"answer": "take"})
    now = Share.objects.get()
    assert (now.state, now.revision.number, now.revision.why) == ("cleared", 2, "edited")
    assert now.revision.decisions.count() == 0
    assert now.digest != share.digest
    assert now.post.text == "See […] fly"
    assert [entry.action for entry in trail(share.subject)] == [
        "share.requested", "share.changes_asked", "desk.wording_proposed", "desk.wording_taken", "share.edited",
    ]  # fmt: skip


def test_what_still_has_a_word_waits_for_an_officer_again(
    write, press, alice, omar, fresh, django_capture_on_commit_callbacks
):
    share = gate.request_share(by=alice, post=write("The takeover by Falcon"), destination=press)
    services.redact(by=omar, share_id=share.pk, digest=share.digest, spans={"text": [(16, 22)]}, authenticated_at=fresh)
    with django_capture_on_commit_callbacks(execute=True):
        services.answer_proposal(by=alice, share_id=share.pk, proposal_id=Proposal.objects.get().pk, take=True)
    now = Share.objects.get()
    assert (now.state, now.revision.approvals_needed, now.revision.decisions.count()) == ("held", 2, 0)


def test_a_wording_that_was_left_changes_nothing(proposed, share, alice):
    services.answer_proposal(by=alice, share_id=share.pk, proposal_id=proposed.pk, take=False)
    assert Share.objects.get().state == "changes_asked"
    assert Share.objects.get().post.text == "See Falcon fly"
    assert selectors.proposal_for(alice, Share.objects.get()) is None
    with pytest.raises(Conflict):
        services.answer_proposal(by=alice, share_id=share.pk, proposal_id=proposed.pk, take=True)


@pytest.mark.parametrize("who", ["omar", "bruno", "helene"])
def test_only_the_author_answers(proposed, share, person, who):
    with pytest.raises(NotFound):
        services.answer_proposal(by=person(who), share_id=share.pk, proposal_id=proposed.pk, take=True)
    assert Proposal.objects.get().answer == "open"


def test_an_edit_meanwhile_ends_the_offer(proposed, share, alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=share.post_id, text="Falcon anew", version=1)
    with pytest.raises(Conflict):
        services.answer_proposal(by=alice, share_id=share.pk, proposal_id=proposed.pk, take=True)
    assert Share.objects.get().post.text == "Falcon anew"


def test_an_undone_ruling_ends_the_offer_and_another_wording_may_follow(proposed, share, omar, alice, fresh, settings):
    settings.SHARE_DELAY = timedelta(seconds=30)
    services.undo(by=omar, share_id=share.pk)
    assert selectors.proposal_for(alice, Share.objects.get()) is None
    services.redact(by=omar, share_id=share.pk, digest=share.digest, spans={"text": [(0, 10)]}, authenticated_at=fresh)
    assert selectors.proposal_for(alice, Share.objects.get()).texts == {"text": "[…] fly"}


@pytest.mark.parametrize("who", ["alice", "victor", "irene"])
def test_only_officers_propose(share, person, fresh, who):
    with pytest.raises(NotAllowed):
        services.redact(
            by=person(who), share_id=share.pk, digest=share.digest, spans={"text": [(4, 10)]}, authenticated_at=fresh
        )


def test_an_old_sign_in_keeps_the_places_that_were_chosen(share, omar, browser_of):
    told = {"decision": "redact", "digest": share.digest, "span": ["4:7", "7:10"], "also": "1:x"}
    page = browser_of(omar).post(f"/desk/{share.pk}/decide/", told).content.decode()
    assert "Confirm your password" in page
    assert all(f'value="{value}"' in page for value in ("4:7", "7:10", "1:x"))
