"""After a restore: what was sent since the backup is one calm notice, adopted with one click, and no stranger's."""

from datetime import timedelta

import pytest

from corpblog.audit.selectors import trail
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, NotAllowed
from corpblog.notifications.models import Notice
from corpblog.sharing import services
from corpblog.sharing.models import GateState, Incident
from tests.sharing.watched import account, out, posted_there, server, there  # noqa: F401

# ruff: noqa: F811 (fixtures that are asked for by their imported names)
pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(out, there, travel):
    """A backup, two posts after it that nobody here remembers, and the restore."""
    out("What the ledger knows")
    made = clock.now()
    travel(hours=1)
    posted_there(there, "Sent after the backup")
    posted_there(there, "And this as well")
    travel(hours=1)
    services.doubt_since(made)
    return made


def told(step):
    return Notice.objects.filter(facts__step=step)


def test_what_was_sent_since_is_one_notice_for_each_officer(restored, omar, lena):
    assert services.watch() == 2
    assert services.watch() == 0
    assert {incident.kind for incident in Incident.objects.all()} == {"forgot"}
    assert sorted(notice.person.username for notice in told("incident_forgot")) == ["lena", "omar"]
    assert not told("incident_foreign").exists()


@pytest.mark.parametrize("hours", [-1.5, 0.5])
def test_what_was_posted_before_the_backup_or_after_the_restore_is_a_strangers(restored, there, travel, omar, hours):
    travel(hours=1)
    posted_there(there, "We never said this")
    (name,) = (name for name, post in there.posts.items() if post["text"] == "We never said this")
    posted_at = (GateState.objects.get().restored_at if hours > 0 else restored) + timedelta(hours=hours)
    there.posts[name]["created_at"] = posted_at.isoformat()
    account_made = restored - timedelta(days=1)
    Incident._meta.get_field("destination").related_model.objects.update(created_at=account_made)
    services.watch()
    assert Incident.objects.get(shows="We never said this").kind == "foreign"


def test_one_click_adopts_them_all_and_each_is_in_the_log(restored, account, omar, alice, victor):
    services.watch()
    for person in (alice, victor):
        with pytest.raises(NotAllowed):
            services.adopt_forgotten(by=person, destination_id=account.pk)
    assert services.adopt_forgotten(by=omar, destination_id=account.pk) == 2
    with pytest.raises(Conflict):
        services.adopt_forgotten(by=omar, destination_id=account.pk)
    for incident in Incident.objects.all():
        assert (incident.acknowledged_by, incident.note) == (omar, "Ours, sent after the backup was made.")
        entry = trail(f"incident:{incident.pk}")[-1]
        assert (entry.action, entry.actor_id) == ("incident.adopted", omar.pk)
    assert services.watch() == 0


def test_one_that_is_not_ours_becomes_a_strangers_and_is_told_of(restored, account, omar, lena, alice):
    services.watch()
    mine = Incident.objects.get(shows="And this as well")
    with pytest.raises(NotAllowed):
        services.disown_forgotten(by=alice, incident_id=mine.pk)
    services.disown_forgotten(by=omar, incident_id=mine.pk)
    assert told("incident_foreign").count() == 2
    assert services.adopt_forgotten(by=lena, destination_id=account.pk) == 1
    mine.refresh_from_db()
    assert (mine.kind, mine.acknowledged_at) == ("foreign", None)
    with pytest.raises(Conflict):
        services.disown_forgotten(by=omar, incident_id=mine.pk)
    assert services.watch() == 0, "it is not asked a second time whose it is"


def test_the_page_shows_them_together_and_one_button(restored, account, omar, victor, browser_of):
    services.watch()
    omars = browser_of(omar)
    page = omars.get("/desk/incidents/").content.decode()
    assert "Since the backup: Mastodon" in page
    assert "All 2 are ours" in page
    assert "Everything outside is as you left it" not in page
    reader = browser_of(victor).get("/desk/incidents/").content.decode()
    assert "Sent after the backup" in reader
    assert "All 2 are ours" not in reader
    answer = omars.post("/desk/incidents/adopt/", {"destination": account.pk}, follow=True)
    assert "Everything outside is as you left it" in answer.content.decode()
    again = omars.post("/desk/incidents/adopt/", {"destination": account.pk}, follow=True)
    assert "Somebody acknowledged these posts already." in again.content.decode()


def test_a_second_restore_that_reaches_back_keeps_the_older_stretch(restored):
    services.doubt_since(restored + timedelta(hours=1))
    assert GateState.objects.get().backup_of == restored
    later = GateState.objects.get().restored_at + timedelta(seconds=1)
    services.doubt_since(later)
    assert GateState.objects.get().backup_of == later
