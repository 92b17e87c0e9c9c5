"""What happens between the seal and the receipt: once, or unknown, whatever the remote does."""

import pytest

from corpblog.kernel import clock
from corpblog.sharing import selectors, services
from corpblog.sharing.models import Job, Receipt, Share, WorkerBeat
from corpblog.sharing.services import sending
from corpblog.sharing.worker import Worker, claim

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent_to(write, remote, alice):
    """Ask for a clean share to a remote of a kind; give the share and the remote."""

    def ask(repeat="key", *moods):
        destination, there = remote(repeat)
        there.next(*moods)
        return services.request_share(by=alice, post=write("Hello outside"), destination=destination), there

    return ask


def state_of(share):
    return Share.objects.get(pk=share.pk).state


@pytest.mark.parametrize("mood", ["accepted_then_silence", "garbage"])
def test_a_remote_that_knows_our_key_is_asked_again_and_keeps_one(sent_to, work, travel, mood):
    share, there = sent_to("key", mood)
    work()
    assert state_of(share) == "sending"
    travel(seconds=6)
    work()
    assert state_of(share) == "sent"
    assert len(there.received) == 2
    assert len(there.shown) == 1
    assert len({key for _job, key, _body in there.received}) == 1


def test_what_got_lost_on_the_way_arrives_at_the_second_try(sent_to, work, travel):
    share, there = sent_to("key", "lost")
    work()
    travel(seconds=6)
    work()
    assert state_of(share) == "sent"
    assert len(there.shown) == 1


def test_a_remote_that_can_be_read_is_looked_at_before_anything_is_repeated(sent_to, work, travel):
    share, there = sent_to("readable", "accepted_then_silence")
    work()
    travel(seconds=61)
    work()
    assert state_of(share) == "sent"
    assert len(there.received) == 1
    assert Receipt.objects.get().how == "found"


def test_what_is_not_there_at_two_looks_is_sent_again(sent_to, work, travel):
    share, there = sent_to("readable", "lost")
    for _round in range(2):
        work()
        travel(seconds=61)
        assert there.received == []
    work()
    work()
    assert state_of(share) == "sent"
    assert len(there.shown) == 1


def test_a_blind_remote_leaves_it_to_a_person(sent_to, work, travel, alice):
    share, there = sent_to("blind", "accepted_then_silence")
    for _round in range(5):
        work()
        travel(minutes=10)
    assert state_of(share) == "unknown"
    assert len(there.received) == 1
    services.settle_unknown(by=alice, share=share, sent=False)
    assert state_of(share) == "failed"
    work()
    assert len(there.received) == 1


def test_after_50_minutes_the_key_is_trusted_no_more(sent_to, work, travel):
    share, there = sent_to("key", "accepted_then_silence")
    work()
    travel(minutes=51)
    work()
    assert state_of(share) == "sent"
    assert len(there.received) == 1


def test_a_busy_remote_is_left_alone_as_long_as_it_asks(sent_to, work, travel):
    share, there = sent_to("key", "busy")
    work()
    travel(seconds=20)
    work()
    assert there.received == []
    travel(seconds=11)
    work()
    assert state_of(share) == "sent"


def test_a_token_that_was_revoked_fails_at_once_and_says_what_to_do(sent_to, work):
    share, _there = sent_to("key", "token")
    work()
    share = Share.objects.get(pk=share.pk)
    assert share.state == "failed"
    from corpblog.sharing.selectors import reason_in_words

    assert "connect the account again" in reason_in_words(share)


def test_a_connector_that_breaks_counts_as_unclear(sent_to, work, travel):
    _share, _there = sent_to("readable", "bug")
    work()
    assert Job.objects.get().state == "doubtful"


def test_a_doubtful_share_that_was_closed_meanwhile_is_only_looked_for(sent_to, work, travel, irene):
    share, there = sent_to("key", "lost")
    work()
    services.close_gate(by=irene, reason="leak")
    for _round in range(8):
        travel(seconds=61)
        work()
    assert there.received == []
    assert state_of(share) == "cleared"
    services.open_gate(by=irene, reason="fine")
    travel(seconds=61)
    work()
    assert len(there.shown) == 1


def test_a_job_that_always_fails_ends_as_a_dead_letter_and_others_go_on(sent_to, write, press, alice, work, travel):
    share, there = sent_to("key", *["busy"] * 20)
    other = services.request_share(by=alice, post=write("Others"), destination=press)
    for _round in range(12):
        work()
        travel(minutes=40)
    assert state_of(share) == "failed"
    assert len(there.moods) == 12
    assert state_of(other) == "sent"


