"""Several people and workers at the same moment."""

import os
import random
import threading

import pytest

from corpblog.audit.selectors import verified
from corpblog.kernel.errors import CorpblogError
from corpblog.sharing import services
from corpblog.sharing.models import Decision, Destination, Job, PressItem, Share
from corpblog.sharing.worker import Worker
from tests.threads import at_once, threads_database  # noqa: F401

RACES = int(os.environ.get("GATE_RACES", "30"))
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads_database")]


@pytest.fixture
def held(write, press, alice):
    def share(text="Falcon flies"):
        return services.request_share(by=alice, post=write(text), destination=press)

    return share


def late(act, seconds):
    """Let the other one go ahead by so much; what is tested holds for any order."""

    def later():
        threading.Event().wait(seconds)
        return act()

    return later


def rule(by, share, ruling, fresh):
    return lambda: services.decide(
        by=by,
        share_id=share.pk,
        revision_digest=share.digest,
        ruling=ruling,
        reason="because",
        authenticated_at=fresh,
    )


@pytest.mark.gate("G11")
def test_one_reviewer_in_many_tabs_counts_once(held, omar, fresh):
    share = held("The takeover")
    answers = at_once(*[rule(omar, share, "approve", fresh)] * 50)
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert all(isinstance(answer, Share | CorpblogError) for answer in answers)
    assert Decision.objects.count() == 1
    assert Share.objects.get(pk=share.pk).state == "held"


@pytest.mark.gate("G12")
def test_approve_and_reject_at_once_never_let_it_out(held, omar, lena, fresh):
    """`make gate` plays a thousand; who is let go first, and by how much, is another each time."""
    chance = random.Random("approve and reject")
    for number in range(RACES):
        share = held(f"Falcon {number}")
        acts = [rule(omar, share, "approve", fresh), rule(lena, share, "reject", fresh)]
        delayed = [late(act, chance.choice([0, 0, chance.random() / 50])) for act in acts]
        approved, rejected = at_once(*delayed)
        state = Share.objects.get(pk=share.pk).state
        # Whoever came first: a rejection that was taken stands.
        assert state == ("rejected" if isinstance(rejected, Share) else "approved")
        assert isinstance(approved, Share | CorpblogError)
        assert isinstance(rejected, Share)
    Worker("w").round()
    assert not PressItem.objects.exists()


@pytest.mark.gate("G19")
def test_many_workers_send_each_share_once(held, write, press, alice):
    for number in range(6):
        services.request_share(by=alice, post=write(f"Clean {number}"), destination=press)
    at_once(*[Worker(f"w{number}").round for number in range(4)])
    Worker("last").round()
    assert PressItem.objects.count() == 6
    assert Job.objects.filter(state="sent").count() == 6
    assert verified().holds


def test_many_workers_seal_one_job_once(write, press, alice):
    services.request_share(by=alice, post=write("Clean"), destination=press)
    job = Job.objects.get()
    leases = at_once(*[lambda: services.seal(job_id=job.pk, worker="w")] * 6)
    assert sorted(leases, key=str) == [1, None, None, None, None, None]


def test_asking_many_times_at_once_makes_one_share(write, press, alice):
    post = write("Once")
    answers = at_once(*[lambda: services.request_share(by=alice, post=post, destination=press)] * 6)
    assert Share.objects.count() == 1
    assert {answer.pk for answer in answers if isinstance(answer, Share)} == {Share.objects.get().pk}


def test_withdrawing_and_sealing_at_once_agree(write, press, alice):
    for number in range(5):
        share = services.request_share(by=alice, post=write(f"Clean {number}"), destination=press)
        job = Job.objects.get(share=share)
        lease, _withdrawn = at_once(
            lambda job=job: services.seal(job_id=job.pk, worker="w"),
            lambda share=share: services.withdraw(by=alice, share=share),
        )
        if lease is not None:
            services.send(job_id=job.pk, lease=lease)
        assert Share.objects.get(pk=share.pk).state == "withdrawn"
    assert not PressItem.objects.exists()


def test_the_log_does_not_fork_when_many_write(held, omar, lena, press, irene, fresh):
    shares = [held(f"Falcon {number}") for number in range(5)]
    acts = [rule(omar, share, "approve", fresh) for share in shares]
    acts += [lambda: services.close_gate(by=irene, reason="drill")]
    acts += [lambda: services.close_destination(by=irene, destination=Destination.objects.get(slug="press"))]
    answers = at_once(*acts)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert verified().holds
