"""Correcting what is outside: through the whole gate, in its place, once, and told for each place."""

import json
import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from corpblog.audit.selectors import trail, verified
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.posts.services import delete, edit
from corpblog.sharing import services
from corpblog.sharing.canonical import read
from corpblog.sharing.errors import RejectedBefore, ShareBlocked
from corpblog.sharing.models import Destination, Job, PressItem, Recall, Receipt, Share
from corpblog.sharing.services import sending
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(write, alice, work, press):
    """A share that is out."""

    def make(destination=None, text="We open in Lyon on Monday"):
        share = services.request_share(by=alice, post=write(text), destination=destination or press)
        work()
        return Share.objects.for_rows().get(pk=share.pk)

    return make


@pytest.fixture
def correct(alice, work):
    """Ask for other words and let the worker work."""

    def ask(share, words="We open in Lyon on Tuesday", by=None, reason="The day was wrong"):
        made = services.correct(by=by or alice, share=share, words=words, reason=reason)
        work()
        return again(made)

    return ask


def again(share):
    return Share.objects.for_rows().get(pk=share.pk)


def shown(there):
    return [read(body)["text"] for _key, body in there.shown.values()]


def test_the_words_are_changed_where_they_stand_and_the_log_says_why(out, correct, remote, alice):
    destination, there = remote("key")
    share = out(destination)
    correction = correct(share)
    assert shown(there) == ["We open in Lyon on Tuesday"]
    assert (correction.state, again(share).state, correction.corrects_id) == ("sent", "sent", share.pk)
    assert services.words_outside(share) == "We open in Lyon on Tuesday"
    actions = [entry.action for entry in trail(correction.subject)]
    assert {"share.requested", "share.sealed", "share.sent"} <= set(actions)
    assert correction.justification == "The day was wrong"
    assert verified().holds


@pytest.mark.gate("G28")
def test_it_passes_the_gate_like_everything_that_leaves(out, remote, alice, omar, fresh, work, correct):
    destination, there = remote("key")
    share = out(destination)
    correction = correct(share, "Falcon opens in Lyon")
    assert (correction.state, shown(there)) == ("held", ["We open in Lyon on Monday"])
    services.decide(
        by=omar, share_id=correction.pk, revision_digest=correction.digest, ruling="approve", authenticated_at=fresh
    )
    work()
    assert shown(there) == ["Falcon opens in Lyon"]
    job = Job.objects.get(share=correction)
    assert (job.sealed, job.revision.digest) == (again(correction).revision.canonical, correction.digest)
    assert there.edits == [("r1", job.sealed)]


def test_an_approval_is_for_this_edit_of_this_post_and_no_other(out, remote, alice, omar, fresh, work, correct):
    destination, _there = remote("key")
    one, two = out(destination), out(destination, "Another post of ours")
    first, second = (correct(share, "Falcon opens in Lyon") for share in (one, two))
    assert first.digest != second.digest
    services.decide(by=omar, share_id=first.pk, revision_digest=first.digest, ruling="approve", authenticated_at=fresh)
    work()
    assert (again(first).state, again(second).state) == ("sent", "held")


def test_a_stricter_policy_stops_an_approved_correction(out, remote, alice, omar, fresh, work):
    destination, there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="We meet Condor", reason="Wrong")
    put_in_force(stricter("Condor"))
    work()
    assert (again(correction).state, again(correction).note) == ("held", "again_policy")
    assert shown(there) == ["We open in Lyon on Monday"]


def test_forbidden_words_are_refused_at_once(out, remote, alice):
    destination, _there = remote("key")
    with pytest.raises(ShareBlocked):
        services.correct(by=alice, share=out(destination), words="The salary list", reason="Wrong")


