"""Taking back what is outside: always allowed, tried with patience, told for each place."""

import xml.etree.ElementTree as ET

import pytest
from django.test import Client

from corpblog.audit.selectors import trail, verified
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from corpblog.sharing import services
from corpblog.sharing.connectors.base import Refused, Unclear
from corpblog.sharing.models import Destination, PressItem, Recall, Receipt, Share
from corpblog.sharing.services import recalling
from corpblog.sharing.worker import Worker
from tests.threads import at_once, threads_database  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def out(write, alice, work, press):
    """A share that is out."""

    def make(destination=None, text="Hello world"):
        share = services.request_share(by=alice, post=write(text), destination=destination or press)
        work()
        return Share.objects.for_rows().get(pk=share.pk)

    return make


def state_of(share):
    return Share.objects.get(pk=share.pk).state


def failing(monkeypatch, connector, *outcomes):
    """Have the next deletions end so; after them it is really taken away."""
    left, real, asked = list(outcomes), type(connector).delete, []

    def delete(remote_id, target):
        asked.append(remote_id)
        if left:
            raise left.pop(0)
        real(connector, remote_id, target)

    monkeypatch.setattr(connector, "delete", delete)
    return asked


def test_it_is_gone_there_and_the_log_says_who_and_why(out, remote, alice, work):
    destination, there = remote("key")
    share = out(destination)
    assert len(there.shown) == 1
    services.recall(by=alice, share=share, reason="A wrong figure")
    work()
    assert there.shown == {}
    assert state_of(share) == "recalled"
    facts = {entry.action: (entry.actor_id, entry.payload.facts) for entry in trail(share.subject)}
    assert facts["share.recall_asked"][0] == alice.pk
    assert facts["share.recall_asked"][1]["reason"] == "A wrong figure"
    assert "share.recalled" in facts
    assert verified().holds


def test_everywhere_is_everywhere_with_a_result_for_each_place(write, remote, press, alice, work, monkeypatch):
    (one, there), (two, stubborn) = remote("key"), remote("readable")
    post = write("Hello world")
    shares = [services.request_share(by=alice, post=post, destination=place) for place in (press, one, two)]
    work()
    failing(monkeypatch, stubborn, Refused("cannot_delete", for_good=True))
    services.recall_everywhere(by=alice, post=post, reason="Wrong")
    work()
    assert [state_of(share) for share in shares] == ["recalled", "recalled", "sent"]
    assert there.shown == {}
    assert Recall.objects.get(share=shares[2]).state == "by_hand"


@pytest.mark.parametrize(
    "outcome", [Unclear("no_answer"), Refused("asked_to_wait", for_good=False, retry_after=30), ZeroDivisionError()]
)
def test_what_fails_is_tried_again(out, remote, alice, work, travel, monkeypatch, outcome):
    destination, there = remote("key")
    share = out(destination)
    asked = failing(monkeypatch, there, outcome)
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert state_of(share) == "sent"
    assert len(there.shown) == 1
    travel(minutes=1)
    work()
    assert (state_of(share), there.shown, len(asked)) == ("recalled", {}, 2)


