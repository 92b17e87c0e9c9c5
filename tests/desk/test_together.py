"""Cases that say nearly the same: found, shown, and ruled on together, each on its own bytes."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from corpblog.desk import selectors, services
from corpblog.desk.similar import resemblance, shingles
from corpblog.people.sessions import SIGNED_IN_AT
from corpblog.posts.services import edit
from corpblog.sharing import services as gate
from corpblog.sharing.models import Decision, Share

LONG = "Falcon lands in Lyon on Monday and our whole team looks forward to meeting you at the stand in hall seven"


@pytest.fixture
def held(write, press, alice):
    def share(text, by=alice):
        return gate.request_share(by=by, post=write(text, by=by), destination=press)

    return share


@pytest.fixture
def desk(omar, browser_of):
    client = browser_of(omar)
    session = client.session
    session[SIGNED_IN_AT] = timezone.now().isoformat()
    session.save()
    return client


def undo_of(page):
    """What the button of the strip that tells of a ruling sends along."""
    strip = page[page.index("<cb-undo") : page.index("</cb-undo>")]
    return {"also": re.findall(r'name="also" value="([^"]+)"', strip)}


def beside(officer, share):
    return [other.share for other in selectors.case(officer, share.pk).beside]


@given(st.text(), st.text())
def test_resemblance_is_a_share_and_the_same_both_ways(one, other):
    first, second = shingles(one), shingles(other)
    assert 0 <= resemblance(first, second) == resemblance(second, first) <= 1
    assert resemblance(first, first) == 1


@pytest.mark.parametrize(
    ("other", "is_near"),
    [
        (LONG.upper() + " !!", True),
        (LONG.replace("Monday", "Mondays"), True),
        (LONG.replace("whole team", "sales people"), False),
        ("Something else altogether", False),
    ],
)
def test_nine_tenths_are_nearly_the_same(other, is_near):
    assert (resemblance(shingles(LONG), shingles(other)) >= 0.9) is is_near


@pytest.mark.django_db
def test_earlier_decisions_on_nearly_the_same_words_are_shown(held, omar, lena, bruno, fresh):
    first = held(LONG)
    services.reject(by=lena, share_id=first.pk, digest=first.digest, reason="Too early", authenticated_at=fresh)
    case = selectors.case(omar, held(f"{LONG}!", by=bruno).pk)
    assert [(other.share, other.percent) for other in case.earlier] == [(first, 100)]
    assert case.beside == []


@pytest.mark.django_db
def test_only_what_hides_nothing_and_may_be_ruled_on_stands_beside_a_case(held, channel, omar, lena, bruno, fresh):
    from corpblog.teams.models import Membership

    Membership.objects.create(person=omar, channel=channel)
    case, same = held(LONG), held(f"{LONG}.", by=bruno)
    own, graver, passed = held(f"{LONG}..", by=omar), held(f"{LONG} takeover"), held(f"{LONG}...", by=bruno)
    services.escalate(by=omar, share_id=passed.pk, digest=passed.digest, note="Look", authenticated_at=fresh)
    assert beside(omar, case) == [same]
    assert set(beside(lena, case)) == {same, own, passed}
    assert graver not in beside(lena, case)


@pytest.mark.django_db
def test_several_are_ruled_on_with_one_press_each_on_its_own_bytes(held, desk, bruno, omar):
    case, same, third = held(LONG), held(f"{LONG}.", by=bruno), held(f"{LONG}..", by=bruno)
    told = {"decision": "reject", "digest": case.digest, "note": "Not yet", "also": f"{same.pk}:{same.digest}"}
    answer = desk.post(f"/desk/{case.pk}/decide/", told)
    assert b"1 more like it, too." in desk.get(answer.url).content
    decisions = Decision.objects.order_by("id").values_list("revision__share", "digest", "ruling", "reason")
    assert list(decisions) == [
        (case.pk, case.digest, "reject", "Not yet"),
        (same.pk, same.digest, "reject", "Not yet"),
    ]
    assert Share.objects.get(pk=third.pk).state == "held"


@pytest.mark.django_db
def test_one_that_changed_meanwhile_is_left_and_said(held, desk, bruno, django_capture_on_commit_callbacks):
    case, same = held(LONG), held(f"{LONG}.", by=bruno)
    told = {"decision": "approve", "digest": case.digest, "also": [f"{same.pk}:{same.digest}", "9:x", "nonsense"]}
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=bruno, post_id=same.post_id, text="Falcon is another word", version=1)
    page = desk.get(desk.post(f"/desk/{case.pk}/decide/", told).url).content
    assert b"3 changed meanwhile and wait." in page
    assert {share.pk: share.state for share in Share.objects.all()} == {case.pk: "approved", same.pk: "held"}


@pytest.mark.django_db
def test_one_undo_takes_all_of_them_back(held, desk, bruno, settings):
    settings.SHARE_DELAY = timedelta(seconds=30)
    case, same = held(LONG), held(f"{LONG}.", by=bruno)
    told = {"decision": "approve", "digest": case.digest, "also": f"{same.pk}:{same.digest}"}
    # As in a browser: the next page shows the ruling, and what its button sends is what undoes it.
    page = desk.get(desk.post(f"/desk/{case.pk}/decide/", told).url).content.decode()
    assert set(Share.objects.values_list("state", flat=True)) == {"approved"}
    assert desk.post(f"/desk/{case.pk}/undo/", undo_of(page)).status_code == 302
    assert set(Share.objects.values_list("state", flat=True)) == {"held"}


@pytest.mark.django_db
def test_what_is_on_its_way_is_not_undone_and_said(held, desk, bruno, settings, travel):
    settings.SHARE_DELAY = timedelta(minutes=10)
    case, same = held(LONG), held(f"{LONG}.", by=bruno)
    for share in (same, case):
        desk.post(f"/desk/{share.pk}/decide/", {"decision": "approve", "digest": share.digest})
        travel(minutes=6)
    after = desk.post(f"/desk/{case.pk}/undo/", {"also": str(same.pk)}, follow=True).content.decode()
    assert "1 more like it is on its way already, so it was not taken back." in after
    assert {share.pk: share.state for share in Share.objects.all()} == {case.pk: "held", same.pk: "approved"}


@pytest.mark.django_db
def test_an_hour_of_work_needs_one_password_and_ten_idle_minutes_end_it(held, desk, travel):
    for number in range(8):
        share = held(f"Falcon {number}")
        told = {"decision": "approve", "digest": share.digest}
        assert desk.post(f"/desk/{share.pk}/decide/", told).status_code == 302
        travel(minutes=9)
    share = held("Falcon after an hour")
    told = {"decision": "approve", "digest": share.digest}
    assert b"Confirm your password" in desk.post(f"/desk/{share.pk}/decide/", told).content


@pytest.mark.django_db
def test_ten_idle_minutes_ask_for_the_password(held, desk, travel):
    share, later = held("Falcon one"), held("Falcon two")
    desk.post(f"/desk/{share.pk}/decide/", {"decision": "approve", "digest": share.digest})
    travel(minutes=11)
    told = {"decision": "approve", "digest": later.digest}
    assert b"Confirm your password" in desk.post(f"/desk/{later.pk}/decide/", told).content
