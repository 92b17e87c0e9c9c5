"""Rejections that authors contest, and rules that officers find wrong."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from corpblog.audit.selectors import trail
from corpblog.desk import selectors, services
from corpblog.desk.models import Appeal, RuleMark
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.notifications.models import Notice
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.errors import ReauthenticationNeeded
from corpblog.sharing.models import PressItem, Share
from corpblog.web import desk_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(write, press, alice):
    return gate.request_share(by=alice, post=write("Falcon has landed"), destination=press)


@pytest.fixture
def rejected(held, omar, fresh):
    services.reject(by=omar, share_id=held.pk, digest=held.digest, reason="Too early", authenticated_at=fresh)
    return Share.objects.get()


@pytest.fixture
def contested(rejected, alice):
    return services.appeal(by=alice, share_id=rejected.pk, reason="It is on our website since May")


def answered(share, by, fresh, lift=True, note=""):
    return services.answer_appeal(by=by, share_id=share.pk, lift=lift, note=note, authenticated_at=fresh)


def test_an_appeal_is_seen_at_the_desk_and_answered_by_another_officer(contested, rejected, omar, lena, fresh):
    assert [row.share for row in selectors.queue(lena, "appeals")] == [rejected]
    assert (selectors.case(omar, rejected.pk).can_answer, selectors.case(lena, rejected.pk).can_answer) == (False, True)
    with pytest.raises(NotAllowed, match="You rejected this share"):
        answered(rejected, omar, fresh)
    assert answered(rejected, lena, fresh).answer == "lifted"
    assert selectors.queue(lena, "appeals") == []
    assert Share.objects.get().state == "held"


def test_the_database_refuses_an_answer_by_whoever_rejected(contested, omar):
    with pytest.raises(IntegrityError, match="does not answer its appeal"), transaction.atomic():
        Appeal.objects.update(answer="lifted", answered_by=omar, answered_at=timezone.now())


def test_what_was_lifted_waits_for_a_decision_by_another_officer(contested, rejected, omar, lena, fresh, work):
    answered(rejected, lena, fresh)
    assert selectors.queue(omar) == []
    again = {"share_id": rejected.pk, "digest": rejected.digest, "authenticated_at": fresh}
    with pytest.raises(NotAllowed, match="Your rejection was lifted"):
        services.reject(by=omar, reason="Still no", **again)
    assert "Your rejection was lifted" in selectors.case(omar, rejected.pk).why_not
    work()
    assert Share.objects.get().state == "held"
    services.approve(by=lena, **again)
    work()
    assert Share.objects.get().state == "sent"


@pytest.mark.gate("G13")
def test_lifting_one_rejection_leaves_those_of_the_same_words_elsewhere(
    held, write, press, bruno, alice, omar, lena, fresh, work
):
    other = gate.request_share(by=bruno, post=write("Falcon has landed", by=bruno), destination=press)
    assert other.digest == held.digest
    for share in (held, other):
        services.reject(by=omar, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)
    services.appeal(by=alice, share_id=held.pk, reason="Mine is harmless")
    answered(held, lena, fresh)
    services.approve(by=lena, share_id=held.pk, digest=held.digest, authenticated_at=fresh)
    work()
    assert set(Share.objects.values_list("state", flat=True)) == {"void", "rejected"}
    assert not PressItem.objects.exists()


def test_an_appeal_that_is_upheld_tells_the_author_why(contested, rejected, alice, lena, fresh, browser_of):
    with pytest.raises(Invalid):
        answered(rejected, lena, fresh, lift=False, note=" ")
    answered(rejected, lena, fresh, lift=False, note="The website does not say when")
    assert Share.objects.get().state == "rejected"
    assert Notice.objects.filter(person=alice, facts__state="appeal_upheld").count() == 1
    assert not Notice.objects.filter(facts__icontains="website").exists()
    page = browser_of(alice).get(f"/shares/{rejected.pk}/").content
    assert b"The website does not say when" in page
    assert b"Lena" not in page
    assert b"Contest the rejection" not in page


def test_one_appeal_for_the_same_words(contested, rejected, alice, lena, fresh):
    with pytest.raises(Conflict, match="contested this rejection already"):
        services.appeal(by=alice, share_id=rejected.pk, reason="Please")
    answered(rejected, lena, fresh, lift=False, note="No")
    with pytest.raises(Conflict):
        services.appeal(by=alice, share_id=rejected.pk, reason="Please")
    with pytest.raises(Conflict, match="no open appeal"):
        answered(rejected, lena, fresh)


@pytest.mark.parametrize("who", ["bruno", "omar", "helene", "victor"])
def test_only_the_author_contests(rejected, person, who):
    with pytest.raises(NotFound):
        services.appeal(by=person(who), share_id=rejected.pk, reason="Mine")


def test_what_is_not_rejected_is_not_contested(held, alice):
    with pytest.raises(Conflict):
        services.appeal(by=alice, share_id=held.pk, reason="Hurry")


@pytest.mark.parametrize("who", ["alice", "victor", "irene"])
def test_only_officers_answer(contested, rejected, person, fresh, who):
    with pytest.raises(NotAllowed):
        answered(rejected, person(who), fresh)
    assert Appeal.objects.get().answer == "open"


def test_answering_needs_a_fresh_sign_in(contested, rejected, lena, browser_of):
    with pytest.raises(ReauthenticationNeeded):
        answered(rejected, lena, None)
    page = browser_of(lena).post(f"/desk/{rejected.pk}/appeal/", {"answer": "lift", "note": "kept"}).content.decode()
    assert "Confirm your password" in page
    assert f'action="/desk/{rejected.pk}/appeal/"' in page
    assert all(f'name="{name}" value="{value}"' in page for name, value in (("answer", "lift"), ("note", "kept")))


def test_what_the_author_typed_is_kept_where_it_is_not_enough(rejected, alice, browser_of):
    answer = browser_of(alice).post(f"/shares/{rejected.pk}/appeal/", {"reason": "x" * 2001})
    assert answer.status_code == 422
    assert b"x" * 2001 in answer.content


def test_an_appeal_does_not_outlive_an_other_request_for_the_post(
    contested, rejected, alice, press, lena, fresh, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post = edit(by=alice, post_id=rejected.post_id, text="Falcon in other words", version=1)
    gate.request_share(by=alice, post=post, destination=press)
    with pytest.raises(Conflict, match="asked again with other words"):
        answered(rejected, lena, fresh)
    assert Appeal.objects.get().answer == "open"


def test_a_rule_that_was_wrong_counts_in_its_figures(held, omar, lena, alice, write, press):
    services.mark_rule(by=omar, share_id=held.pk, rule="code-names", is_right=True)
    services.mark_rule(by=lena, share_id=held.pk, rule="code-names", is_right=False)
    assert RuleMark.objects.get().by == lena
    next_one = gate.request_share(by=alice, post=write("Falcon again"), destination=press)
    case = selectors.case(omar, next_one.pk)
    assert [(rule, past.wrong) for rule, _title, past in case.rule_history] == [("code-names", 1)]
    assert selectors.case(omar, held.pk).marks == {"code-names": False}
    services.mark_rule(by=omar, share_id=held.pk, rule="code-names", is_right=None)
    assert not RuleMark.objects.exists()
    assert [entry.action for entry in trail(held.subject)][-3:] == [
        "desk.rule_marked_right", "desk.rule_marked_wrong", "desk.rule_mark_removed",
    ]  # fmt: skip


def test_only_a_rule_of_the_case_is_marked_and_only_by_officers(held, omar, victor, alice):
    with pytest.raises(Invalid):
        services.mark_rule(by=omar, share_id=held.pk, rule="grave", is_right=False)
    for somebody in (victor, alice):
        with pytest.raises(NotAllowed):
            services.mark_rule(by=somebody, share_id=held.pk, rule="code-names", is_right=True)


def test_the_keys_mark_rule_after_rule_and_the_page_gets_the_list_and_the_trail(write, press, alice, omar, browser_of):
    share = gate.request_share(by=alice, post=write("The takeover by Falcon"), destination=press)
    client = browser_of(omar)
    told = {"right": "Rule %s marked as a true find", "wrong": "Rule %s marked as a false alarm"}
    told[""] = "Mark of rule %s taken back"

    def turn(page):
        """The rules by whether the keys mark them, and the buttons that are pressed."""
        rows = re.findall(r"<li .*?</li>", page, re.DOTALL)
        keyed = [re.search(r'name="marked" value="([^"]+)"', row)[1] for row in rows if " data-next>" in row]
        return keyed, re.findall(r'<button id="([^"]+)"[^>]* aria-pressed="true"', page)

    def mark(rule, how):
        sent = {"marked": rule, "mark": how, "view": "team", "rule": "grave"}
        answer = client.post(f"/desk/{share.pk}/rules/", sent, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        assert answer.content.decode().lstrip().startswith('<ul class="hits"')
        # A mark is a step of the case's trail, which the page shows as well.
        trail = answer.content.decode().split('<ol class="timeline" id="timeline" hx-swap-oob="true">')[1]
        assert told[how] % rule in trail
        # Where the officer is in the queue stays: the filter names a rule, too.
        assert re.findall(r'name="rule" value="([^"]+)"', answer.content.decode()) == ["grave", "grave"]
        return turn(answer.content.decode())

    first, second = [group.rule for group in desk_words.by_rule(selectors.case(omar, share.pk).hits)]
    assert turn(client.get(f"/desk/{share.pk}/").content.decode()) == ([first], [])
    assert mark(first, "right") == ([second], [f"right-{first}"])
    assert mark(second, "wrong") == ([second], [f"right-{first}", f"wrong-{second}"])
    assert mark(first, "") == ([first], [f"wrong-{second}"])