def test_after_many_tries_a_person_does_it(out, remote, alice, work, travel, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    asked = failing(monkeypatch, there, *[Unclear("no_answer")] * 50)
    services.recall(by=alice, share=share, reason="Wrong")
    for _round in range(20):
        work()
        travel(hours=1)
    assert Recall.objects.get().state == "by_hand"
    assert len(asked) == there.patience.tries
    services.settle_recall(by=alice, share=share, gone=True)
    assert state_of(share) == "recalled"


def test_a_person_may_have_it_tried_again(out, remote, alice, work, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    failing(monkeypatch, there, Refused("token", for_good=True))
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert Recall.objects.get().state == "by_hand"
    services.settle_recall(by=alice, share=share, gone=False)
    work()
    assert (state_of(share), there.shown) == ("recalled", {})


def test_a_closed_gate_and_a_closed_destination_do_not_keep_it_there(out, remote, alice, irene, work):
    destination, there = remote("key")
    share = out(destination)
    services.close_gate(by=irene, reason="leak")
    services.close_destination(by=irene, destination=destination)
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert (state_of(share), there.shown) == ("recalled", {})


def test_another_account_in_its_place_is_not_asked(out, remote, alice, work, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    asked = failing(monkeypatch, there)
    Destination.objects.filter(pk=destination.pk).update(remote_account="other@there")
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    found = Recall.objects.get()
    assert (found.state, found.trouble, asked) == ("by_hand", "other_account", [])


def test_what_a_person_found_has_no_id_for_a_machine(write, remote, alice, work):
    destination, there = remote("blind")
    there.next("accepted_then_silence")
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    work()
    share = Share.objects.for_rows().get(pk=share.pk)
    with pytest.raises(Conflict):
        services.recall(by=alice, share=share, reason="Wrong")
    services.settle_unknown(by=alice, share=share, sent=True)
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert Recall.objects.get().trouble == "no_remote_id"


def test_who_shared_it_and_officers_may_and_nobody_else(out, alice, bruno, omar, victor, chloe):
    share = out()
    with pytest.raises(NotFound):
        services.recall(by=bruno, share=share, reason="I do not like it")
    with pytest.raises(NotAllowed):
        services.recall(by=victor, share=share, reason="I do not like it")
    assert not Recall.objects.exists()
    services.recall(by=omar, share=share, reason="A leak")
    assert Recall.objects.get().asked_by == omar


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_happens(out, alice, reason):
    with pytest.raises(Invalid):
        services.recall(by=alice, share=out(), reason=reason)
    assert not Recall.objects.exists()


def test_what_has_not_left_is_withdrawn_instead(write, press, alice):
    share = services.request_share(by=alice, post=write("Falcon"), destination=press)
    with pytest.raises(Conflict):
        services.recall(by=alice, share=share, reason="Wrong")


def test_asking_twice_is_one_wish(out, alice, omar):
    share = out()
    assert services.recall(by=alice, share=share, reason="Wrong") == services.recall(by=omar, share=share, reason="Bad")


def test_a_worker_that_died_in_the_call_is_followed_by_another(out, remote, alice, work, travel, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    services.recall(by=alice, share=share, reason="Wrong")
    dead = recalling._begin("dead", share.pk)
    work()
    assert len(there.shown) == 1
    travel(minutes=2)
    work()
    assert (state_of(share), there.shown) == ("recalled", {})
    # And should it wake up after all, it writes nothing.
    recalling._finish(dead, Refused("token", for_good=True))
    assert Recall.objects.get().state == "done"


def test_the_same_words_may_be_asked_for_again_afterwards(out, alice, work, press):
    share = out()
    services.recall(by=alice, share=share, reason="Too early")
    work()
    again = services.request_share(by=alice, post=share.post, destination=press)
    work()
    assert again.pk != share.pk
    assert PressItem.objects.on_show().count() == 1
    assert Receipt.objects.count() == 2


def test_the_press_page_says_that_it_is_gone_and_feeds_carry_a_tombstone(out, alice, work):
    share = out(text="A secret of the kitchen")
    address = Receipt.objects.get().url
    atom = "{http://www.w3.org/2005/Atom}"
    entry = ET.fromstring(Client().get("/press/feed.atom").content).find(f"{atom}entry")
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert Client().get(address).status_code == 410
    feed = ET.fromstring(Client().get("/press/feed.atom").content)
    (stone,) = feed.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert stone.get("ref") == entry.findtext(f"{atom}id")
    for public in ("/press/", "/press/feed.atom", "/press/feed.json", address):
        assert b"kitchen" not in Client().get(public).content


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("threads_database")
def test_many_workers_and_many_people_take_it_back_once(out, remote, alice, omar, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    asked = failing(monkeypatch, there)
    wishes = [lambda by=by: services.recall(by=by, share=share, reason="Wrong") for by in [alice, omar] * 4]
    assert len({made.pk for made in at_once(*wishes)}) == 1
    at_once(*[Worker(f"w{number}").round for number in range(4)])
    assert state_of(share) == "recalled"
    assert len(asked) == 1


# The pages ----------------------------------------------------------------------------------------------------------


def test_the_author_takes_it_back_on_a_page_that_keeps_what_was_typed(out, alice, browser_of, work):
    share, alices = out(), browser_of(alice)
    assert b"Take it back" in alices.get(f"/shares/{share.pk}/").content
    answer = alices.post(f"/shares/{share.pk}/recall/", {"reason": " "})
    assert answer.status_code == 422
    assert b"Say why it is taken back" in answer.content
    long = alices.post(f"/shares/{share.pk}/recall/", {"reason": "y" * 501})
    assert b"y" * 501 in long.content
    answer = alices.post(f"/shares/{share.pk}/recall/", {"reason": "A wrong figure"}, follow=True)
    assert b"Being taken back" in answer.content
    work()
    assert b"It was taken back" in alices.get(f"/shares/{share.pk}/").content


def test_a_stranger_finds_no_such_page(out, bruno, browser_of):
    share = out()
    assert browser_of(bruno).get(f"/shares/{share.pk}/recall/").status_code == 404
    assert browser_of(bruno).post(f"/shares/{share.pk}/recall/", {"reason": "x"}).status_code == 404
    assert not Recall.objects.exists()


def test_what_a_person_has_to_do_is_said_with_two_buttons(out, remote, alice, browser_of, work, monkeypatch):
    destination, there = remote("key")
    share = out(destination)
    failing(monkeypatch, there, Refused("cannot_delete", for_good=True))
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    alices = browser_of(alice)
    page = alices.get(f"/shares/{share.pk}/").content
    assert b"cannot be taken back from here" in page
    assert b"I took it away there" in page
    assert alices.post(f"/shares/{share.pk}/recall/settle/", {"answer": "maybe"}).status_code == 404
    alices.post(f"/shares/{share.pk}/recall/settle/", {"answer": "gone"})
    assert state_of(share) == "recalled"