def test_a_job_that_kills_the_worker_every_time_ends_too(sent_to, work, travel, monkeypatch):
    share, _there = sent_to()
    from corpblog.sharing import worker

    def poison(**_):
        raise RuntimeError

    monkeypatch.setattr(worker, "seal", poison)
    for _round in range(10):
        work()
        travel(minutes=2)
    assert state_of(share) == "failed"


@pytest.mark.gate("G16")
def test_a_stale_lease_never_sends(sent_to, travel):
    share, there = sent_to("blind")
    job = Job.objects.get()
    old = services.seal(job_id=job.pk, worker="slow")
    travel(seconds=61)
    services.recover()
    new = services.seal(job_id=job.pk, worker="quick")
    services.send(job_id=job.pk, lease=old)
    assert there.received == []
    services.send(job_id=job.pk, lease=new)
    services.send(job_id=job.pk, lease=new)
    services.send(job_id=job.pk, lease=old)
    assert len(there.received) == 1
    assert state_of(share) == "sent"


@pytest.mark.gate("G16")
def test_a_lease_that_ran_out_does_not_send_even_if_nobody_took_over(sent_to, travel):
    _share, there = sent_to("blind")
    job = Job.objects.get()
    lease = services.seal(job_id=job.pk, worker="slow")
    travel(seconds=61)
    services.send(job_id=job.pk, lease=lease)
    assert there.received == []


def test_a_worker_that_died_before_the_call_leaves_a_job_that_goes_out(sent_to, work, travel):
    share, there = sent_to("blind")
    claim()
    services.seal(job_id=Job.objects.get().pk, worker="dead")
    travel(seconds=61)
    work()
    assert state_of(share) == "sent"
    assert len(there.received) == 1


@pytest.mark.gate("G18")
def test_a_worker_that_died_in_the_call_leaves_doubt_and_no_second_call(sent_to, work, travel):
    share, there = sent_to("blind")
    job = Job.objects.get()
    lease = services.seal(job_id=job.pk, worker="dead")
    call = sending.begin_call(job_id=job.pk, lease=lease)
    sending.attempt(call)
    travel(seconds=61)
    work()
    assert state_of(share) == "unknown"
    assert len(there.received) == 1


@pytest.mark.gate("G3")
def test_bytes_that_were_changed_in_the_database_never_leave(sent_to, settings):
    _share, there = sent_to("blind")
    job = Job.objects.get()
    lease = services.seal(job_id=job.pk, worker="w")
    Job.objects.filter(pk=job.pk).update(mac="0" * 64)
    services.send(job_id=job.pk, lease=lease)
    assert there.received == []


def test_a_claimed_job_is_not_claimed_again_for_a_while(sent_to, travel):
    sent_to()
    assert claim() is not None
    assert claim() is None
    travel(seconds=80)
    assert claim() is not None


def test_a_worker_that_is_told_to_stop_takes_no_new_job(sent_to):
    _share, there = sent_to()
    worker = Worker("w")
    worker.stop()
    worker.round()
    assert there.received == []


def test_a_worker_shows_that_it_lives(db):
    from corpblog.sharing.selectors import is_worker_alive

    assert not is_worker_alive()
    Worker("w")._beat()
    assert is_worker_alive()
    WorkerBeat.objects.update(at=clock.now().replace(year=2020))
    assert not is_worker_alive()


@pytest.mark.gate("G18")
@pytest.mark.parametrize("refusal", ["token", "no", "busy"])
def test_a_refused_repetition_does_not_say_that_the_first_did_not_arrive(write, remote, alice, work, travel, refusal):
    """Its answer was lost, then the token ran out: it is there, and "not sent" would make somebody send it again."""
    destination, there = remote("key")
    there.next("accepted_then_silence", refusal)
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    work()
    travel(minutes=1)
    work()
    share.refresh_from_db()
    assert share.state == "sending"
    travel(minutes=5)
    work()
    share.refresh_from_db()
    assert (share.state, len(there.shown)) == ("sent", 1)


@pytest.mark.gate("G18")
def test_repetitions_that_are_refused_for_ever_leave_it_to_a_person(write, remote, alice, work, travel):
    destination, there = remote("key")
    there.next("accepted_then_silence", *["token"] * 20)
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    for _round in range(12):
        work()
        travel(minutes=6)
    share.refresh_from_db()
    assert (share.state, share.note) == ("unknown", "token")


def test_why_a_share_waits_is_news_for_open_pages(write, remote, alice, irene, work):
    """A page in another process asks what moved: the state is the same, and the reason is not."""
    destination, _there = remote("key")
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    services.close_destination(by=irene, destination=destination)
    since = clock.now()
    work()
    assert selectors.moved_since(since) == [(share.pk, "cleared destination_closed")]
    services.open_destination(by=irene, destination=destination)
