"""Drift watch: what changed on our accounts without us is an incident that an officer has to acknowledge."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from structlog.testing import capture_logs

from corpblog.audit.selectors import trail, verified
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.notifications.models import Notice
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, publish
from corpblog.sharing import selectors, services
from corpblog.sharing.connectors.base import Account
from corpblog.sharing.connectors.mastodon import Mastodon
from corpblog.sharing.models import Destination, Incident, Receipt, Share, Watch
from corpblog.sharing.services import watching
from tests.policy.extraction.files import picture
from tests.servers.faults import TOKEN
from tests.sharing.watched import account, only, out, posted_there, server, there, thread_out  # noqa: F401

pytestmark = pytest.mark.django_db
# ruff: noqa: F811 (fixtures that are asked for by their imported names)


@pytest.mark.parametrize(
    "text", ["Hello world", "Two\nlines & <signs>", "Hi @bob@other.example, see https://a.example/?a=1&b=2"]
)
def test_what_is_as_we_left_it_is_no_incident(out, text):
    out(text)
    assert services.watch() == 0
    assert services.watch() == 0
    assert not Incident.objects.exists()


def test_reach_is_read_with_it(out, there, alice, browser_of):
    share = out()
    (post,) = there.posts.values()
    post |= {"favourites_count": 3, "reblogs_count": 1, "replies_count": 2}
    services.watch()
    assert Receipt.objects.get().figures == {"likes": 3, "boosts": 1, "replies": 2}
    page = browser_of(alice).get(f"/shares/{share.pk}/").content.decode()
    assert "3 likes · 1 boost · 2 replies outside" in page


def test_an_edit_there_is_one_and_told_to_officers_once(out, there, omar, lena, alice):
    share = out()
    (post,) = there.posts.values()
    post |= {"text": "Hello, buy our shares", "content": "<p>Hello, buy our shares</p>"}
    assert services.watch() == 1
    assert services.watch() == 0
    incident = only("edited")
    assert (incident.share, incident.shows, incident.sent) == (share, "Hello, buy our shares", "Hello world")
    told = Notice.objects.filter(facts__step="incident_edited")
    assert {notice.person for notice in told} == {omar, lena}
    assert trail(f"incident:{incident.pk}")[0].action == "incident.raised"
    post |= {"text": "Sold", "content": "<p>Sold</p>"}
    assert services.watch() == 1


@pytest.fixture
def picture_out(account, policy, channel, alice, work, travel):
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    post = publish(by=alice, channel=channel, text="Look", files=[Wish(file.pk, "A boat")])
    services.request_share(by=alice, post=post, destination=account)
    work()
    travel(minutes=3)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"media_attachments": [{"id": "1", "description": "Buy our shares"}]}, "ALT 1: A boat → Buy our shares"),
        ({"media_attachments": [{"id": "1", "description": None}]}, "ALT 1: A boat → ∅"),
        ({"media_attachments": []}, "ALT 1: A boat → ∅"),
        ({"media_attachments": [{"id": n, "description": "A boat"} for n in "12"]}, "ALT 2: ∅ → A boat"),
        ({"spoiler_text": "Old news"}, "CW: ∅ → Old news"),
    ],
)
def test_another_picture_description_or_warning_there_is_an_incident(picture_out, there, change, told):
    assert services.watch() == 0
    (post,) = there.posts.values()
    post |= change
    assert services.watch() == 1
    assert services.watch() == 0
    assert only("edited").shows == f"Look\n{told}"
    post["spoiler_text"] = "And another"
    assert services.watch() == 1, "what changes again is told again"


def test_a_boost_by_our_account_is_an_incident(out, there):
    out()
    posted_there(there, "Buy theirs")
    (name,) = [name for name in there.posts if name.startswith("foreign")]
    there.posts[name] |= {"reblog": {"id": "9", "url": "https://rival.example/@rival/9"}, "url": None}
    assert services.watch() == 1
    assert services.watch() == 0
    assert only("foreign").shows == "↻ https://rival.example/@rival/9\nBuy theirs"


def test_boosting_our_own_words_while_they_are_on_their_way_is_an_incident_too(out, there, account):
    share = out("Hello world")
    share.job.state = "unknown"
    share.job.save()
    posted_there(there, "Hello world")
    (name,) = [name for name in there.posts if name.startswith("foreign")]
    assert services.watch() == 0, "it may be the very post that is being looked for"
    there.posts[name]["reblog"] = {"url": "https://there.example/1"}
    assert services.watch() == 1


def test_the_reach_of_a_thread_is_that_of_all_its_parts(thread_out, there, alice, browser_of):
    for number, post in enumerate(there.posts.values(), 1):
        post |= {"favourites_count": number, "reblogs_count": 0, "replies_count": 1 if number < 3 else 4}
    services.watch()
    # Two of the six replies are our own next parts.
    assert selectors.figures_of(thread_out) == {"likes": 6, "boosts": 0, "replies": 4}
    assert "6 likes" in browser_of(alice).get(f"/shares/{thread_out.pk}/").text


def test_a_rendering_that_shows_less_than_its_source_is_no_edit(out, there):
    out("Hi @bob@other.example")
    (post,) = there.posts.values()
    post["content"] = "<p>Hi @bob</p>"
    assert services.watch() == 0


def test_a_deletion_there_is_one_at_the_second_look(out, there):
    share = out()
    there.posts.clear()
    assert services.watch() == 0
    assert services.watch() == 1
    assert only("deleted").share == share


@pytest.mark.parametrize("number", [0, 1, 2])
def test_an_edit_of_any_part_of_a_thread_is_one(thread_out, there, number):
    assert services.watch() == 0
    post = list(there.posts.values())[number]
    words = post["text"]
    post |= {"text": "Buy our shares", "content": "<p>Buy our shares</p>"}
    assert services.watch() == 1
    assert services.watch() == 0
    incident = only("edited")
    assert (incident.share, incident.shows, incident.sent) == (thread_out, "Buy our shares", words)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_deletion_of_any_part_of_a_thread_is_one_at_the_second_look(thread_out, there, number):
    gone = list(there.posts)[number]
    kept = there.posts.pop(gone)
    assert services.watch() == 0
    there.posts[gone] = kept
    assert services.watch() == 0
    del there.posts[gone]
    assert [services.watch() for _look in range(3)] == [0, 1, 0]
    incident = only("deleted")
    assert (incident.share, incident.remote_id, incident.sent) == (thread_out, gone, kept["text"])


def test_a_later_part_that_is_older_than_the_newest_is_looked_at_too(thread_out, there):
    *_others, last = there.posts.values()
    last |= {"text": "Buy our shares", "content": "<p>Buy our shares</p>"}
    for number in range(41):
        there.posts[f"new{number}"] = last | {"id": f"new{number}", "created_at": "2000-01-01T00:00:00+00:00"}
    assert services.watch() == 1
    assert only("edited").share == thread_out


def test_a_part_of_a_thread_that_is_wanted_back_is_not_missed(thread_out, there, alice):
    services.recall(by=alice, share=thread_out, reason="Wrong")
    there.posts.clear()
    assert [services.watch() for _look in range(3)] == [0, 0, 0]


def test_a_post_that_comes_back_was_never_gone(out, there):
    out()
    kept = dict(there.posts)
    there.posts.clear()
    services.watch()
    there.posts.update(kept)
    services.watch()
    there.posts.clear()
    assert services.watch() == 0
    assert not Incident.objects.exists()


def test_a_post_without_a_ledger_entry_is_one(out, there):
    out()
    posted_there(there, "We never said this")
    assert services.watch() == 1
    assert services.watch() == 0
    incident = only("foreign")
    assert (incident.share, incident.shows, incident.url) == (
        None,
        "We never said this",
        "https://there.example/foreign1",
    )


def test_what_stood_there_before_we_came_is_none(there, account):
    posted_there(there, "Our first post, by hand")
    Destination.objects.filter(pk=account.pk).update(created_at=clock.now() + timedelta(minutes=1))
    assert services.watch() == 0


def test_what_was_taken_back_is_not_missed(out, there, alice, work):
    share = out()
    services.recall(by=alice, share=share, reason="Wrong")
    assert services.watch() == 0
    work()
    assert there.posts == {}
    assert services.watch() == services.watch() == 0


def test_what_is_on_its_way_or_unclear_is_not_a_strangers(write, alice, account, there, work):
    there.moods.append("accepted_then_silence")
    services.request_share(by=alice, post=write("Hello world"), destination=account)
    work()
    assert Share.objects.get().state == "sending"
    assert len(there.posts) == 1
    assert services.watch() == 0


@pytest.mark.parametrize("mood", ["error", "garbage", "lost", "token", "busy", "redirect", "nonsense"])
def test_a_server_in_trouble_is_no_incident_and_the_next_look_counts(out, there, travel, mood):
    out()
    posted_there(there, "We never said this")
    there.moods.append(mood)
    assert services.watch() == 0
    travel(minutes=15)
    assert services.watch() == 1


def test_one_account_in_trouble_does_not_keep_the_others_from_being_looked_at(out, there, account):
    out()
    Destination.objects.create(slug="a", name="A", kind="mastodon", config={"server": "nonsense"})
    Destination.objects.filter(pk=account.pk).update(slug="z")
    posted_there(there, "We never said this")
    assert services.watch() == 1


def looks(there):
    return len([request for request in there.requests if "/statuses?" in request.path])


def test_who_does_not_answer_is_asked_less_and_less_and_told_of_once(out, there, account, travel, irene, browser_of):
    out()
    before, at = looks(there), []
    there.moods += ["error"] * 100
    with capture_logs() as logs:
        for quarter in range(4 * 24):
            asked = looks(there)
            services.watch()
            at += [quarter] if looks(there) > asked else []
            travel(minutes=15)
    # Doubling from a quarter of an hour on to four hours, counted in quarters.
    assert at[:6] == [0, 1, 3, 7, 15, 30]
    assert looks(there) - before == len(at) < 12
    assert [entry["event"] for entry in logs] == ["drift_watch_failed"]
    page = browser_of(irene).get("/destinations/mastodon/").content.decode()
    assert "Not since" in page
    assert "The server cannot be reached." in page

    there.moods.clear()
    travel(hours=4)
    posted_there(there, "We never said this")
    with capture_logs() as logs:
        assert services.watch() == 1
    assert [entry["event"] for entry in logs] == ["drift_watch_resumed"]
    facts = [entry.action for entry in trail(f"destination:{account.pk}")]
    assert facts == ["destination.not_watched", "destination.watched_again"]
    page = browser_of(irene).get("/destinations/mastodon/").content.decode()
    assert "Last looked at" in page
    assert "Not since" not in page


def test_another_trouble_is_news_and_a_crash_shows_where_once(out, there, travel, monkeypatch):
    out()
    there.moods.append("error")
    with capture_logs() as logs:
        services.watch()
        travel(minutes=15)
        monkeypatch.setattr(Mastodon, "recent", lambda *_about: {}["nonsense"])
        for _look in range(3):
            services.watch()
            travel(hours=4)
    assert [(entry["why"], entry["exc_info"] is not None) for entry in logs] == [
        ("unreachable", False),
        ("watch_failed", True),
    ]


def test_an_account_that_is_connected_anew_is_looked_at_at_once(out, there, account, server, irene):
    out()
    there.moods.append("error")
    services.watch()
    posted_there(there, "We never said this")
    assert services.watch() == 0
    answers = {"server": account.config["server"], "token": TOKEN}
    destination = Destination.objects.get(pk=account.pk)
    services.connecting._put(
        destination,
        services.connecting.Found(
            services.Wish("mastodon", "Mastodon", "mastodon"),
            Account("1@there", "Acme", "", None),
            account.config,
            answers,
        ),
    )
    assert services.watch() == 1


def test_a_slow_server_has_the_rest_looked_at_in_the_next_round(out, there, travel, monkeypatch):
    for words in ("One", "Two", "Three"):
        out(words)
    there.posts.clear()
    clock_of_calls = iter(range(0, 1000, 25))
    monkeypatch.setattr(watching, "time", SimpleNamespace(monotonic=lambda: next(clock_of_calls)))
    services.watch()
    assert Receipt.objects.filter(misses=1).count() == 2, "a minute is over after the second"
    services.watch()
    assert Receipt.objects.filter(misses=0).count() == 0, "those come first that were not looked at"


def test_a_place_that_cannot_be_read_back_says_so(irene, browser_of):
    Destination.objects.create(slug="wire", name="Newswire", kind="webhook", config={"url": "https://wire.example/"})
    assert services.watch() == 0
    page = browser_of(irene).get("/destinations/wire/").content.decode()
    assert "nobody can read back what stands there" in page
    assert not Watch.objects.exists()


def test_an_officer_writes_down_what_it_was(out, there, omar, lena, victor, alice):
    out()
    posted_there(there, "We never said this")
    services.watch()
    found = only("foreign")
    for person in (alice, victor):
        with pytest.raises(NotAllowed):
            services.acknowledge_incident(by=person, incident_id=found.pk, note="Fine")
    for note in ("", "  ", "x" * 1001):
        with pytest.raises(Invalid):
            services.acknowledge_incident(by=omar, incident_id=found.pk, note=note)
    services.acknowledge_incident(by=omar, incident_id=found.pk, note="The agency, from its old tool")
    with pytest.raises(Conflict):
        services.acknowledge_incident(by=lena, incident_id=found.pk, note="Me too")
    entry = trail(f"incident:{found.pk}")[-1]
    assert (entry.action, entry.actor_id, entry.payload.facts["note"]) == (
        "incident.acknowledged",
        omar.pk,
        "The agency, from its old tool",
    )
    assert verified().holds
    assert services.watch() == 0


def test_the_desk_leads_to_the_page_and_the_page_keeps_what_was_typed(out, there, omar, browser_of):
    out()
    posted_there(there, "We never <b>said</b> this")
    services.watch()
    omars = browser_of(omar)
    assert b"1 incident on your accounts outside" in omars.get("/desk/").content
    page = omars.get("/desk/incidents/").content
    assert b"Not from Corpblog: Mastodon" in page
    assert b"We never &lt;b&gt;said&lt;/b&gt; this" in page
    address = f"/desk/incidents/{Incident.objects.get().pk}/acknowledge/"
    answer = omars.post(address, {"note": "y" * 1001})
    assert answer.status_code == 422
    assert b"y" * 1001 in answer.content
    answer = omars.post(address, {"note": "The agency"}, follow=True)
    assert b"Everything outside is as you left it" in answer.content
    assert b"The agency" in answer.content


def test_auditors_read_and_write_nothing_and_others_see_nothing(out, there, victor, alice, browser_of):
    out()
    posted_there(there, "We never said this")
    services.watch()
    page = browser_of(victor).get("/desk/incidents/").content
    assert b"We never said this" in page
    assert b"What was it" not in page
    assert browser_of(alice).get("/desk/incidents/").status_code == 403
