"""What officers see and do, and what others may not."""

import pytest

from corpblog.audit.selectors import trail
from corpblog.desk import selectors, services
from corpblog.desk.evidence import pieces, redacted
from corpblog.kernel.errors import NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.policy import services as policy
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.models import Share
from tests.sharing.conftest import POLICY, put_in_force

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(write, press, alice):
    def share(text="Falcon flies on Monday"):
        return gate.request_share(by=alice, post=write(text), destination=press)

    return share


def test_the_queue_shows_what_waits_longest_first(held, omar):
    first, second = held("Falcon one"), held("Falcon two")
    rows = selectors.queue(omar)
    assert [row.share for row in rows] == [first, second]
    assert (rows[0].title, rows[0].outcome, rows[0].can_decide) == ("Code names", "hold", True)


def test_clean_shares_are_not_in_the_queue(held, omar):
    held("Nothing special")
    assert selectors.queue(omar) == []


@pytest.mark.parametrize("who", ["alice", "irene", "chloe", "helene"])
def test_only_officers_and_auditors_read_the_desk(held, person, who):
    share = held()
    for read in (lambda: selectors.queue(person(who)), lambda: selectors.case(person(who), share.pk)):
        with pytest.raises(NotAllowed):
            read()
    assert selectors.waiting_for(person(who)) == 0


def test_an_auditor_reads_and_cannot_decide(held, victor, fresh):
    share = held()
    case = selectors.case(victor, share.pk)
    assert not case.can_decide
    assert "read and change nothing" in case.why_not
    with pytest.raises(NotAllowed):
        services.approve(by=victor, share_id=share.pk, digest=case.digest, authenticated_at=fresh)


@pytest.mark.gate("G29")
def test_a_case_shows_every_outgoing_byte_and_what_was_found_in_it(held, omar):
    case = selectors.case(omar, held("See Falcon and Fal\u200bcon").pk)
    assert "".join(piece.text for piece in case.fields[0].pieces) == case.text
    marked = [piece.text for piece in case.fields[0].pieces if piece.rules]
    assert marked[0] == "Falcon"
    assert "U+200B ZERO WIDTH SPACE" in {piece.hidden for piece in case.fields[0].pieces}
    assert {field.name for field in case.fields} >= {"text", "speaker"}
    assert case.hits[0].title == "Code names"
    assert case.hits[0].reason == "Code names need a reviewer."
    assert case.policy_version == 1


def test_a_case_names_the_version_that_judged_it_and_not_one_that_says_the_same(held, omar, irene, ivan):
    share = held()
    policy.create_draft(by=irene)
    assert selectors.case(omar, share.pk).policy_version == 1
    other = put_in_force(f"{POLICY}\n# Asked for by sales.\n")
    back = policy.roll_back(by=irene, to=1)
    policy.put_in_force(by=ivan, number=back.number, replacing=other.number)
    assert selectors.case(omar, share.pk).policy_version == 1
    assert selectors.case(omar, held("Falcon again").pk).policy_version == back.number


def test_the_redacted_view_shows_nothing_of_what_was_found(held, omar):
    case = selectors.case(omar, held("See Falcon fly").pk)
    assert case.fields[0].redacted == "See ██████ fly"


def test_approving_releases_and_tells_the_author(held, press, omar, alice, fresh, work):
    share = held()
    services.approve(by=omar, share_id=share.pk, digest=share.digest, authenticated_at=fresh)
    work()
    notices = Notice.objects.filter(person=alice, kind="share").order_by("id")
    states = list(notices.values_list("facts__state", flat=True))
    assert states == ["approved", "sent"]


@pytest.mark.gate("G31")
def test_notices_never_quote_what_is_held(held, omar, alice, fresh):
    share = held("Falcon canary-42")
    services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="secret canary-42", authenticated_at=fresh)
    assert not Notice.objects.filter(facts__icontains="canary-42").exists()


