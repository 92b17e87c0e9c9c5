"""The gate, step by step: asking, judging, deciding, sealing, sending."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import trail, verified
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from corpblog.policy.models import PolicyVersion
from corpblog.policy.ready_made import PACKS
from corpblog.posts.services import delete, edit
from corpblog.sharing import guards, services
from corpblog.sharing.canonical import read
from corpblog.sharing.errors import (
    JustificationNeeded,
    MayNotLeave,
    OnItsWay,
    ReauthenticationNeeded,
    RejectedBefore,
    ShareBlocked,
    StaleCase,
    TooLongThere,
)
from corpblog.sharing.models import Decision, Destination, Job, PressItem, Receipt, Share, ShareRevision
from corpblog.sharing.refusals import REFUSALS
from corpblog.sharing.services import sending
from corpblog.sharing.wishes import Wish
from corpblog.teams.models import Membership
from corpblog.teams.services import create_channel
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db


def ask(by, post, destination, **more):
    return services.request_share(by=by, post=post, destination=destination, **more)


def decide(by, share, ruling, fresh, reason="because", digest=None):
    return services.decide(
        by=by,
        share_id=share.pk,
        revision_digest=digest or share.digest,
        ruling=ruling,
        reason=reason,
        authenticated_at=fresh,
    )


def again(share):
    return Share.objects.for_rows().get(pk=share.pk)


INTERNAL_LINKS = PACKS["internal-links-and-markings"].source


@pytest.mark.gate("G21")
@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("See http://wiki/projects", "held"),
        ("http://2130706433/ is up", "held"),
        ("It is in \\\\fs01\\finance\\q3", "held"),
        ("Behind https://bit.ly/3xYz12A", "held"),
        ("See https://www.acme.example/press", "cleared"),
    ],
)
def test_a_link_into_the_house_is_held(press, write, alice, text, state):
    put_in_force(INTERNAL_LINKS)
    assert ask(alice, write(text), press).state == state


# Asking ------------------------------------------------------------------------------------------------------------


def test_a_clean_post_is_cleared_and_its_exact_bytes_appear_on_the_press_page(write, press, alice, work):
    share = ask(alice, write("We open an office in Lyon. Café ☕"), press)
    assert share.state == "cleared"
    work()
    item = PressItem.objects.get()
    assert item.sealed == share.revision.canonical
    assert item.content["text"] == "We open an office in Lyon. Café ☕"
    assert again(share).state == "sent"


def test_what_the_policy_flags_is_held_and_nothing_leaves(write, press, alice, work):
    share = ask(alice, write("Falcon flies on Monday"), press)
    assert share.state == "held"
    work()
    assert not PressItem.objects.exists()
    assert not Job.objects.exists()


def test_what_the_policy_blocks_makes_no_share_and_stays_in_the_log(write, press, alice):
    with pytest.raises(ShareBlocked) as refusal:
        ask(alice, write("Here is the salary list"), press)
    assert refusal.value.verdict.rules == ("forbidden",)
    assert not Share.objects.exists()
    assert AuditEntry.objects.filter(action="share.refused").count() == 1


def test_a_rule_that_asks_for_a_reason_gets_one(write, press, alice):
    post = write("Our competitor sleeps")
    with pytest.raises(JustificationNeeded):
        ask(alice, post, press)
    share = ask(alice, post, press, justification="A friendly joke, agreed with legal")
    assert share.state == "cleared"


def test_a_warning_does_not_stop_whoever_asks_all_the_same(write, press, alice):
    assert ask(alice, write("The beta is out"), press).state == "cleared"


def test_a_destination_that_always_wants_a_person_holds_what_is_clean(write, press, alice):
    Destination.objects.update(review="always")
    share = ask(alice, write("Nothing special"), press)
    assert share.state == "held"
    assert share.revision.approvals_needed == 1


def test_asking_twice_answers_with_the_first_share(write, press, alice):
    post = write("Once")
    assert ask(alice, post, press) == ask(alice, post, press)
    assert Share.objects.count() == 1


@pytest.mark.usefixtures("standing_clock")
def test_the_eleventh_request_in_an_hour_is_refused(write, press, alice):
    posts = [write(f"Post number {number}") for number in range(11)]
    for post in posts[:10]:
        ask(alice, post, press)
    with pytest.raises(TooMany):
        ask(alice, posts[10], press)


def test_only_the_author_asks(write, press, bruno, chloe):
    post = write("Mine")
    for other in (bruno, chloe):
        with pytest.raises(MayNotLeave):
            ask(other, post, press)


def test_delegates_ask_for_a_company_account_and_its_authors_do_not(write, press, channel, alice, chloe):
    post = write("From the company")
    channel.kind = "company"
    channel.save()
    Membership.objects.update_or_create(person=chloe, channel=channel, defaults={"role": "owner"})
    with pytest.raises(MayNotLeave):
        ask(alice, post, press)
    assert ask(chloe, post, press).requester == chloe


@pytest.mark.gate("G5")
@pytest.mark.parametrize("classification", ["confidential", "restricted"])
def test_confidential_channels_never_share(write, press, channel, alice, classification):
    post = write("Quite harmless")
    channel.classification = classification
    channel.save()
    with pytest.raises(MayNotLeave):
        ask(alice, post, press)


def test_a_destination_may_take_public_posts_only(write, press, channel, alice):
    Destination.objects.update(cap="public")
    post = write("Quite harmless")
    with pytest.raises(MayNotLeave):
        ask(alice, post, press)
    channel.classification = "public"
    channel.save()
    assert ask(alice, post, press).state == "cleared"


@pytest.mark.gate("G5")
def test_private_channels_never_share(write, press, channel, alice):
    post = write("Quite harmless")
    channel.is_private = True
    channel.save()
    with pytest.raises(MayNotLeave):
        ask(alice, post, press)


@pytest.mark.gate("G5")
def test_a_reply_does_not_leave_a_thread_that_must_stay_inside(write, press, alice, channel, work):
    """Threads live in one channel today; the guard does not rely on it."""
    reply = write("Quite harmless")
    share = ask(alice, reply, press)
    closed = create_channel(by=alice, name="Closed")
    above = write("What only few may know", to=closed)
    type(channel).objects.filter(pk=closed.pk).update(classification="restricted")
    type(reply).objects.filter(pk=reply.pk).update(root=above, answers=above, number=None, is_listed=False)
    work()
    assert not PressItem.objects.exists()
    assert (again(share).state, again(share).note) == ("withdrawn", "classification")
    with pytest.raises(MayNotLeave):
        ask(alice, reply, press)


@pytest.mark.gate("G28")
def test_an_edit_of_what_is_outside_changes_nothing_there_until_it_is_asked_for_and_decided(
    write, press, alice, omar, work, django_capture_on_commit_callbacks
):
    post = write("We open on Monday")
    share = ask(alice, post, press)
    work()
    with django_capture_on_commit_callbacks(execute=True):
        edited = edit(by=alice, post_id=post.pk, text="Falcon opens on Monday", version=1)
    work()
    assert again(share).revision.number == 1
    assert [item.content["text"] for item in PressItem.objects.all()] == ["We open on Monday"]
    anew = ask(alice, edited, press)
    assert (anew.pk != share.pk, anew.state, anew.revision.decisions.count()) == (True, "held", 0)
    work()
    assert [item.content["text"] for item in PressItem.objects.all()] == ["We open on Monday"]
    decide(omar, anew, "approve", clock.now())
    work()
    assert "Falcon opens on Monday" in {item.content["text"] for item in PressItem.objects.all()}


def test_a_deleted_post_cannot_be_asked_for(write, press, alice):
    post = write("Gone")
    delete(by=alice, post_id=post.pk)
    with pytest.raises(NotFound):
        ask(alice, post, press)


def test_a_text_too_long_for_the_destination_says_how_long_it_may_be(write, remote, alice):
    destination, _there = remote(config={"longest": 20})
    with pytest.raises(TooLongThere) as refusal:
        ask(alice, write("This is longer than twenty"), destination)
    assert refusal.value.longest == 20


@pytest.mark.gate("G7")
def test_without_a_policy_everything_is_held(write, press, alice):
    post = write("Harmless")
    PolicyVersion.objects.all().update(state="retired")
    share = ask(alice, post, press)
    assert share.state == "held"
    assert share.revision.verdict["findings"][0]["rule"] == "fail-closed"


def test_a_scanner_that_fails_holds(write, press, alice, monkeypatch):
    from corpblog.policy import services as policy

    post = write("Harmless")

    def broken(**_question):
        raise MemoryError

    monkeypatch.setattr(policy, "scan", broken)
    assert ask(alice, post, press).state == "held"


# Deciding ----------------------------------------------------------------------------------------------------------


def test_an_officer_releases_a_held_share(write, press, alice, omar, fresh, work):
    share = ask(alice, write("Falcon flies"), press)
    assert decide(omar, share, "approve", fresh).state == "approved"
    work()
    assert PressItem.objects.get().digest == share.digest


def test_the_delay_before_sending_lets_a_decision_be_undone(write, press, alice, omar, work, settings, travel):
    settings.SHARE_DELAY = timedelta(seconds=10)
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", clock.now())
    work()
    assert not PressItem.objects.exists()
    assert services.undo_decision(by=omar, share_id=share.pk).state == "held"
    travel(seconds=60)
    work()
    assert not PressItem.objects.exists()
    decide(omar, share, "approve", clock.now())
    travel(seconds=11)
    with pytest.raises(Conflict):
        services.undo_decision(by=omar, share_id=share.pk)
    work()
    assert PressItem.objects.count() == 1


@pytest.mark.parametrize("who", ["alice", "irene", "victor", "chloe", "helene", "zoe"])
def test_only_compliance_officers_decide(write, press, alice, person, fresh, who):
    share = ask(alice, write("Falcon flies"), press)
    with pytest.raises(NotAllowed):
        decide(person(who), share, "approve", fresh)
    assert again(share).state == "held"


@pytest.mark.gate("G9")
def test_nobody_decides_on_their_own_share(write, press, omar, fresh, channel):
    Membership.objects.create(person=omar, channel=channel)
    share = ask(omar, write("Falcon flies", by=omar), press)
    with pytest.raises(NotAllowed):
        decide(omar, share, "approve", fresh)


@pytest.mark.gate("G9")
def test_who_asked_does_not_decide(write, press, channel, omar, fresh):
    Membership.objects.update_or_create(person=omar, channel=channel, defaults={"role": "owner"})
    post = write("Falcon flies")
    channel.kind = "company"
    channel.save()
    share = ask(omar, post, press)
    with pytest.raises(NotAllowed):
        decide(omar, share, "approve", fresh)


@pytest.mark.gate("G10")
def test_an_editor_does_not_decide(write, press, alice, omar, lena, fresh):
    from corpblog.posts.models import PostRevision

    post = write("Falcon flies")
    PostRevision.objects.filter(post=post).update(editor=omar)
    share = ask(alice, post, press)
    with pytest.raises(NotAllowed):
        decide(omar, share, "approve", fresh)
    assert decide(lena, share, "approve", fresh).state == "approved"


@pytest.mark.gate("G10")
def test_who_edits_the_post_does_not_decide_on_other_words_of_it(write, press, alice, omar, lena, fresh, work):
    """The edit changes nothing of what leaves; an approval that its editor gave before counts no more."""
    from corpblog.posts.models import PostRevision

    def edited_by(officer):
        newest = PostRevision.objects.filter(post=post).order_by("-version").first()
        PostRevision.objects.create(
            post=post, version=newest.version + 1, text="Inside", html="Inside", editor=officer, created_at=clock.now()
        )

    post = write("Falcon flies")
    share = services.request_share(by=alice, post=post, destination=press, wish=Wish("Falcon lands"))
    edited_by(omar)
    with pytest.raises(NotAllowed):
        decide(omar, share, "approve", fresh)
    assert decide(lena, share, "approve", fresh).state == "approved"
    edited_by(lena)
    services.follow_post(post.pk)
    work()
    assert not PressItem.objects.exists()
    assert Share.objects.get().state == "held"


@pytest.mark.gate("G11")
def test_grave_rules_take_two_officers(write, press, alice, omar, lena, fresh, work):
    share = ask(alice, write("The takeover of Contoso"), press)
    assert decide(omar, share, "approve", fresh).state == "held"
    work()
    assert not PressItem.objects.exists()
    with pytest.raises(Conflict):
        decide(omar, share, "approve", fresh)
    assert decide(lena, share, "approve", fresh).state == "approved"
    work()
    assert PressItem.objects.exists()


@pytest.mark.gate("G9")
def test_deciding_needs_a_fresh_sign_in(write, press, alice, omar, fresh):
    share = ask(alice, write("Falcon flies"), press)
    for moment in (None, fresh - timedelta(minutes=11), fresh + timedelta(hours=1)):
        with pytest.raises(ReauthenticationNeeded):
            decide(omar, share, "approve", moment)


@pytest.mark.gate("G29")
def test_a_ruling_counts_for_the_bytes_that_were_seen(write, press, alice, omar, fresh):
    share = ask(alice, write("Falcon flies"), press)
    with pytest.raises(StaleCase):
        decide(omar, share, "approve", fresh, digest="0" * 64)
    assert not Decision.objects.exists()


def test_rejecting_and_asking_for_changes_need_a_reason(write, press, alice, omar, fresh):
    share = ask(alice, write("Falcon flies"), press)
    for ruling in ("reject", "changes"):
        with pytest.raises(Invalid):
            decide(omar, share, ruling, fresh, reason=" ")


@pytest.mark.gate("G13")
def test_a_rejected_share_cannot_be_approved_nor_asked_for_again(write, press, alice, omar, lena, bruno, fresh):
    share = ask(alice, write("Falcon flies"), press)
    assert decide(omar, share, "reject", fresh).state == "rejected"
    with pytest.raises(Conflict):
        decide(lena, share, "approve", fresh)
    same_words = write("Falcon flies", by=bruno)
    with pytest.raises(RejectedBefore):
        ask(bruno, same_words, press)


@pytest.mark.gate("G12")
def test_a_rejection_wins_over_an_approval_until_the_bytes_are_sealed(write, press, alice, omar, lena, fresh, work):
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", fresh)
    assert decide(lena, share, "reject", fresh).state == "rejected"
    work()
    assert not PressItem.objects.exists()


def test_asking_for_changes_and_an_edit_bring_it_back(
    write, press, alice, omar, fresh, work, django_capture_on_commit_callbacks
):
    post = write("Falcon flies on Monday")
    share = ask(alice, post, press)
    assert decide(omar, share, "changes", fresh).state == "changes_asked"
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=post.pk, text="It flies on Monday", version=1)
    share = again(share)
    assert (share.state, share.revision.number) == ("cleared", 2)
    work()
    assert PressItem.objects.get().content["text"] == "It flies on Monday"


# Sealing -----------------------------------------------------------------------------------------------------------


@pytest.mark.gate("G1")
def test_an_edit_after_approval_voids_the_approval(
    write, press, alice, omar, fresh, work, django_capture_on_commit_callbacks
):
    post = write("Falcon flies on Monday")
    share = ask(alice, post, press)
    decide(omar, share, "approve", fresh)
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=post.pk, text="Falcon flies on Tuesday", version=1)
    assert again(share).state == "held"
    work()
    assert not PressItem.objects.exists()


@pytest.mark.gate("G1")
def test_sealing_notices_an_edit_that_nobody_told_it_of(write, press, alice, omar, fresh, work):
    post = write("Falcon flies on Monday")
    share = ask(alice, post, press)
    decide(omar, share, "approve", fresh)
    type(post).objects.filter(pk=post.pk).update(text="Falcon flies on Tuesday")
    work()
    assert not PressItem.objects.exists()
    assert again(share).state == "held"


@pytest.mark.gate("G6")
def test_a_stricter_policy_after_approval_holds_anew(write, press, alice, omar, lena, fresh, work):
    share = ask(alice, write("Falcon meets Condor"), press)
    decide(omar, share, "approve", fresh)
    put_in_force(stricter("Condor"))
    work()
    assert not PressItem.objects.exists()
    share = again(share)
    assert (share.state, share.revision.why) == ("held", "rescanned")
    decide(omar, share, "approve", fresh)
    work()
    assert PressItem.objects.count() == 1


def test_a_new_policy_that_asks_nothing_new_does_not_bother_the_officer_again(write, press, alice, omar, fresh, work):
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", fresh)
    put_in_force(stricter("Condor"))
    work()
    assert PressItem.objects.count() == 1


@pytest.mark.gate("G6")
def test_a_cleared_share_is_held_when_the_policy_becomes_stricter(write, press, alice, work):
    share = ask(alice, write("We meet Condor"), press)
    assert share.state == "cleared"
    put_in_force(stricter("Condor"))
    work()
    assert again(share).state == "held"
    assert not PressItem.objects.exists()


@pytest.mark.gate("G23")
def test_a_word_in_two_shares_is_held(write, press, alice, bruno, work):
    first = ask(alice, write("What we saw was a Fal"), press)
    work()
    assert again(first).state == "sent"
    assert ask(bruno, write("con men are everywhere", by=bruno), press).state == "cleared"
    second = ask(alice, write("con, and it flies on Monday"), press)
    assert second.state == "held"
    (finding,) = second.revision.verdict["findings"]
    assert (finding["term"], finding["start"], finding["end"], finding["view"]) == ("Falcon", 0, 3, "C")


@pytest.mark.gate("G23")
def test_the_other_half_may_wait_for_its_time(write, press, alice, work):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    first = ask(alice, write("What we saw was a Fal"), press, wish=Wish(send_at=tomorrow, zone="UTC"))
    assert first.state == "cleared"
    assert ask(alice, write("con, and it flies on Monday"), press).state == "held"


@pytest.mark.gate("G23")
def test_what_only_waits_does_not_stand_between_two_halves(write, press, alice, work):
    ask(alice, write("What we saw was a Fal"), press)
    work()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (
        ask(alice, write("We open an office in Lyon"), press, wish=Wish(send_at=tomorrow, zone="UTC")).state
        == "cleared"
    )
    assert ask(alice, write("con, and it flies on Monday"), press).state == "held"


@pytest.mark.gate("G23")
def test_halves_that_go_in_another_order_than_they_were_asked_for_are_held(write, press, alice, work, travel):
    """Asked for as con, something else, Fal; gone as something else, Fal, con."""
    later = clock.now() + timedelta(hours=3)
    last = ask(alice, write("con, and it flies on Monday"), press, wish=Wish(send_at=later, zone="UTC"))
    ask(alice, write("We open an office in Lyon"), press)
    work()
    first = ask(alice, write("What we saw was a Fal"), press)
    work()
    assert (again(first).state, again(last).state) == ("sent", "cleared")
    travel(hours=4)
    work()
    assert again(last).state == "held"


@pytest.mark.gate("G7")
def test_without_a_policy_nothing_is_sealed_even_if_approved(write, press, alice, omar, fresh, work, travel):
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", clock.now())
    PolicyVersion.objects.all().update(state="retired")
    for _round in range(12):
        work()
        travel(seconds=20)
    assert not PressItem.objects.exists()
    assert again(share).note == "no_verdict"
    put_in_force(stricter("Condor"))
    work()
    assert PressItem.objects.count() == 1


@pytest.mark.gate("G15")
@pytest.mark.parametrize(
    ("stop", "start"),
    [
        (
            lambda irene: services.close_gate(by=irene, reason="leak"),
            lambda irene: services.open_gate(by=irene, reason="ok"),
        ),
        (
            lambda irene: services.close_destination(by=irene, destination=Destination.objects.get()),
            lambda irene: services.open_destination(by=irene, destination=Destination.objects.get()),
        ),
    ],
)
def test_a_closed_gate_or_destination_sends_nothing_until_it_is_opened(
    write, press, alice, irene, work, travel, stop, start
):
    share = ask(alice, write("Harmless"), press)
    stop(irene)
    for _round in range(12):
        work()
        travel(seconds=20)
    assert not PressItem.objects.exists()
    start(irene)
    work()
    assert again(share).state == "sent"


@pytest.mark.gate("G2")
def test_the_kill_switch_stops_what_is_sealed_but_not_yet_called(write, press, alice, omar, irene):
    share = ask(alice, write("Harmless"), press)
    job = Job.objects.get()
    lease = services.seal(job_id=job.pk, worker="w")
    services.close_gate(by=omar, reason="leak")
    services.send(job_id=job.pk, lease=lease)
    assert not PressItem.objects.exists()
    assert again(share).state == "cleared"


@pytest.mark.gate("G15")
def test_another_account_in_its_place_voids_the_approval(write, remote, alice, omar, fresh, work):
    destination, there = remote()
    share = ask(alice, write("Falcon flies"), destination)
    decide(omar, share, "approve", fresh)
    Destination.objects.filter(pk=destination.pk).update(remote_account="mallory@there")
    work()
    assert there.received == []
    assert again(share).state == "held"


@pytest.mark.gate("G14")
@pytest.mark.parametrize("change", ["delete", "private", "confidential", "leave", "withdraw"])
def test_what_must_not_leave_any_more_does_not(write, press, channel, alice, work, change):
    post = write("Harmless")
    share = ask(alice, post, press)
    if change == "delete":
        delete(by=alice, post_id=post.pk)
    elif change == "private":
        type(channel).objects.update(is_private=True)
    elif change == "confidential":
        type(channel).objects.update(classification="confidential")
    elif change == "leave":
        type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    else:
        services.withdraw(by=alice, share=share)
    work()
    assert not PressItem.objects.exists()
    assert again(share).state == "withdrawn"


@pytest.mark.gate("G14")
def test_cutting_a_person_off_withdraws_what_waits_in_their_name(
    write, press, alice, django_capture_on_commit_callbacks
):
    from corpblog.people.events import CutOff, person_cut_off

    share = ask(alice, write("Harmless"), press)
    with django_capture_on_commit_callbacks(execute=True):
        person_cut_off.publish(CutOff(alice.pk, "left"))
    assert again(share).state == "withdrawn"


def test_a_withdrawn_share_may_be_asked_for_again(write, press, alice, work):
    post = write("Harmless")
    services.withdraw(by=alice, share=ask(alice, post, press))
    ask(alice, post, press)
    work()
    assert PressItem.objects.count() == 1


def test_others_cannot_withdraw_and_learn_nothing(write, press, alice, bruno):
    share = ask(alice, write("Harmless"), press)
    with pytest.raises(NotFound):
        services.withdraw(by=bruno, share=share)


@pytest.mark.gate("G27")
def test_an_approval_is_good_for_a_week(write, remote, alice, omar, work, travel):
    destination, there = remote()
    when = clock.now() + timedelta(days=9)
    share = ask(alice, write("Falcon flies"), destination, wish=Wish(send_at=when, zone="Europe/Paris"))
    decide(omar, share, "approve", clock.now())
    work()
    travel(days=9, seconds=1)
    work()
    assert there.received == []
    share = again(share)
    assert share.state == "held"
    decide(omar, share, "approve", clock.now())
    work()
    assert len(there.received) == 1


@pytest.mark.gate("G27")
def test_a_scheduled_share_goes_at_its_time(write, remote, alice, work, travel):
    destination, there = remote()
    share = ask(
        alice, write("Later"), destination, wish=Wish(send_at=clock.now() + timedelta(hours=2), zone="Europe/Paris")
    )
    work()
    assert there.received == []
    travel(hours=2, seconds=1)
    work()
    assert len(there.received) == 1
    assert read(again(share).revision.canonical)["schedule"]["zone"] == "Europe/Paris"


@pytest.mark.gate("G27")
@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_a_clock_that_jumps_sends_nothing_twice(write, remote, alice, work, travel, days):
    destination, there = remote("blind")
    share = ask(alice, write("Once"), destination)
    work()
    travel(days=days)
    for _round in range(3):
        work()
        travel(hours=1)
    assert (again(share).state, len(there.received)) == ("sent", 1)


@pytest.mark.gate("G27")
def test_a_clock_that_jumps_back_does_not_send_early(write, remote, alice, work, travel):
    destination, there = remote()
    wish = Wish(send_at=clock.now() + timedelta(hours=2), zone="Europe/Paris")
    ask(alice, write("Later"), destination, wish=wish)
    travel(days=-400)
    work()
    assert there.received == []
    travel(days=400, hours=2, seconds=1)
    work()
    assert len(there.received) == 1


@pytest.mark.gate("G19")
@pytest.mark.parametrize("repeat", ["key", "readable", "blind"])
@pytest.mark.parametrize("moment", ["waiting", "sealed", "calling", "doubtful"])
def test_a_replayed_queue_sends_nothing_again(write, remote, alice, work, travel, repeat, moment):
    """Somebody loads yesterday's table of jobs over today's."""
    destination, there = remote(repeat)
    share = ask(alice, write("Once"), destination)
    job = Job.objects.get()
    dump = Job.objects.filter(pk=job.pk).values().get()
    if moment != "waiting":
        lease = services.seal(job_id=job.pk, worker="w")
        dump = Job.objects.filter(pk=job.pk).values().get()
    if moment in {"calling", "doubtful"}:
        call = sending.begin_call(job_id=job.pk, lease=lease)
        dump = Job.objects.filter(pk=job.pk).values().get()
        sending.finish(job_id=job.pk, lease=lease, outcome=sending.attempt(call))
        dump |= {"state": moment, "may_be_there": moment == "doubtful"}
    elif moment == "sealed":
        services.send(job_id=job.pk, lease=lease)
    work()
    assert (again(share).state, len(there.shown)) == ("sent", 1)
    replay(dump)
    for _round in range(14):
        work()
        travel(minutes=20)
    assert (again(share).state, len(there.shown)) == ("sent", 1)


def replay(dump):
    """Write the old row over the new one, triggers or not: whoever loads a table switches them off."""
    with connection.cursor() as cursor:
        for refusal in REFUSALS:
            if refusal.table == "sharing_job":
                cursor.execute(refusal.drop(connection.vendor))
        Job.objects.filter(pk=dump.pop("id")).update(**dump)
        for refusal in REFUSALS:
            if refusal.table == "sharing_job":
                cursor.execute(refusal.create(connection.vendor))


# The whole story in the log ----------------------------------------------------------------------------------------


def test_every_step_is_in_the_audit_log(write, press, alice, omar, fresh, work):
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", fresh)
    work()
    assert [entry.action for entry in trail(share.subject)] == [
        "share.requested",
        "share.approved",
        "share.sealed",
        "share.sent",
    ]
    assert trail(share.subject)[1].actor_id == omar.pk
    assert verified().holds


def test_the_log_never_holds_what_somebody_wrote(write, press, alice, omar, fresh, work):
    from corpblog.audit.models import AuditPayload

    share = ask(alice, write("Falcon canary-7731 flies"), press, justification="reason-7731")
    decide(omar, share, "approve", fresh, reason="note-7731")
    work()
    assert not AuditPayload.objects.filter(body__contains="7731").exists()


def test_a_receipt_says_where_it_is(write, remote, alice, work):
    destination, _there = remote()
    share = ask(alice, write("Hello"), destination)
    work()
    receipt = Receipt.objects.get(job__share=share)
    assert (receipt.remote_id, receipt.how) == ("r1", "answer")


def test_every_guard_has_a_docstring_that_says_what_it_promises():
    functions = [value for value in vars(guards).values() if getattr(value, "__module__", "") == guards.__name__]
    assert all(function.__doc__ for function in functions if not getattr(function, "__name__", "_").startswith("_"))


def test_revisions_keep_every_form_a_share_took(write, press, alice, django_capture_on_commit_callbacks):
    post = write("Falcon one")
    share = ask(alice, post, press)
    with django_capture_on_commit_callbacks(execute=True):
        edit(by=alice, post_id=post.pk, text="Falcon two", version=1)
    texts = [
        read(form)["text"] for form in ShareRevision.objects.filter(share=share).values_list("canonical", flat=True)
    ]
    assert texts == ["Falcon one", "Falcon two"]


def test_a_share_on_the_wire_cannot_be_withdrawn(write, remote, alice, work):
    destination, there = remote()
    there.next("accepted_then_silence")
    share = ask(alice, write("Hello"), destination)
    work()
    with pytest.raises(OnItsWay):
        services.withdraw(by=alice, share=share)


def test_undoing_an_approval_does_not_lift_another_officers_rejection(write, press, alice, omar, lena, fresh, settings):
    settings.SHARE_DELAY = timedelta(minutes=1)
    share = ask(alice, write("Falcon flies"), press)
    decide(omar, share, "approve", fresh)
    decide(lena, share, "reject", fresh)
    assert services.undo_decision(by=omar, share_id=share.pk).state == "rejected"


def test_undoing_an_approval_leaves_the_changes_that_another_officer_asked_for(
    write, press, alice, omar, lena, fresh, settings
):
    settings.SHARE_DELAY = timedelta(minutes=1)
    share = ask(alice, write("The takeover"), press)
    decide(omar, share, "approve", fresh)
    decide(lena, share, "changes", fresh)
    assert services.undo_decision(by=omar, share_id=share.pk).state == "changes_asked"


def test_a_rejection_is_not_undone_once_other_words_were_asked_for(write, press, alice, omar, fresh, settings):
    settings.SHARE_DELAY = timedelta(minutes=1)
    post = write("Falcon flies")
    share = ask(alice, post, press)
    decide(omar, share, "reject", fresh)
    edit(by=alice, post_id=post.pk, text="Falcon flew", version=1)
    ask(alice, post, press)
    with pytest.raises(Conflict):
        services.undo_decision(by=omar, share_id=share.pk)
    assert again(share).state == "rejected"


@pytest.mark.gate("G13")
def test_words_that_were_rejected_meanwhile_in_another_share_do_not_leave(
    write, press, alice, bruno, omar, lena, fresh, work
):
    mine = ask(alice, write("Falcon flies"), press)
    theirs = ask(bruno, write("Falcon flies", by=bruno), press)
    decide(omar, mine, "approve", fresh)
    decide(lena, theirs, "reject", fresh)
    work()
    assert (again(mine).state, again(mine).note) == ("void", "rejected_before")
    assert not PressItem.objects.exists()


@pytest.mark.gate("G11")
def test_a_destination_may_ask_for_two_people_whatever_the_policy_says(write, press, alice, omar, lena, fresh, work):
    press.review = press.Review.TWICE
    press.save()
    share = ask(alice, write("Clean words"), press)
    decide(omar, share, "approve", fresh)
    work()
    assert again(share).state == "held"
    decide(lena, share, "approve", fresh)
    work()
    assert again(share).state == "sent"


@pytest.mark.parametrize(("before", "after"), [("flagged", "always"), ("flagged", "twice"), ("always", "twice")])
def test_a_destination_that_asks_for_more_people_meanwhile_gets_them(
    write, press, alice, omar, fresh, work, travel, before, after
):
    press.review = before
    press.save()
    share = ask(alice, write("Clean words"), press)
    if before == "always":
        decide(omar, share, "approve", fresh)
    assert again(share).state in {"cleared", "approved"}
    press.review = after
    press.save()
    work()
    assert again(share).state == "held"
    assert again(share).revision.approvals_needed == press.least_approvals
