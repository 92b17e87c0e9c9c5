"""Officers are called to what waits for them, and called off when it is done; nothing that is held is in a call."""

import pytest
from django.utils import translation

from corpblog.desk import services
from corpblog.kernel.errors import Invalid
from corpblog.notifications import selectors as notices
from corpblog.notifications import wishes
from corpblog.notifications.mail import write as mail
from corpblog.notifications.models import Notice, Reach
from corpblog.notifications.services import mark_read
from corpblog.sharing import services as gate
from corpblog.teams.services import join
from tests.servers.smtp import text_of

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "Falcon flies on Monday"


@pytest.fixture
def held(write, press, alice, omar, lena):
    def share(text=WORDS, by=alice):
        return gate.request_share(by=by, post=write(text, by=by), destination=press)

    return share


def calls(person):
    found = Notice.objects.of(person).unread().filter(kind=Notice.Kind.REVIEW).order_by("pk")
    return [(notice.facts["step"], notice.url, notice.sentence) for notice in found]


def told(share, step, sentence):
    return (step, f"/desk/{share.pk}/", sentence)


def waiting(count):
    words = "1 new case waits at the desk." if count == 1 else f"{count} new cases wait at the desk."
    return [("waiting", "/desk/", words)] if count else []


def reject(share, by, fresh):
    return services.reject(by=by, share_id=share.pk, digest=share.digest, reason="No", authenticated_at=fresh)


def test_what_waits_is_one_call_that_counts_until_it_is_decided(held, omar, lena, alice, victor, fresh):
    first, second = held("Falcon one"), held("Falcon two")
    assert (calls(omar), calls(lena), calls(alice), calls(victor)) == (waiting(2), waiting(2), [], [])
    reject(first, omar, fresh)
    assert (calls(omar), calls(lena)) == (waiting(1), waiting(1))
    gate.withdraw(by=alice, share=second)
    assert (calls(omar), calls(lena), notices.unread_count(lena)) == ([], [], 0)


def test_each_wait_calls_once(held, omar, lena, alice):
    share = held()
    mark_read(by=lena)
    services.remark(by=omar, share_id=share.pk, kind="comment", text="Let me see")
    assert calls(lena) == []
    held("Falcon again")
    assert calls(lena) == waiting(1)


def test_nobody_is_called_to_their_own_words(held, channel, omar, lena):
    join(by=omar, channel=channel)
    held(by=omar)
    assert (calls(omar), calls(lena)) == ([], waiting(1))


def test_who_is_given_a_case_is_told_and_who_takes_one_knows(held, omar, lena):
    share = held()
    mark_read(by=omar)
    mark_read(by=lena)
    services.assign(by=omar, share_id=share.pk, to="omar")
    assert calls(omar) == []
    services.assign(by=omar, share_id=share.pk, to="lena")
    assert (calls(omar), calls(lena)) == ([], [told(share, "assigned", "A case was given to you.")])


def test_a_case_that_goes_to_one_officer_calls_nobody_else(held, omar, lena, settings):
    settings.DESK_ASSIGNMENT = "round-robin"
    share = held()
    assert sorted([calls(omar), calls(lena)]) == [[], [told(share, "assigned", "A case was given to you.")]]


def test_what_is_passed_up_calls_the_others(held, omar, lena, fresh):
    share = held()
    mark_read(by=omar)
    mark_read(by=lena)
    services.escalate(by=omar, share_id=share.pk, digest=share.digest, note="Please look", authenticated_at=fresh)
    words = "A case was escalated: another officer has to decide."
    assert (calls(omar), calls(lena)) == ([], [told(share, "escalated", words)])


def test_a_contested_rejection_calls_who_did_not_reject_it_until_it_is_answered(held, omar, lena, alice, fresh):
    share = reject(held(), omar, fresh)
    services.appeal(by=alice, share_id=share.pk, reason="It is public")
    words = "A rejection was contested: another officer has to answer."
    assert (calls(omar), calls(lena)) == ([], [told(share, "appeal", words)])
    services.answer_appeal(by=lena, share_id=share.pk, lift=False, note="It is not", authenticated_at=fresh)
    assert calls(lena) == []


def test_what_is_lifted_waits_again_and_calls_again(held, omar, lena, alice, fresh):
    share = reject(held(), omar, fresh)
    services.appeal(by=alice, share_id=share.pk, reason="It is public")
    services.answer_appeal(by=lena, share_id=share.pk, lift=True, authenticated_at=fresh)
    assert calls(lena) == waiting(1)


def test_a_call_quotes_nothing(held, omar, lena, alice):
    share = held()
    services.assign(by=omar, share_id=share.pk, to="lena")
    for notice in Notice.objects.of(lena).filter(kind=Notice.Kind.REVIEW):
        assert notice.post_id is None
        shown = [
            notice.sentence,
            str(notice.facts),
            *(text_of(mail(lena, [notice], 0), kind) for kind in ("plain", "html")),
        ]
        with translation.override("fr"):
            shown.append(notice.sentence)
        assert not any(word in text for text in shown for word in ("Falcon", "Monday", "Alice", "alice"))


def test_a_duty_is_at_least_shown(lena):
    with pytest.raises(Invalid):
        wishes.set_reach(by=lena, wishes={Notice.Kind.REVIEW: Reach.How.OFF})
    assert Notice.Kind.REVIEW in wishes.pushed_kinds(lena)
