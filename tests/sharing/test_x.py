"""X against what its documentation says of it; every byte that it gets is written down."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from corpblog.kernel import blobs, clock
from corpblog.kernel.errors import Invalid
from corpblog.people.models import RoleGrant
from corpblog.posts.files import Wish as FileWish
from corpblog.posts.services import attach, publish
from corpblog.sharing import canonical, connectors, services
from corpblog.sharing.connectors.x import X
from corpblog.sharing.models import Destination, Incident, Job, Receipt, Share, SignInTrip
from corpblog.sharing.seals import mac, opened
from corpblog.sharing.services.sending import target_of
from corpblog.sharing.services.watching import watch_destination
from corpblog.sharing.wishes import Wish
from tests.policy.extraction.files import picture
from tests.servers.recorder import Reply, recorder
from tests.sharing.networks.x import CLIENT, SECRET, FakeX
from tests.sharing.remotes import publish_whole

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
BACK = "https://blog.acme.example/destinations/back/"
ANSWERS = {"client_id": CLIENT, "client_secret": SECRET}


@pytest.fixture
def there(settings, monkeypatch):
    network = FakeX()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        monkeypatch.setitem(connectors.CONNECTORS, "x", X(api=place.base, site=place.base))
        place.network = network
        yield place


def set_out(by, answers=ANSWERS):
    """Begin to connect; what X's page is asked for."""
    wish = services.Wish(slug="x", name="X, @acme", kind="x")
    page = services.begin_sign_in(by=by, wish=wish, answers=answers, redirect=BACK)
    return parse_qs(urlsplit(page).query)


@pytest.fixture
def destination(there, irene):
    query = set_out(irene)
    return services.complete_sign_in(by=irene, state=query["state"][0], code=there.network.say_yes(query))


# Connecting ---------------------------------------------------------------------------------------------------------


def test_connecting_leads_to_xs_own_page_and_back(there, destination):
    assert (destination.remote_account, destination.speaker) == ("2244994945@x.com", "Acme")
    assert not SignInTrip.objects.exists()


def test_neither_secret_nor_token_is_in_the_database_in_clear(there, irene):
    query = set_out(irene)
    rows = json.dumps([*SignInTrip.objects.values()], default=str)
    assert SECRET not in rows
    made = services.complete_sign_in(by=irene, state=query["state"][0], code=there.network.say_yes(query))
    rows = json.dumps([*Destination.objects.values()], default=str)
    for canary in (SECRET, *there.network.tokens, *there.network.refreshes):
        assert canary not in rows + repr(made)


def test_the_way_back_is_the_persons_own_once_and_for_ten_minutes(there, irene, person, travel):
    ivan = person("ivan")
    RoleGrant.objects.create(person=ivan, role="connector_admin")
    query = set_out(irene)
    state, code = query["state"][0], there.network.say_yes(query)
    with pytest.raises(Invalid, match="not yours"):
        services.complete_sign_in(by=ivan, state=state, code=code)
    with pytest.raises(Invalid, match="not yours"):
        services.complete_sign_in(by=irene, state=state + "x", code=code)
    travel(minutes=11)
    with pytest.raises(Invalid, match="too old"):
        services.complete_sign_in(by=irene, state=state, code=code)
    assert not Destination.objects.filter(slug="x").exists()


def test_a_no_there_connects_nothing_and_the_way_back_is_used_up(there, irene):
    query = set_out(irene)
    with pytest.raises(Invalid, match="did not say yes"):
        services.complete_sign_in(by=irene, state=query["state"][0], code="")
    with pytest.raises(Invalid, match="Begin again"):
        services.complete_sign_in(by=irene, state=query["state"][0], code=there.network.say_yes(query))


def test_a_stolen_code_is_worth_nothing_without_our_secret_of_the_trip(there, irene):
    """PKCE: the code of another trip does not open with this one's verifier."""
    mine, other = set_out(irene), set_out(irene)
    stolen = there.network.say_yes(other)
    with pytest.raises(Invalid):
        services.complete_sign_in(by=irene, state=mine["state"][0], code=stolen)


def test_a_wrong_client_secret_is_told(there, irene):
    query = set_out(irene, ANSWERS | {"client_secret": "wrong"})
    with pytest.raises(Invalid, match="token"):
        services.complete_sign_in(by=irene, state=query["state"][0], code=there.network.say_yes(query))


# Sending ------------------------------------------------------------------------------------------------------------