@pytest.mark.gate("G13")
def test_words_that_were_rejected_do_not_come_back_as_a_correction(out, remote, alice, write, omar, fresh):
    destination, _there = remote("key")
    share = out(destination)
    rejected = services.request_share(by=alice, post=write("Falcon opens in Lyon"), destination=destination)
    services.decide(
        by=omar,
        share_id=rejected.pk,
        revision_digest=rejected.digest,
        ruling="reject",
        reason="No",
        authenticated_at=fresh,
    )
    with pytest.raises(RejectedBefore):
        services.correct(by=alice, share=share, words="Falcon opens in Lyon", reason="Wrong")


@pytest.mark.gate("G23")
def test_a_word_does_not_come_out_in_two_versions(out, remote, correct):
    destination, there = remote("key")
    share = out(destination, "What flies is a Fal")
    assert correct(share, "con and it flies on Monday").state == "held"
    assert shown(there) == ["What flies is a Fal"]


def test_the_files_that_are_out_stay_whatever_became_of_the_post(out, correct, remote):
    destination, _there = remote("key")
    share = out(destination)
    correction = correct(share)
    before, after = read(share.revision.canonical), read(correction.revision.canonical)
    assert after["attachments"] == before["attachments"]
    assert after["corrects"] == {"remote_id": "r1", "digest": share.digest}


def test_an_edit_inside_changes_nothing_about_a_correction_that_waits(out, remote, alice, write):
    destination, _there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="Falcon opens in Lyon", reason="Wrong")
    edit(by=alice, post_id=share.post_id, text="Other words inside", version=share.post.version)
    services.follow_post(share.post_id)
    assert again(correction).digest == correction.digest
    assert again(correction).revisions.count() == 1


def test_there_and_back_and_there_again(out, correct, remote):
    destination, there = remote("key")
    share, words = out(destination), ["We open on Tuesday", "We open in Lyon on Monday", "We open on Tuesday"]
    for text in words:
        assert correct(share, text).state == "sent"
        assert shown(there) == [text]
    assert [json.loads(body)["text"] for _id, body in there.edits] == words


def test_asking_twice_is_one_correction(out, remote, alice, work):
    destination, there = remote("key")
    share = out(destination)
    asked = [services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong") for _time in range(2)]
    work()
    assert asked[0].pk == asked[1].pk
    assert len(there.edits) == 1
    with pytest.raises(Invalid, match="stand there"):
        services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")


@pytest.mark.gate("G18")
@pytest.mark.parametrize("repeat", ["key", "readable", "blind"])
@pytest.mark.parametrize("mood", ["accepted_then_silence", "lost", "garbage", "bug", "busy"])
def test_a_lost_answer_is_followed_by_the_same_edit(mood, repeat, out, remote, alice, work, travel):
    destination, there = remote(repeat)
    share = out(destination)
    there.next(mood)
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")
    work()
    travel(minutes=1)
    work()
    assert (again(correction).state, shown(there)) == ("sent", ["On Tuesday"])
    assert set(there.edits) == {("r1", Job.objects.get(share=correction).sealed)}


def test_a_worker_that_died_in_the_call_is_followed_by_another(out, remote, alice, work, travel):
    destination, there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")
    job = Job.objects.get(share=correction)
    lease = services.seal(job_id=job.pk, worker="dead")
    call = sending.begin_call(job_id=job.pk, lease=lease)
    sending.attempt(call)
    travel(minutes=2)
    work()
    travel(minutes=1)
    work()
    assert (again(correction).state, shown(there)) == ("sent", ["On Tuesday"])
    assert Receipt.objects.get().shows_id == job.pk
    # And should it wake up after all, it writes nothing.
    sending.finish(job_id=job.pk, lease=lease, outcome=sending.Refused("token", for_good=True))
    assert again(correction).state == "sent"


@pytest.mark.gate("G14")
def test_what_somebody_wants_back_is_not_corrected_any_more(out, remote, alice, work):
    destination, there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")
    services.recall(by=alice, share=share, reason="All of it was wrong")
    work()
    assert (again(correction).state, again(correction).note) == ("withdrawn", "original_gone")
    assert (again(share).state, there.shown, there.edits) == ("recalled", {}, [])
    with pytest.raises(Conflict):
        services.correct(by=alice, share=again(share), words="On Friday", reason="Wrong")


def test_a_recall_waits_for_the_correction_that_is_on_the_wire(out, remote, alice, work, travel):
    destination, there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")
    job = Job.objects.get(share=correction)
    lease = services.seal(job_id=job.pk, worker="slow")
    call = sending.begin_call(job_id=job.pk, lease=lease)
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert Recall.objects.get().state == "waiting"
    sending.finish(job_id=job.pk, lease=lease, outcome=sending.attempt(call))
    travel(seconds=6)
    work()
    assert (again(share).state, again(correction).state, there.shown) == ("recalled", "recalled", {})


def test_taking_a_correction_back_takes_all_of_it_back(out, correct, remote, alice, work):
    destination, there = remote("key")
    share = out(destination)
    correction = correct(share)
    services.recall(by=alice, share=correction, reason="Wrong")
    work()
    assert (again(share).state, there.shown, Recall.objects.get().share_id) == ("recalled", {}, share.pk)


def test_a_deleted_post_is_taken_back_and_not_corrected(out, remote, alice, work):
    destination, _there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="Falcon in Lyon", reason="Wrong")
    delete(by=alice, post_id=share.post_id)
    services.follow_post(share.post_id)
    assert again(correction).state == "withdrawn"
    with pytest.raises(NotAllowed):
        services.correct(by=alice, share=again(share), words="On Friday", reason="Wrong")


