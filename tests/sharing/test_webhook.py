"""The company's own webhook, received as `docs/connectors.md` tells receivers to: signed, dated, once."""

import hashlib
import hmac
import json

import pytest

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.sharing import services
from corpblog.sharing.connectors.webhook import Webhook
from corpblog.sharing.models import Destination, Job, Receipt, Share
from corpblog.sharing.services.sending import target_of
from tests.servers.recorder import Reply, recorder
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db
SECRET = "a shared secret that is long enough"


class Receiver:
    """What the docs ask of a receiver, written from them and from nothing else."""

    def __init__(self):
        self.seen = {}
        self.shown = []

    def __call__(self, request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        timestamp = headers["x-corpblog-timestamp"]
        wanted = hmac.new(SECRET.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(headers["x-corpblog-signature"], f"sha256={wanted}"):
            return Reply(401, {"error": "signature"})
        if abs(clock.now().timestamp() - int(timestamp)) > 300:
            return Reply(401, {"error": "too old"})
        if headers["x-corpblog-id"] in self.seen:
            return Reply(200)
        self.seen[headers["x-corpblog-id"]] = int(headers["x-corpblog-attempt"])
        message = json.loads(request.body)
        if message["type"] == "post":
            self.shown.append(message)
        if message["type"] == "corrected":
            self.shown = [message if kept["id"] == message["corrects"] else kept for kept in self.shown]
        if message["type"] == "delete":
            self.shown = [kept for kept in self.shown if kept["id"] != message["id"]]
        return Reply(204)


@pytest.fixture
def there(settings):
    receiver = Receiver()
    with recorder(receiver) as place:
        settings.EGRESS_PRIVATE = [place.place]
        place.receiver = receiver
        yield place


def connect(by, there, secret=SECRET, query="from=corpblog"):
    answers = {"url": f"{there.base}/in?{query}", "secret": secret}
    return services.connect(by=by, slug="hook", name="Hook", kind="webhook", answers=answers)


@pytest.fixture
def destination(there, irene):
    made = connect(irene, there)
    there.received.clear()
    return made


def test_connecting_says_hello_and_takes_no_wrong_secret(there, irene):
    made = connect(irene, there)
    assert made.remote_account == f"{there.place}/in"
    assert there.received[0].json() == {"type": "ping"}
    assert SECRET not in json.dumps(list(Destination.objects.values()), default=str)
    with pytest.raises(Invalid, match="token"):
        connect(irene, there, secret="another secret that is long enough as well")
    with pytest.raises(Invalid, match="32 characters"):
        connect(irene, there, secret="short")


@pytest.mark.gate("G15")
def test_another_query_needs_a_second_person_and_voids_what_was_cleared(
    there, destination, write, alice, irene, omar, work
):
    share = services.request_share(by=alice, post=write("For one room"), destination=destination)
    kept = connect(irene, there, query="room=everybody")
    assert (kept.remote_account, kept.config["url"]) == (f"{there.place}/in", f"{there.base}/in?from=corpblog")
    change = destination.changes.get()
    services.decide_change(by=omar, change_id=change.pk, confirm=True, authenticated_at=clock.now())
    work()
    assert Share.objects.get(pk=share.pk).state == "held"
    assert there.receiver.shown == []


def test_a_share_arrives_signed_with_all_that_was_sealed(there, destination, sent_there):
    share = sent_there(destination, "Hello hook\nhttps://acme.example & more")
    assert share.state == "sent"
    (message,) = there.receiver.shown
    assert message["text"] == "Hello hook\nhttps://acme.example & more"
    assert message["speaker"] == "Acme"
    sealed = json.loads(Job.objects.get().sealed)
    # What is quoted is judged, and stays inside.
    routing = {"form", "destination", "schedule", "attachments", "quoted"}
    assert {name: part for name, part in message.items() if name not in {"type", "id"}} == {
        name: part for name, part in sealed.items() if name not in routing
    }
    assert Receipt.objects.get().remote_id == message["id"]


def test_a_changed_byte_or_an_old_date_is_noticed_by_the_receiver(there, destination, sent_there, travel):
    sent_there(destination, "Hello")
    (request,) = there.received
    receiver = Receiver()
    assert receiver(request).status == 204
    forged = type(request)(request.method, request.path, request.headers, request.body + b" ", request.raw)
    assert Receiver()(forged).status == 401
    travel(minutes=6)
    assert Receiver()(request).status == 401


@pytest.mark.gate("G18")
def test_a_lost_answer_is_repeated_under_the_same_id_and_counted(there, destination, sent_there, work, travel):
    there.next(Reply(500), after_acting=True)
    share = sent_there(destination, "Once")
    assert (share.state, Job.objects.get().state) == ("sending", "doubtful")
    travel(minutes=1, seconds=1)
    work()
    assert Share.objects.get().state == "sent"
    assert len(there.receiver.shown) == 1
    assert [request.headers["X-Corpblog-Attempt"] for request in there.received] == ["1", "2"]
    assert len({request.headers["X-Corpblog-Id"] for request in there.received}) == 1


def test_it_is_tried_at_once_and_after_1_5_30_and_120_minutes_and_then_it_is_a_dead_letter(
    there, destination, sent_there, work, travel
):
    there.next(*[Reply(503)] * 5)
    sent_there(destination, "Nobody home")
    for minutes, tries in ((0.9, 1), (0.2, 2), (4.8, 2), (0.3, 3), (29.8, 3), (0.3, 4), (119.8, 4), (0.3, 5), (600, 5)):
        travel(minutes=minutes)
        work()
        assert len(there.received) == tries, minutes
    share = Share.objects.get()
    assert (share.state, there.receiver.shown) == ("unknown", [])


def test_a_connector_admin_sends_a_dead_letter_again_under_the_same_id(
    there, destination, sent_there, work, travel, irene, alice, omar
):
    there.next(*[Reply(503)] * 5)
    share = sent_there(destination, "Nobody home")
    for minutes in (2, 6, 31, 121):
        travel(minutes=minutes)
        work()
    for somebody in (alice, omar):
        with pytest.raises(NotAllowed):
            services.send_again(by=somebody, share=share)
    services.send_again(by=irene, share=share)
    work()
    assert Share.objects.get().state == "sent"
    assert len(there.receiver.shown) == 1
    assert len({request.headers["X-Corpblog-Id"] for request in there.received}) == 1
    assert AuditEntry.objects.filter(action="share.sent_again", actor_id=irene.pk).count() == 1


@pytest.mark.gate("G6")
def test_a_dead_letter_is_judged_by_the_policy_of_the_day_it_is_sent_again(
    there, destination, sent_there, work, travel, irene
):
    there.next(Reply(404))
    share = sent_there(destination, "Osprey is out")
    assert share.state == "failed"
    put_in_force(stricter("Osprey"))
    services.send_again(by=irene, share=share)
    work()
    assert Share.objects.get().state == "held"
    assert there.receiver.shown == []


@pytest.mark.parametrize("repeat", ["readable", "blind"])
def test_what_may_be_outside_and_is_not_recognised_there_is_not_sent_again(repeat, remote, sent_there, irene, db):
    destination, there = remote(repeat)
    there.next("lost")
    share = sent_there(destination, "Perhaps")
    Share.objects.filter(pk=share.pk).update(state="unknown")
    with pytest.raises(Conflict):
        services.send_again(by=irene, share=share)
    assert there.received == []


def test_a_share_that_was_asked_for_anew_stays_the_only_one(there, destination, write, alice, work, irene):
    there.next(Reply(404))
    post = write("Twice asked")
    first = services.request_share(by=alice, post=post, destination=destination)
    work()
    services.request_share(by=alice, post=post, destination=destination)
    with pytest.raises(Conflict):
        services.send_again(by=irene, share=first)


def test_what_was_sent_is_taken_back_by_its_id(there, destination, sent_there):
    sent_there(destination, "Oops")
    for _time in range(2):
        Webhook().delete(Receipt.objects.get().remote_id, target_of(destination))
    assert there.receiver.shown == []


@pytest.mark.gate("G18")
def test_a_correction_is_an_event_that_names_what_it_corrects_and_counts_once(
    there, destination, sent_there, alice, work, travel
):
    share = sent_there(destination, "On Monday")
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="The day")
    there.next(Reply(504), after_acting=True)
    work()
    travel(minutes=1)
    work()
    assert Share.objects.get(pk=correction.pk).state == "sent"
    (shown,) = there.receiver.shown
    assert (shown["type"], shown["text"], shown["corrects"]) == (
        "corrected",
        "On Tuesday",
        Receipt.objects.get().remote_id,
    )
    assert [request.json()["type"] for request in there.received] == ["post", "corrected", "corrected"]
    assert len({request.headers["X-Corpblog-Id"] for request in there.received}) == 2
