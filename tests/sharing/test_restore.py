"""A backup that is brought back sends nothing again: what may have been sent since is looked for outside first."""

from datetime import timedelta

import pytest
from django.db import transaction

from corpblog.kernel import clock
from corpblog.sharing import services
from corpblog.sharing.models import Job, Share
from corpblog.sharing.selectors import reason_in_words
from tests.sharing.children import told_by


@pytest.mark.gate("G32")
@pytest.mark.usefixtures("django_db_setup")
def test_a_restored_backup_sends_nothing_again(tmp_path):
    told = told_by("tests.sharing.drill", tmp_path)
    assert told["audit_holds"]
    # No token is in the backup in clear; that words of posts are found says that the search finds what is there.
    assert told["in_clear"]["secret"] == 0
    assert told["in_clear"]["words"] >= 1
    assert len(told["shares"]) == 12
    for share in told["shares"]:
        # The drill itself: all of it was out before the database was lost.
        assert share["before"] == 1, share
        assert share["after"] == 1, share
        assert share["state"] == ("unknown" if share["repeat"] == "blind" else "sent"), share


@pytest.fixture
def cleared(write, remote, alice):
    destination, there = remote("readable")
    return services.request_share(by=alice, post=write("Hello outside"), destination=destination), there


@pytest.mark.django_db
@pytest.mark.gate("G32")
def test_what_did_not_go_out_since_the_backup_goes_out_after_two_looks(cleared, work, travel):
    share, there = cleared
    services.doubt_since(clock.now() - timedelta(hours=1))
    assert "look there first" in reason_in_words(Share.objects.get())
    work()
    assert there.received == []
    travel(seconds=61)
    work()
    assert len(there.received) == 1
    share.refresh_from_db()
    assert (share.state, share.in_doubt_since) == ("sent", None)


@pytest.mark.django_db
@pytest.mark.gate("G32")
@pytest.mark.parametrize("minutes", [5, 55, 300])
def test_what_was_approved_and_sent_after_the_backup_is_not_sent_at_a_second_approval(
    write, remote, alice, omar, work, travel, minutes
):
    """The job of the second approval is another one, so the remote does not recognise its key."""
    destination, there = remote("key")
    share = services.request_share(by=alice, post=write("Falcon flies"), destination=destination)
    backup, made = transaction.savepoint(), clock.now()
    approve_and_work(share, omar, work)
    transaction.savepoint_rollback(backup)
    travel(minutes=minutes)
    services.doubt_since(made)
    approve_and_work(share, omar, work)
    assert len(there.shown) == 1
    assert Share.objects.get().state == "sent"


def approve_and_work(share, officer, work):
    services.decide(
        by=officer, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=clock.now()
    )
    work()


@pytest.mark.django_db
@pytest.mark.gate("G32")
def test_a_share_that_is_asked_for_after_the_restore_is_not_in_doubt(cleared, write, alice, press, work):
    services.doubt_since(clock.now() - timedelta(hours=1))
    services.request_share(by=alice, post=write("New words"), destination=press)
    assert Share.objects.get(destination=press).in_doubt_since is None
    work()
    assert Job.objects.get(share__destination=press).state == "sent"


@pytest.mark.django_db
def test_a_second_restore_doubts_from_the_older_backup_on(cleared):
    older, newer = clock.now() - timedelta(days=2), clock.now() - timedelta(days=1)
    services.doubt_since(newer)
    services.doubt_since(older)
    services.doubt_since(newer)
    assert Share.objects.get().in_doubt_since == older