@pytest.mark.gate("G15")
def test_another_account_in_its_place_is_not_edited(out, remote, alice, work):
    destination, there = remote("key")
    share = out(destination)
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="Wrong")
    Destination.objects.filter(pk=destination.pk).update(remote_account="other@there")
    work()
    assert (again(correction).state, again(correction).note, there.edits) == ("withdrawn", "original_elsewhere", [])
    share = Share.objects.for_rows().get(pk=share.pk)
    with pytest.raises(Conflict, match="old account"):
        services.correct(by=alice, share=share, words="On Friday", reason="Wrong")


def test_who_may_say_the_words_may_correct_them_and_nobody_else(out, alice, bruno, omar, victor, chloe):
    share = out()
    for somebody, refusal in ((bruno, NotFound), (chloe, NotFound), (omar, NotAllowed), (victor, NotAllowed)):
        with pytest.raises(refusal):
            services.correct(by=somebody, share=share, words="Mine", reason="I know better")
    assert not Share.objects.filter(corrects=share).exists()


@pytest.mark.parametrize(
    ("words", "reason"), [("", "Wrong"), ("   ", "Wrong"), ("x" * 10_001, "Wrong"), ("New", " "), ("New", "x" * 501)]
)
def test_without_words_or_a_reason_nothing_happens(out, alice, words, reason):
    share = out()
    with pytest.raises(Invalid):
        services.correct(by=alice, share=share, words=words, reason=reason)
    assert not Share.objects.filter(corrects=share).exists()


def test_what_has_not_left_is_reworded_instead(write, press, alice):
    share = services.request_share(by=alice, post=write("Falcon"), destination=press)
    with pytest.raises(Conflict):
        services.correct(by=alice, share=share, words="Other", reason="Wrong")


def test_what_a_person_found_has_no_place_that_a_machine_knows(write, remote, alice, work):
    destination, there = remote("blind")
    there.next("accepted_then_silence")
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    work()
    services.settle_unknown(by=alice, share=again(share), sent=True)
    with pytest.raises(Conflict, match="by hand"):
        services.correct(by=alice, share=again(share), words="Other", reason="Wrong")


def test_where_the_network_cannot_it_is_said_and_the_others_are_corrected(write, remote, press, alice, work):
    (one, there), (two, stubborn) = remote("key"), remote("readable")
    del stubborn.correction
    post = write("On Monday")
    shares = [again(services.request_share(by=alice, post=post, destination=place)) for place in (press, one, two)]
    work()
    shares = [again(share) for share in shares]
    answers = services.correct_everywhere(by=alice, words=dict.fromkeys(shares, "On Tuesday"), reason="Wrong")
    work()
    assert [answer.share is not None for answer in answers.values()] == [True, True, False]
    assert "does not let words be changed" in answers[shares[2]].refused.message
    assert (shown(there), shown(stubborn)) == (["On Tuesday"], ["On Monday"])
    assert PressItem.objects.get().content["text"] == "On Tuesday"


