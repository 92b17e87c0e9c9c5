"""LinkedIn against what its documentation says of it; every byte that it gets is written down."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpblog.kernel import blobs
from corpblog.kernel.errors import Invalid
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, publish
from corpblog.sharing import canonical, connectors, services
from corpblog.sharing.connectors.linkedin import LinkedIn, little, plain
from corpblog.sharing.errors import TooLongThere
from corpblog.sharing.models import Incident, Job, Receipt, Share
from corpblog.sharing.seals import mac, opened
from corpblog.sharing.services.sending import target_of
from corpblog.sharing.wishes import Wish as ShareWish
from tests.policy.extraction.files import picture
from tests.servers.recorder import Reply, recorder
from tests.sharing.networks.linkedin import CLIENT, LITTLE, SECRET, FakeLinkedIn
from tests.sharing.remotes import publish_whole

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
BACK = "https://blog.acme.example/destinations/back/"


@pytest.fixture
def there(settings, monkeypatch):
    network = FakeLinkedIn()
    with recorder(network) as place:
        settings.EGRESS_PRIVATE = [place.place]
        monkeypatch.setitem(connectors.CONNECTORS, "linkedin", LinkedIn(api=place.base, site=place.base))
        place.network, network.base = network, place.base
        yield place


def connected(there, by, organization="5515715"):
    answers = {"client_id": CLIENT, "client_secret": SECRET, "organization": organization}
    wish = services.Wish(slug="linkedin", name="LinkedIn", kind="linkedin")
    page = services.begin_sign_in(by=by, wish=wish, answers=answers, redirect=BACK)
    query = parse_qs(urlsplit(page).query)
    return services.complete_sign_in(by=by, state=query["state"][0], code=there.network.say_yes(query))


@pytest.fixture
def destination(there, irene):
    return connected(there, irene)


def posts_of(request_list):
    return [request for request in request_list if (request.method, request.route) == ("POST", "/rest/posts")]


def test_a_page_or_the_member_who_signed_in_is_the_account(there, irene, db):
    assert connected(there, irene).remote_account == "urn:li:organization:5515715"


def test_without_a_page_it_is_the_member_who_signed_in(there, irene):
    made = connected(there, irene, organization="")
    assert (made.remote_account, made.speaker) == ("urn:li:person:abc123", "Chloé Dubois")


def test_a_share_appears_there_in_the_format_it_asks_for(there, destination, sent_there):
    text = "We (Acme) open #hiring_now at 5 * 3 [today] & <more> @you | a_b ~ {c} \\ C# https://acme.example/a_b"
    assert sent_there(destination, text).state == "sent"
    (post,) = there.network.posts.values()
    assert post["author"] == "urn:li:organization:5515715"
    assert "{hashtag|\\#|hiring\\_now}" in post["commentary"]
    assert plain(post["commentary"]) == text
    (request,) = posts_of(there.received)
    assert request.headers["LinkedIn-Version"] == "202605"
    assert request.headers["X-Restli-Protocol-Version"] == "2.0.0"
    assert Receipt.objects.get().remote_id == post["id"]


@given(st.text())
def test_any_text_is_escaped_as_the_grammar_asks_and_read_back_the_same(text):
    assert LITTLE.fullmatch(little(text))
    assert plain(little(text)) == text


@pytest.mark.parametrize("number", [1, 2])
def test_pictures_arrive_with_their_alt_texts(number, there, destination):
    form = canonical.read(
        canonical.build(text="Look", language="", speaker="", destination_id=1, kind="linkedin", account="a")
    )
    file = {"name": "a.png", "kind": "image/png", "sha256": blobs.write(b"PNG"), "size": 3, "alt": "A boat"}
    body = json.dumps(form | {"attachments": [file | {"width": 1, "height": 1}] * number})
    payload = opened(job_id=1, body=body, seal=mac(1, body))
    publish_whole(connectors.CONNECTORS["linkedin"], payload, target_of(destination))
    (post,) = there.network.posts.values()
    images = [post["content"]["media"]] if number == 1 else post["content"]["multiImage"]["images"]
    assert [image["altText"] for image in images] == ["A boat"] * number
    assert list(there.network.images.values()) == [b"PNG"] * number


@pytest.mark.gate("G18")
@pytest.mark.parametrize("lost", [Reply(504), Reply(201), Reply(silence=True)])
def test_a_lost_answer_is_looked_for_on_the_page_and_never_repeated(lost, there, destination, sent_there, work, travel):
    destination.config |= {"seconds": 1}
    destination.save()
    there.next(lost, after_acting=True)
    assert sent_there(destination, "Once #only").state == "sending"
    travel(seconds=61)
    work()
    assert Share.objects.get().state == "sent"
    assert len(posts_of(there.received)) == 1


@pytest.mark.gate("G18")
def test_a_members_posts_cannot_be_read_back_so_a_person_looks(there, irene, sent_there, work, travel):
    destination = connected(there, irene, organization="")
    there.next(Reply(504), after_acting=True)
    sent_there(destination, "Who knows")
    for _look in range(9):
        travel(minutes=31)
        work()
    assert Share.objects.get().state == "unknown"
    assert len(posts_of(there.received)) == 1


def test_a_wait_that_is_asked_for_is_kept(there, destination, sent_there, work, travel):
    there.next(Reply(429, {"message": "Resource level throttle limit reached"}, headers={"Retry-After": "300"}))
    assert sent_there(destination, "Patience").note == "asked_to_wait"
    travel(seconds=290)
    work()
    assert not there.network.posts
    travel(seconds=20)
    work()
    assert len(there.network.posts) == 1


def test_a_token_that_was_taken_back_there_ends_the_share_and_says_who_helps(there, destination, sent_there):
    there.network.tokens.clear()
    share = sent_there(destination, "Hello")
    assert (share.state, share.note, there.network.posts) == ("failed", "token", {})
    assert len(posts_of(there.received)) == 1
    assert services.watch() == 0
    assert destination.watch.trouble == "token"


@pytest.mark.parametrize("may_count", [True, False])
def test_reach_of_a_page_is_read_where_that_is_permitted(there, destination, sent_there, travel, may_count):
    sent_there(destination, "We open")
    (urn,) = there.network.posts
    counts = {"likeCount": 5, "shareCount": 2, "commentCount": 1, "impressionCount": 900, "clickCount": 7}
    there.network.statistics, there.network.counts = {urn: counts}, may_count
    travel(minutes=3)
    assert services.watch() == 0
    told = {"likes": 5, "boosts": 2, "replies": 1, "views": 900}
    assert Receipt.objects.get().figures == (told if may_count else {})


def test_another_description_or_a_reshare_on_the_page_is_an_incident(
    there, destination, policy, channel, alice, work, travel
):
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    post = publish(by=alice, channel=channel, text="Look", files=[Wish(file.pk, "A boat")])
    services.request_share(by=alice, post=post, destination=destination)
    work()
    travel(minutes=3)
    assert services.watch() == 0, "what we sent is no incident"
    (there_now,) = there.network.posts.values()
    there_now["content"]["media"]["altText"] = ""
    assert services.watch() == 1
    assert Incident.objects.get().shows == "Look\nALT 1: A boat → ∅"
    urn = "urn:li:share:9"
    there.network.posts[urn] = there_now | {"id": urn, "commentary": "", "reshareContext": {"parent": "urn:li:share:1"}}
    assert services.watch() == 1
    assert Incident.objects.latest("pk").shows.startswith("↻ https://www.linkedin.com/feed/update/urn:li:share:1/")


@pytest.mark.parametrize("kind", ["edited", "deleted", "foreign"])
def test_what_somebody_does_to_the_page_is_an_incident(there, destination, sent_there, travel, kind):
    share = sent_there(destination, "We open #today [in Lyon]")
    travel(minutes=3)
    assert services.watch() == 0, "what we sent is no incident"
    (post,) = there.network.posts.values()
    if kind == "edited":
        post["commentary"] = "We close"
    elif kind == "deleted":
        there.network.posts.clear()
        assert services.watch() == 0, "gone at one look may be a server's bad moment"
    else:
        there.network.create({"author": post["author"], "commentary": "Written by hand"})
    assert services.watch() == 1
    incident = Incident.objects.get()
    assert (incident.kind, incident.share) == (kind, None if kind == "foreign" else share)


def test_a_members_posts_are_not_watched_and_the_page_says_why(there, irene, browser_of):
    connected(there, irene, organization="")
    before = len(there.received)
    assert services.watch() == 0
    assert len(there.received) == before
    page = browser_of(irene).get("/destinations/linkedin/").content.decode()
    assert "The network does not let us read this account" in page


def test_a_version_that_is_over_fails_the_share_and_says_so(there, destination, sent_there):
    there.next(Reply(426, {"status": 426, "message": "Requested version 20230101 is not active"}))
    share = sent_there(destination, "Too old")
    assert (share.state, share.note) == ("failed", "refused")
    assert "not active" in Job.objects.get().told


def test_what_was_sent_can_be_taken_back_twice(there, destination, sent_there):
    sent_there(destination, "Oops")
    for _time in range(2):
        connectors.CONNECTORS["linkedin"].delete(Receipt.objects.get().remote_id, target_of(destination))
    assert there.network.posts == {}


def test_a_wrong_secret_is_told(there, irene):
    wish = services.Wish(slug="linkedin", name="LinkedIn", kind="linkedin")
    answers = {"client_id": CLIENT, "client_secret": "wrong"}
    page = services.begin_sign_in(by=irene, wish=wish, answers=answers, redirect=BACK)
    query = parse_qs(urlsplit(page).query)
    with pytest.raises(Invalid, match="token"):
        services.complete_sign_in(by=irene, state=query["state"][0], code=there.network.say_yes(query))


def test_a_correction_updates_the_commentary_only_and_a_lost_answer_is_repeated(
    there, destination, sent_there, alice, work, travel
):
    share = sent_there(destination, "On Monday (at 5)")
    (before,) = (dict(post) for post in there.network.posts.values())
    correction = services.correct(by=alice, share=share, words="On Tuesday (at 5) #day", reason="The day")
    there.next(Reply(504), after_acting=True)
    work()
    assert Share.objects.get(pk=correction.pk).state == "sending"
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=correction.pk).state == "sent"
    (after,) = there.network.posts.values()
    assert plain(after["commentary"]) == "On Tuesday (at 5) #day"
    assert after == before | {"commentary": after["commentary"]}


def test_what_is_gone_there_is_not_corrected(there, destination, sent_there, alice, work):
    share = sent_there(destination, "On Monday")
    there.network.posts.clear()
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="The day")
    work()
    correction.refresh_from_db()
    assert (correction.state, correction.note) == ("failed", "gone_there")


def granted(requests):
    return [request.form() for request in requests if request.route == "/oauth/v2/accessToken"]


def test_a_token_is_renewed_before_its_sixty_days_are_over(there, irene, sent_there, travel):
    there.network.gives_refresh_tokens = True
    destination = connected(there, irene)
    ends = destination.token_until
    there.network.tokens.clear()  # the first token is over there, too
    travel(days=60, minutes=-5)
    assert sent_there(destination, "With a new token").state == "sent"
    _code, renewal = granted(there.received)
    assert renewal == {
        "grant_type": "refresh_token",
        "refresh_token": there.network.refreshes[0],
        "client_id": CLIENT,
        "client_secret": SECRET,
    }
    destination.refresh_from_db()
    assert destination.token_until > ends
    # The refresh token is kept for the next time.
    travel(days=60, minutes=-5)
    assert sent_there(destination, "And again").state == "sent"
    assert len(granted(there.received)) == 3


def test_a_renewal_that_is_refused_says_so_on_the_page(there, irene, sent_there, travel, browser_of):
    there.network.gives_refresh_tokens = True
    destination = connected(there, irene)
    there.network.refreshes.clear()
    travel(days=60, minutes=-5)
    assert sent_there(destination, "With the old one").state == "sent"
    assert "could not be renewed" in browser_of(irene).get("/destinations/linkedin/").text


def test_the_end_of_a_token_that_does_not_renew_itself_is_shown_and_warned_of(there, irene, travel, browser_of):
    connected(there, irene)
    page = browser_of(irene).get("/destinations/linkedin/").text
    assert "Signed in until" in page
    assert "ends soon" not in page
    travel(days=47)
    assert "ends soon and does not renew itself" in browser_of(irene).get("/destinations/linkedin/").text
    assert "Sign-in ends" in browser_of(irene).get("/destinations/").text
    travel(days=14)
    assert "sign-in there is over" in browser_of(irene).get("/destinations/linkedin/").text


# The first comment ---------------------------------------------------------------------------------------------------


@pytest.fixture
def commented(write, alice, work):
    """Share a post with a first comment, let the worker work, and give the share as it is then."""

    def ask(destination, text="We open in Lyon", comment="More: https://acme.example/lyon"):
        wish = ShareWish(comment=comment)
        share = services.request_share(by=alice, post=write(text), destination=destination, wish=wish)
        work()
        work()
        return Share.objects.get(pk=share.pk)

    return ask


def test_the_first_comment_stands_under_the_post(there, destination, commented):
    assert commented(destination).state == "sent"
    (post,), (comment,) = there.network.posts.values(), there.network.comments.values()
    assert comment["object"] == post["id"]
    assert comment["actor"] == "urn:li:organization:5515715"
    assert comment["message"] == {"text": "More: https://acme.example/lyon"}
    assert "Lyon" in post["commentary"]
    assert "More" not in post["commentary"]


@pytest.mark.gate("G4")
def test_the_first_comment_is_scanned(there, destination, commented):
    assert commented(destination, comment="Ask us about Falcon").state == "held"
    assert there.network.posts == {}


@pytest.mark.gate("G18")
def test_a_comment_whose_answer_was_lost_is_looked_for_and_sent_once(there, destination, commented, work, travel):
    there.next(None)  # the post arrives
    there.next(Reply(500), after_acting=True)  # the comment as well, but nobody hears so
    share = commented(destination)
    assert share.state == "sending"
    travel(minutes=2)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert len(there.network.comments) == 1


@pytest.mark.gate("G18")
def test_under_a_members_post_a_person_looks_for_a_lost_comment(there, irene, commented, work, travel):
    there.network.gives_refresh_tokens = False
    member = connected(there, irene, organization="")
    there.next(None)
    there.next(Reply(500), after_acting=True)
    share = commented(member)
    for _time in range(12):
        travel(hours=1)
        work()
    assert Share.objects.get(pk=share.pk).state == "unknown"
    assert len(there.network.comments) == 1


def test_recalling_takes_the_comment_and_the_post_away(there, destination, commented, alice, work):
    share = commented(destination)
    services.recall(by=alice, share=share, reason="Wrong city")
    work()
    assert share.recall.state == "done"
    assert (there.network.posts, there.network.comments) == ({}, {})


def test_a_comment_that_is_too_long_there_is_refused_before_anybody_looks(there, destination, commented):
    with pytest.raises(TooLongThere) as refused:
        commented(destination, comment="x" * 1251)
    assert refused.value.longest == 1250


def test_a_text_that_is_too_long_is_no_thread_there(there, destination, write, alice):
    with pytest.raises(TooLongThere):
        services.request_share(
            by=alice, post=write("Hi"), destination=destination, wish=ShareWish(words="So long. " * 400, as_thread=True)
        )