def test_rejecting_tells_the_author_why_and_leaves_the_queue(held, omar, alice, fresh):
    share = held()
    services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="Too early", authenticated_at=fresh)
    assert selectors.queue(omar) == []
    assert [row.share for row in selectors.queue(omar, "done")] == [share]
    assert Notice.objects.get(person=alice, kind="share").facts["state"] == "rejected"


def test_a_second_officer_finds_what_waits_for_them(held, omar, lena, fresh):
    share = held("The takeover")
    services.approve(by=omar, share_id=share.pk, digest=share.digest, authenticated_at=fresh)
    assert selectors.queue(omar) == []
    row = selectors.queue(lena, "second")[0]
    assert (row.approvals, row.approvals_needed, row.can_decide) == (1, 2, True)
    assert selectors.case(omar, share.pk).why_not.startswith("You decided already")


def test_an_officer_does_not_find_their_own_shares_in_their_queue(write, press, channel, omar, lena):
    from corpblog.teams.models import Membership

    Membership.objects.create(person=omar, channel=channel)
    share = gate.request_share(by=omar, post=write("Falcon", by=omar), destination=press)
    assert selectors.queue(omar) == []
    assert [row.can_decide for row in selectors.queue(omar, "team")] == [False]
    assert not selectors.case(omar, share.pk).can_decide
    assert selectors.waiting_for(lena) == 1


def test_histories_count_earlier_rulings(held, omar, fresh):
    for ruling, text in ((services.approve, "Falcon one"), (services.reject, "Falcon two")):
        share = held(text)
        more = {"reason": "no"} if ruling is services.reject else {}
        ruling(by=omar, share_id=share.pk, digest=share.digest, authenticated_at=fresh, **more)
    case = selectors.case(omar, held("Falcon three").pk)
    assert (case.author_history.total, case.author_history.approval_rate) == (2, 50)
    assert [(rule, title, past.total) for rule, title, past in case.rule_history] == [("code-names", "Code names", 2)]


def test_the_trail_tells_the_whole_story(held, omar, fresh, django_capture_on_commit_callbacks, alice):
    share = held()
    services.ask_for_changes(
        by=omar, share_id=share.pk, digest=share.digest, reason="No code names", authenticated_at=fresh
    )
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=share.post_id, text="Falcon again", version=1)
    assert [entry.action for entry in selectors.case(omar, share.pk).trail] == [
        "share.requested",
        "share.changes_asked",
        "share.edited",
    ]
    assert trail(share.subject)[1].actor_id == omar.pk


def test_a_case_that_does_not_exist_is_not_found(policy, omar):
    with pytest.raises(NotFound):
        selectors.case(omar, 12345)


def test_counts_agree_with_the_views(held, omar, lena, fresh):
    held("Falcon one")
    two = held("The takeover")
    services.approve(by=omar, share_id=two.pk, digest=two.digest, authenticated_at=fresh)
    for officer, mine in ((omar, 1), (lena, 2)):
        told = selectors.counts(officer)
        assert told == {view: len(selectors.queue(officer, view)) for view in told}
        assert told == {"mine": mine, "unassigned": 2, "team": 2, "second": 1, "escalated": 0, "appeals": 0}
    assert selectors.next_case(lena, after=two) == Share.objects.exclude(pk=two.pk).get()


def test_the_queue_costs_the_same_for_one_case_and_for_many(held, omar, django_assert_max_num_queries):
    for number in range(8):
        held(f"Falcon {number}")
    with django_assert_max_num_queries(6):
        assert len(selectors.queue(omar)) == 8


@pytest.mark.gate("G29")
def test_pieces_are_the_whole_text_whatever_is_found():
    assert "".join(piece.text for piece in pieces("a\u202eb\nc", [])) == "a\u202eb\nc"
    assert [piece.hidden for piece in pieces("a\u202eb", [])] == ["", "U+202E RIGHT-TO-LEFT OVERRIDE", ""]
    assert pieces("", []) == []
    assert redacted("abc", []) == "abc"