# What each place makes of it ------------------------------------------------------------------------------------------


def test_the_press_page_says_since_when_and_feeds_are_told(out, correct, travel):
    share = out()
    travel(hours=1)
    address = Receipt.objects.get().url
    correct(share)
    page = Client().get(address).content.decode()
    assert "We open in Lyon on Tuesday" in page
    assert "Corrected on" in page
    item = PressItem.objects.get()
    entry = ET.fromstring(Client().get("/press/feed.atom").content).find("{http://www.w3.org/2005/Atom}entry")
    updated = entry.findtext("{http://www.w3.org/2005/Atom}updated")
    assert updated[:19] == item.corrected_at.isoformat()[:19]
    assert updated != entry.findtext("{http://www.w3.org/2005/Atom}published")
    (told,) = Client().get("/press/feed.json").json()["items"]
    assert (told["content_text"], told["date_modified"][:19]) == ("We open in Lyon on Tuesday", updated[:19])
    for public in ("/press/", "/press/feed.atom", "/press/feed.json", address):
        assert b"Monday" not in Client().get(public).content


# The pages ------------------------------------------------------------------------------------------------------------


def test_the_author_corrects_every_place_on_one_page_that_keeps_what_was_typed(
    write, remote, press, alice, browser_of, work
):
    (one, there), (two, stubborn) = remote("key"), remote("readable")
    del stubborn.correction
    post = write("On Monday")
    shares = [services.request_share(by=alice, post=post, destination=place) for place in (press, one, two)]
    work()
    alices = browser_of(alice)
    page = alices.get(f"/shares/{shares[0].pk}/").content
    assert f"/shares/{shares[0].pk}/correct/".encode() in page
    form = alices.get(f"/shares/{shares[0].pk}/correct/").content.decode()
    assert "does not let words be changed" in form
    (group,) = [",".join(str(share.pk) for share in pair) for pair in [(shares[1], shares[0])]]
    assert f'value="{group}"' in form
    typed = {"shares": [group], "words": ["On Tuesday"]}
    answer = alices.post(f"/shares/{shares[0].pk}/correct/", typed | {"reason": " "})
    assert answer.status_code == 422
    assert "Say why it is corrected" in answer.content.decode()
    assert "On Tuesday" in answer.content.decode()
    answer = alices.post(f"/shares/{shares[0].pk}/correct/", typed | {"reason": "Wrong day"}, follow=True)
    assert "Corrections, newest first" in answer.content.decode()
    work()
    assert (shown(there), shown(stubborn)) == (["On Tuesday"], ["On Monday"])
    assert PressItem.objects.get().content["text"] == "On Tuesday"


def test_forbidden_words_are_marked_on_the_page_and_kept(out, alice, browser_of):
    share, alices = out(), browser_of(alice)
    typed = {"shares": [str(share.pk)], "words": ["The salary list"], "reason": "Wrong"}
    answer = alices.post(f"/shares/{share.pk}/correct/", typed)
    assert answer.status_code == 422
    assert "salary list" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()
    assert not Share.objects.filter(corrects=share).exists()


def test_a_stranger_finds_no_such_page_and_an_officer_may_not(out, bruno, omar, browser_of):
    share = out()
    typed = {"shares": [str(share.pk)], "words": ["Mine"], "reason": "x"}
    assert browser_of(bruno).get(f"/shares/{share.pk}/correct/").status_code == 404
    assert browser_of(bruno).post(f"/shares/{share.pk}/correct/", typed).status_code == 404
    assert browser_of(omar).post(f"/shares/{share.pk}/correct/", typed).status_code == 403
    assert not Share.objects.filter(corrects=share).exists()