def test_a_share_appears_there_word_for_word(there, destination, sent_there):
    text = 'Café ☕ & <b>"quotes"</b> https://acme.example/jobs'
    assert sent_there(destination, text).state == "sent"
    (post,) = there.network.posts.values()
    assert post["wrote"] == text
    assert Receipt.objects.get().url == f"https://x.com/i/web/status/{post['id']}"


def test_a_picture_arrives_with_its_alt_text(there, destination):
    form = canonical.read(
        canonical.build(text="Look", language="", speaker="", destination_id=1, kind="x", account="a")
    )
    file = {"name": "a.png", "kind": "image/png", "sha256": blobs.write(b"PNG"), "size": 3, "alt": "A boat"}
    body = json.dumps(form | {"attachments": [file | {"width": 1, "height": 1}]})
    payload = opened(job_id=1, body=body, seal=mac(1, body))
    publish_whole(connectors.CONNECTORS["x"], payload, target_of(destination))
    (post,) = there.network.posts.values()
    (media,) = post["media"]
    assert (there.network.media[media], there.network.alts[media]) == (b"PNG", "A boat")


@pytest.mark.gate("G18")
@pytest.mark.parametrize("lost", [Reply(503), Reply(200, b"<html>"), Reply(silence=True)])
def test_a_lost_answer_is_looked_for_and_never_repeated(lost, there, destination, sent_there, work, travel):
    destination.config |= {"seconds": 1}
    destination.save()
    there.next(lost, after_acting=True)
    share = sent_there(destination, "Once & only https://acme.example/a?b=1&c=2")
    assert (share.state, Job.objects.get().state) == ("sending", "doubtful")
    travel(seconds=61)
    work()
    assert Share.objects.get().state == "sent"
    assert Receipt.objects.get().how == "found"
    assert len([request for request in there.received if request.route == "/2/tweets"]) == 1


@pytest.mark.gate("G18")
def test_x_calling_it_a_duplicate_is_no_proof_that_it_is_ours(there, destination, sent_there, work, travel):
    there.network.create({"text": "The very same words"})
    travel(hours=1)
    share = sent_there(destination, "The very same words")
    assert (share.state, Job.objects.get().trouble) == ("sending", "perhaps_there")


@pytest.mark.gate("G18")
def test_a_timeline_that_our_plan_may_not_read_leaves_it_to_a_person(there, destination, sent_there, work, travel):
    there.next(Reply(503), after_acting=True)
    sent_there(destination, "Who knows")
    for _look in range(9):
        there.next(Reply(403, {"title": "Forbidden", "detail": "not in your plan"}))
        travel(minutes=31)
        work()
    assert Share.objects.get().state == "unknown"
    assert len([request for request in there.received if request.route == "/2/tweets"]) == 1


# Threads ------------------------------------------------------------------------------------------------------------

# Letters that weigh two each: X counts 280 of these as 560.
LONG = " ".join(f"第{number}句話說的是我們在里昂的新辦公室，那裡有花園。" for number in range(14))


@pytest.fixture
def thread(write, alice, work, travel):
    """Ask for a thread with a first comment, and work until nothing moves; give the share."""

    def ask(destination, text=LONG, rounds=5):
        wish = Wish(as_thread=True, comment="More: https://acme.example/a?b=1&c=2")
        share = services.request_share(by=alice, post=write(text), destination=destination, wish=wish)
        for _round in range(rounds):
            work()
            travel(seconds=61)
        return Share.objects.get(pk=share.pk)

    return ask


def chain(there):
    """What stands there, each under the one before."""
    posts = list(there.network.posts.values())
    above = [post.get("referenced_tweets", [{"id": None}])[0]["id"] for post in posts]
    assert above == [None, *(post["id"] for post in posts[:-1])]
    return [post["wrote"] for post in posts]


def test_a_thread_is_cut_by_xs_own_weights_and_hangs_together(there, destination, thread):
    share = thread(destination)
    said = chain(there)
    assert share.state == "sent"
    assert said == canonical.parts(canonical.read(share.revision.canonical))
    assert len(said) == 4
    assert all(len(part) <= 140 and X().length(part) <= 280 for part in said)
    assert watch_destination(destination) == 0, "parts of ours are no strangers"


