"""Two shares of the very same words: out there nobody tells them apart, and still each finds its own copy."""

from datetime import timedelta

import pytest

from corpblog.kernel import clock
from corpblog.sharing import canonical, credentials, services
from corpblog.sharing.models import Destination, Job, Receipt, Share
from corpblog.sharing.seals import opened
from tests.servers.faults import TOKEN, network

pytestmark = pytest.mark.django_db
WORDS = "The very same words"


@pytest.fixture
def there(settings):
    """A network with Mastodon's API."""
    with network(knows_keys=True, now=lambda: clock.now()) as (made, port):  # noqa: PLW0108
        settings.EGRESS_PRIVATE = [f"127.0.0.1:{port}"]
        made.server = f"http://127.0.0.1:{port}"
        yield made


@pytest.fixture
def account(there):
    facts = {"name": "M", "kind": "mastodon", "remote_account": "1@there", "config": {"server": there.server}}
    destination = Destination.objects.create(slug="m", **facts)
    destination.credentials = credentials.sealed({"token": TOKEN}, of=credentials.destination_name(destination.pk))
    destination.save()
    return destination


@pytest.fixture
def in_doubt(there, account, write, alice, bruno, travel, work):
    """Two shares whose answers were lost, and whose keys nobody there remembers any more."""
    for author in (alice, bruno):
        there.moods.append("accepted_then_silence")
        services.request_share(by=author, post=write(WORDS, by=author), destination=account)
        work()
        travel(seconds=2)
    travel(hours=3)
    there.requests.clear()
    first, second = Job.objects.order_by("first_call_at")
    assert {job.state for job in (first, second)} == {"doubtful"}
    return first, second


def holders(there):
    """Whose idempotency key each post came with that a receipt holds."""
    return {receipt.job_id: there.posts[receipt.remote_id]["key"] for receipt in Receipt.objects.all()}


def keys(*jobs):
    return {job.pk: opened(job_id=job.pk, body=job.sealed, seal=job.mac).key for job in jobs}


def posted(there):
    return [request for request in there.requests if request.method == "POST"]


@pytest.mark.gate("G19")
@pytest.mark.parametrize("is_turned", [False, True])
def test_each_share_finds_its_own_copy(there, in_doubt, work, travel, is_turned):
    """Also where the second one's turn to look comes first."""
    first, second = in_doubt
    if is_turned:
        Job.objects.filter(pk=first.pk).update(due_at=clock.now() + timedelta(seconds=30))
        work()
        assert not Receipt.objects.exists(), "it waits: the oldest copy is not its own"
    for _turn in range(3):
        travel(seconds=61)
        work()
    assert [share.state for share in Share.objects.all()] == ["sent", "sent"]
    assert holders(there) == keys(first, second)
    assert posted(there) == []


@pytest.mark.gate("G19")
def test_a_copy_that_belongs_to_a_share_is_nobody_elses(there, in_doubt, work, travel):
    """The second never arrived: it does not take the first one's copy for its own, and is sent."""
    first, second = in_doubt
    there.posts.pop("2")
    for _turn in range(6):
        travel(seconds=61)
        work()
    assert [share.state for share in Share.objects.all()] == ["sent", "sent"]
    assert Receipt.objects.get(job=first).remote_id == "1"
    assert Receipt.objects.get(job=second).remote_id == "3"
    assert {canonical.read(job.sealed)["text"] for job in Job.objects.all()} == {WORDS}
    assert len(posted(there)) == 1