@pytest.mark.gate("G18")
@pytest.mark.parametrize("part", [0, 1, 3])
@pytest.mark.parametrize("lost", [Reply(503), Reply(200, b"<html>")])
def test_a_lost_answer_in_a_thread_is_looked_for_under_its_part(lost, part, there, destination, thread):
    # The very words of the comment stand there already, under nothing: they are not ours.
    there.network.create({"text": "More: https://acme.example/a?b=1&c=2 "})
    (stranger,) = there.network.posts
    there.next(*[None] * part, lost, after_acting=True)
    share = thread(destination)
    del there.network.posts[stranger]
    assert share.state == "sent"
    assert chain(there) == canonical.parts(canonical.read(share.revision.canonical))
    assert len([request for request in there.received if request.route == "/2/tweets"]) == 4


@pytest.mark.gate("G18")
def test_a_part_that_did_not_arrive_is_sent_after_two_looks(there, destination, thread):
    there.next(None, None, Reply(503))
    share = thread(destination)
    assert share.state == "sent"
    assert len(chain(there)) == 4


def test_a_thread_on_x_is_taken_back_last_part_first(there, destination, thread, alice, work):
    share = thread(destination)
    ids = list(there.network.posts)
    services.recall(by=alice, share=share, reason="Wrong")
    work()
    assert not there.network.posts
    deleted = [request.route.rpartition("/")[2] for request in there.received if request.method == "DELETE"]
    assert deleted == ids[::-1]


def test_a_rate_limit_is_respected_by_its_reset_time(there, destination, sent_there, work, travel):
    reset = str(int(clock.now().timestamp()) + 120)
    there.next(Reply(429, {}, headers={"x-rate-limit-reset": reset}))
    assert sent_there(destination, "Patience").note == "asked_to_wait"
    travel(seconds=100)
    work()
    assert not there.network.posts
    travel(seconds=30)
    work()
    assert len(there.network.posts) == 1


def test_a_wait_that_is_asked_for_in_seconds_is_kept(there, destination, sent_there, work, travel):
    there.next(Reply(429, {}, headers={"Retry-After": "300"}))
    assert sent_there(destination, "Patience").note == "asked_to_wait"
    travel(seconds=290)
    work()
    assert not there.network.posts
    travel(seconds=20)
    work()
    assert len(there.network.posts) == 1


def test_a_token_that_was_taken_back_there_ends_the_share_and_says_who_helps(there, destination, sent_there, travel):
    there.network.tokens.clear()
    there.network.refreshes.clear()
    share = sent_there(destination, "Hello")
    assert (share.state, share.note, there.network.posts) == ("failed", "token", {})
    assert (
        len([request for request in there.received if request.method == "POST" and request.route == "/2/tweets"]) == 1
    )
    assert services.watch() == 0
    assert destination.watch.trouble == "token"


@pytest.mark.gate("G18")
def test_a_token_that_ends_while_an_answer_is_lost_leaves_the_doubt(there, destination, sent_there, work, travel):
    there.next(Reply(503), after_acting=True)
    sent_there(destination, "Once only")
    there.network.tokens.clear()
    travel(seconds=61)
    work()
    assert Job.objects.get().state == "doubtful", "nobody may look, which does not say that it is not there"
    travel(hours=3)
    work()
    assert Share.objects.get().state == "sent", "the renewed token may look"
    assert len(there.network.posts) == 1


def test_a_token_is_renewed_before_it_is_over_and_the_new_renewal_kept(there, destination, sent_there, travel):
    for hours in (2, 4, 6):
        travel(hours=2)
        assert sent_there(destination, f"After {hours} hours").state == "sent"
    assert len(there.network.refreshes) == 1


def test_a_renewal_that_fails_is_tried_again_and_leaves_the_old_token(there, destination, sent_there, travel):
    travel(minutes=112)
    there.next(Reply(503))
    assert sent_there(destination, "With the old one").state == "sent"
    travel(minutes=5)
    assert sent_there(destination, "With the new one").state == "sent"


def test_a_recall_after_hours_of_silence_renews_the_token_first(there, destination, sent_there, alice, work, travel):
    share = sent_there(destination, "Oops")
    travel(hours=3)
    services.recall(by=alice, share=share, reason="Wrong day")
    work()
    assert share.recall.state == "done"
    assert there.network.posts == {}


def test_the_drift_watch_after_hours_of_silence_renews_the_token_first(there, destination, sent_there, travel):
    sent_there(destination, "Open")
    travel(hours=3)
    rewritten(there.network, "We never said this")
    assert watch_destination(destination) == 1


def test_a_token_that_nobody_can_open_leaves_a_recall_to_a_person(there, destination, sent_there, alice, work, travel):
    share = sent_there(destination, "Oops")
    travel(hours=3)
    Destination.objects.update(credentials="broken")
    services.recall(by=alice, share=share, reason="Wrong day")
    work()
    assert (share.recall.state, share.recall.trouble) == ("by_hand", "token")


def test_what_was_sent_can_be_taken_back_twice(there, destination, sent_there):
    sent_there(destination, "Oops")
    for _time in range(2):
        connectors.CONNECTORS["x"].delete(Receipt.objects.get().remote_id, target_of(destination))
    assert there.network.posts == {}


# Watching ------------------------------------------------------------------------------------------------------------


def rewritten(network, text):
    (post,) = network.posts.values()
    post |= {"text": text, "wrote": text, "entities": {}}


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (lambda network: rewritten(network, "We never said this"), "edited"),
        (lambda network: network.posts.clear(), "deleted"),
        (lambda network: network.create({"text": "Written by hand"}), "foreign"),
    ],
)
def test_what_somebody_does_to_our_account_is_an_incident(there, destination, sent_there, travel, happens, kind):
    share = sent_there(destination, "Open at acme.example & https://acme.example/jobs")
    travel(minutes=3)
    assert services.watch() == 0, "what we sent is no incident"
    happens(there.network)
    if kind == "deleted":
        assert services.watch() == 0, "gone at one look may be a server's bad moment"
    assert services.watch() == 1
    incident = Incident.objects.get()
    assert (incident.kind, incident.share) == (kind, None if kind == "foreign" else share)


def test_reach_is_read_with_it(there, destination, sent_there, travel):
    sent_there(destination, "Hello")
    (post,) = there.network.posts.values()
    post["public_metrics"] |= {"like_count": 5, "retweet_count": 2, "quote_count": 1, "impression_count": 900}
    travel(minutes=3)
    services.watch()
    assert Receipt.objects.get().figures == {"likes": 5, "boosts": 2, "replies": 0, "quotes": 1, "views": 900}


def test_other_descriptions_and_reposts_are_incidents(there, destination, policy, channel, alice, work, travel):
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    post = publish(by=alice, channel=channel, text="Look", files=[FileWish(file.pk, "A boat")])
    services.request_share(by=alice, post=post, destination=destination)
    work()
    travel(minutes=3)
    assert services.watch() == 0, "what we sent is no incident"
    (media,) = there.network.alts
    there.network.alts[media] = "Something else"
    assert services.watch() == 1
    assert Incident.objects.get().shows == "Look\nALT 1: A boat → Something else"
    there.network.create({"text": "RT @rival: Buy theirs"})
    newest = list(there.network.posts.values())[-1]
    newest["referenced_tweets"] = [{"type": "retweeted", "id": "77"}]
    assert services.watch() == 1
    boost = Incident.objects.latest("pk")
    assert (boost.kind, boost.shows) == ("foreign", "↻ https://x.com/i/web/status/77\nRT @rival: Buy theirs")


def test_a_plan_that_may_not_read_is_no_incident_and_the_page_says_so(there, destination, irene, browser_of):
    there.next(Reply(403, {"title": "Forbidden", "detail": "not in your plan"}))
    assert services.watch() == 0
    page = browser_of(irene).get("/destinations/x/").content.decode()
    assert "Not since" in page
    assert "not in your plan" in page


def test_a_lost_post_with_a_bare_link_is_found(there, destination, sent_there, work, travel):
    there.next(Reply(503), after_acting=True)
    sent_there(destination, "Jobs at acme.example")
    travel(seconds=61)
    work()
    assert Receipt.objects.get().how == "found"


# Length: the examples of X's page on counting characters and of twitter-text's conformance suite ---------------------


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("a" * 280, 280),
        ("é" * 10, 10),
        ("e\u0301", 1),
        ("日" * 140, 280),
        ("한글", 4),
        ("\u201cquoted\u201d", 8),
        ("…", 2),
        ("😷", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("🇫🇷", 2),
        ("👋🏽", 2),
        ("1️⃣", 2),
        ("https://acme.example/a/very/long/address/that/goes/on", 23),
        ("see http://x.co now", 4 + 23 + 4),
        ("acme.com", 23),
        ("me@acme.com", 11),
    ],
)
def test_length_is_weighted_as_x_weighs(text, weight):
    assert X().length(text) == weight
