"""The Bluesky connector against a real server, read back over its own protocol; Bluesky's own library judges facets."""

import hashlib
import io
import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from corpblog.kernel import blobs, clock, egress, ids
from corpblog.kernel.errors import Invalid
from corpblog.posts.files import Wish as FileWish
from corpblog.posts.services import attach, publish
from corpblog.sharing import canonical, services
from corpblog.sharing.connectors.base import Refused, Target, Unclear
from corpblog.sharing.connectors.bluesky import LONGEST, Bluesky, record_key
from corpblog.sharing.connectors.bluesky_facets import facets
from corpblog.sharing.errors import TooLongThere
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Destination, Incident, Job, Receipt, Share
from corpblog.sharing.seals import SealedPayload, mac, opened
from corpblog.sharing.services.sending import target_of
from corpblog.sharing.services.watching import watch_destination
from corpblog.sharing.wishes import Wish
from tests.servers.bluesky import bluesky, facets_of
from tests.servers.front import front
from tests.servers.recorder import Reply, recorder
from tests.sharing.remotes import publish_whole

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.xdist_group("bluesky")]
FAMILY = "👨‍👩‍👧‍👦"


@pytest.fixture(scope="module")
def process():
    with bluesky() as server:
        yield server


@pytest.fixture(scope="module")
def acme(process):
    return process.account("acmenews")


@pytest.fixture(scope="module")
def partner(process):
    return process.account("globexnews")


@pytest.fixture
def there(process, acme, settings):
    settings.EGRESS_PRIVATE = [process.place]
    yield acme
    acme.clear()


def connect(irene, account, **more):
    answers = {"server": account.server.base, "handle": account.handle, "password": account.app_password} | more
    return services.connect(by=irene, slug="bluesky", name="Bluesky", kind="bluesky", answers=answers)


@pytest.fixture
def destination(there, irene):
    return connect(irene, there)


@pytest.fixture
def behind(process, destination, settings):
    """The same destination through a proxy that can lose answers, with three seconds a request so that silence ends."""
    with front(process.port) as lossy:
        settings.EGRESS_PRIVATE = [lossy.place]
        destination.config |= {"seconds": 3, "server": lossy.base}
        destination.save()
        yield destination, lossy


def payload_of(**content):
    form = canonical.read(
        canonical.build(text="Hi", language="en", speaker="", destination_id=1, kind="bluesky", account="did:plc:x")
    )
    body = json.dumps(form | content)
    job_id = ids.new_id()
    return opened(job_id=job_id, body=body, seal=mac(job_id, body))


def put(payload, destination):
    return publish_whole(Bluesky(), payload, target_of(destination))


# Connecting ---------------------------------------------------------------------------------------------------------


def test_connecting_asks_the_server_which_identity_we_are(there, destination):
    assert destination.remote_account == there.did
    assert destination.speaker == there.handle
    assert there.app_password not in json.dumps(list(Destination.objects.values()), default=str)


def test_a_wrong_password_is_refused_with_what_to_do(there, irene):
    with pytest.raises(Invalid, match="Check both"):
        connect(irene, there, password="wrong")
    assert not Destination.objects.filter(slug="bluesky").exists()


def test_something_else_than_bluesky_is_recognised(there, irene, monkeypatch):
    monkeypatch.setattr(egress, "send", lambda *_a, **_k: egress.Answer(200, {}, b"<html>", "https://x.example/"))
    with pytest.raises(Invalid, match="does not answer as a Bluesky server"):
        connect(irene, there)


@pytest.mark.gate("G15")
def test_another_account_behind_the_destination_voids_what_was_cleared(
    there, partner, destination, write, alice, irene, omar, work
):
    share = services.request_share(by=alice, post=write("For Acme only"), destination=destination)
    connect(irene, partner)
    services.decide_change(by=omar, change_id=destination.changes.get().pk, confirm=True, authenticated_at=clock.now())
    work()
    assert there.texts() == []
    assert partner.texts() == []
    voided = Share.objects.get(pk=share.pk)
    assert voided.state == "held"
    assert canonical.read(voided.revision.canonical)["destination"]["account"] == partner.did
    assert voided.revisions.count() == 2


@pytest.mark.gate("G15")
def test_another_server_that_claims_our_identity_needs_a_second_person_and_voids_what_was_cleared(
    process, there, destination, write, alice, irene, omar, work, settings
):
    share = services.request_share(by=alice, post=write("For Acme only"), destination=destination)
    with front(process.port) as claims:
        settings.EGRESS_PRIVATE = [process.place, claims.place]
        kept = connect(irene, there, server=claims.base)
        assert (kept.remote_account, kept.config["server"]) == (there.did, process.base)
        change = destination.changes.get()
        services.decide_change(by=omar, change_id=change.pk, confirm=True, authenticated_at=clock.now())
        work()
    assert Share.objects.get(pk=share.pk).state == "held"
    assert there.texts() == []


# What arrives -------------------------------------------------------------------------------------------------------


def test_a_share_appears_there_word_for_word(there, destination, sent_there):
    text = 'We are opening a new café in the old town ☕ & <b>tags</b> "quotes"'
    share = sent_there(destination, text)
    assert share.state == "sent"
    (record,) = there.records()
    assert (record["text"], record["langs"]) == (text, ["en"])
    assert Receipt.objects.get().remote_id == record["uri"]
    assert Receipt.objects.get().url == f"https://bsky.app/profile/{there.did}/post/{record['uri'].rpartition('/')[2]}"


def test_links_tags_and_people_are_marked_by_their_bytes(there, partner, destination, sent_there):
    text = "Émile 👋 @globexnews.test and @nobody.test: https://acme.example/jobs?a=1, #hiring!"
    sent_there(destination, text)
    (record,) = there.records()
    marked = {
        text.encode()[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(): facet["features"]
        for facet in record["facets"]
    }
    kind = "app.bsky.richtext.facet#"
    assert marked == {
        "@globexnews.test": [{"$type": kind + "mention", "did": partner.did}],
        "https://acme.example/jobs?a=1": [{"$type": kind + "link", "uri": "https://acme.example/jobs?a=1"}],
        "#hiring": [{"$type": kind + "tag", "tag": "hiring"}],
    }


CORPUS = [
    "plain",
    "@acme.test",
    "(@acme.test)",
    "mail me at a@acme.test",
    "@acme.test. @other.test, @no",
    "é @acme.test 👨‍👩‍👧‍👦 @other.test",
    "https://acme.example",
    "see (https://acme.example/a_(b)) and (https://acme.example/c)",
    "https://acme.example/x?y=1#z!",
    "HTTPS://ACME.EXAMPLE",
    "\nhttps://one.example\nhttps://two.example;",
    "#tag #two-words #with_under #été #日本 \uff03wide",
    "#tag! #a,b #c.",
    "a#b",
    "#",
    "#️⃣",
    "#1",
    "#1a",
    "##double",
    "#" + "x" * 65,
    "#" + "x" * 62 + "👋",
    "#" + "x" * 63 + "👋",
    "#zero\u200bwidth",
]


def as_seen(text):
    return sorted(_spot(facet) for facet in facets(Marked(text), lambda handle: handle))


def _spot(facet):
    (feature,) = facet["features"]
    told = feature.get("did") or feature.get("uri") or feature.get("tag")
    return (facet["index"]["byteStart"], facet["index"]["byteEnd"], feature["$type"], told)


def test_facets_are_those_that_blueskys_own_library_sees():
    for text, theirs in zip(CORPUS, facets_of(CORPUS), strict=True):
        assert as_seen(text) == sorted(_spot(facet) for facet in theirs), text


# No full stop: where one makes a bare name, the library goes a way of its own (docs/connectors.md).
PIECES = ["#", "a", "é", "👋", " ", "\n", "!", ",", "(", ")", "-", "1", "https://x.example/", "#ok", "日"]


def test_links_and_tags_in_any_text_are_those_of_blueskys_own_library():
    drawn = random.Random(20)
    texts = ["".join(drawn.choices(PIECES, k=drawn.randint(1, 12))) for _text in range(3000)]
    for text, theirs in zip(texts, facets_of(texts), strict=True):
        assert as_seen(text) == sorted(_spot(facet) for facet in theirs), text


def test_what_is_too_long_there_is_said_before_anything_is_asked(destination, write, alice):
    for too_long in ("é" * 301, FAMILY * 121, FAMILY * 300):
        with pytest.raises(TooLongThere):
            services.request_share(by=alice, post=write(too_long), destination=destination)
    assert not Share.objects.exists()


def test_the_server_takes_3000_bytes_and_not_one_more(there, destination):
    # 25 bytes each: 120 of them are 3,000 bytes in 120 characters.
    put(payload_of(text=FAMILY * 120), destination)
    assert there.texts() == [FAMILY * 120]
    assert Bluesky().length(FAMILY * 120) == LONGEST
    assert Bluesky().length(FAMILY * 120 + "!") > LONGEST
    with pytest.raises(Refused):
        put(payload_of(text=FAMILY * 120 + "!"), destination)


def test_a_thread_of_many_bytes_is_cut_into_parts_that_the_server_takes(there, destination, write, alice, work):
    words = " ".join([FAMILY * 20] * 15)
    post = write(words)
    share = services.request_share(by=alice, post=post, destination=destination, wish=Wish(as_thread=True))
    for _part in range(3):
        work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert sorted(text.rpartition(" ")[2] for text in there.texts()) == ["1/3", "2/3", "3/3"]
    assert "".join(there.texts()).count(FAMILY) == 300
    assert all(len(text.encode()) <= 3000 for text in there.texts())


def test_the_server_takes_300_of_what_people_see_as_one_character(there, destination, sent_there):
    assert sent_there(destination, "é👍🏽" * 150).state == "sent"
    assert there.texts() == ["é👍🏽" * 150]


def picture(colour="navy"):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(buffer, "PNG")
    return buffer.getvalue()


def attach_picture(by):
    return attach(by=by, place="new", name="a.png", data=picture()).pk


def attached(data, alt="A navy rectangle", kind="image/png", **more):
    return {"name": "a.png", "kind": kind, "sha256": blobs.write(data), "size": len(data), "alt": alt} | {
        "width": 40,
        "height": 20,
        **more,
    }


def test_a_picture_arrives_with_its_alt_text_and_its_very_bytes(there, destination):
    data = picture()
    put(payload_of(attachments=[attached(data)]), destination)
    ((image,),) = [record["embed"]["images"] for record in there.records()]
    assert (image["alt"], image["aspectRatio"]) == ("A navy rectangle", {"width": 40, "height": 20})
    assert there.server.blob(there.did, image["image"]["ref"]["$link"]) == data


@pytest.mark.gate("G3")
@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (
            lambda: [attached(picture(colour)) for colour in ("red", "green", "blue", "white", "black")],
            "too_many_files",
        ),
        (lambda: [attached(b"%PDF", kind="application/pdf")], "file_kind"),
        (lambda: [attached(picture(), size=2_000_001)], "file_too_large"),
        (lambda: [attached(picture(), sha256=hashlib.sha256(b"other").hexdigest())], "file_missing"),
    ],
)
def test_a_picture_that_cannot_go_keeps_everything_back(there, destination, spoil, code):
    with pytest.raises(Refused) as refused:
        put(payload_of(attachments=spoil()), destination)
    assert refused.value.code == code
    assert there.records() == []


# Once ---------------------------------------------------------------------------------------------------------------


@pytest.mark.gate("G18")
@pytest.mark.parametrize("loss", ["silence", "reset", "500", "garbage"])
def test_accepted_with_its_answer_lost_is_published_once(loss, there, behind, sent_there, work, travel):
    destination, lossy = behind
    lossy.lose(loss, path="/xrpc/com.atproto.repo.putRecord")
    share = sent_there(destination, "Once only")
    assert there.texts() == ["Once only"]
    assert (share.state, Job.objects.get().state) == ("sending", "doubtful")
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert there.texts() == ["Once only"]
    assert Receipt.objects.get().remote_id == there.records()[0]["uri"]
    assert len([asked for asked in lossy.asked if asked[1].endswith("putRecord")]) == 2


@pytest.mark.gate("G18")
def test_hours_later_it_is_looked_for_under_its_key(there, behind, sent_there, work, travel):
    destination, lossy = behind
    lossy.lose("500", path="/xrpc/com.atproto.repo.putRecord")
    share = sent_there(destination, "Found again")
    travel(hours=5)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert Receipt.objects.get().how == "found"
    assert there.texts() == ["Found again"]


@pytest.mark.gate("G32")
def test_a_job_that_a_restore_gave_another_key_finds_what_the_lost_one_sent(there, destination, sent_there):
    sent_there(destination, "Sent before the loss")
    payload = payload_of(text="Sent before the loss")
    since = clock.now() - timedelta(minutes=1)
    found = Bluesky().find(payload, target_of(destination), since=since, known=frozenset())
    assert found.remote_id == there.records()[0]["uri"]
    known = frozenset({found.remote_id})
    assert Bluesky().find(payload, target_of(destination), since=since, known=known) is None
    later = clock.now() + timedelta(hours=1)
    assert Bluesky().find(payload, target_of(destination), since=later, known=frozenset()) is None


@pytest.mark.gate("G19")
def test_what_lies_under_the_key_is_never_overwritten(there, destination):
    payload = payload_of(text="First")
    put(payload, destination)
    replayed = SealedPayload(job_id=payload.job_id, digest="", key=payload.key, body=payload_of(text="Second").body)
    put(replayed, destination)
    assert there.texts() == ["First"]


def test_an_outage_of_the_sign_in_is_no_doubt(there, behind, sent_there, work, travel):
    destination, lossy = behind
    services.sending.connector_for("bluesky").__init__()
    lossy.lose("500", path="/xrpc/com.atproto.server.createSession")
    share = sent_there(destination, "After the outage")
    assert (share.state, share.note) == ("cleared", "unreachable")
    travel(seconds=10)
    work()
    assert there.texts() == ["After the outage"]


def test_a_token_that_is_over_is_renewed_and_the_call_made_again(there, destination):
    connector = Bluesky()
    target = target_of(destination)
    connector.publish(payload_of(text="One"), target, not_after=float("inf"))
    (key,) = connector._sessions._kept
    until, session = connector._sessions._kept[key]
    connector._sessions._kept[key] = (until, session | {"accessJwt": "over"})
    connector.publish(payload_of(text="Two"), target, not_after=float("inf"))
    assert sorted(there.texts()) == ["One", "Two"]


def test_a_revoked_app_password_fails_the_share_and_says_so(process, irene, settings, sent_there):
    settings.EGRESS_PRIVATE = [process.place]
    brief = process.account("brief")
    destination = connect(irene, brief)
    process.ask("com.atproto.server.revokeAppPassword", token=brief.token, body={"name": "Corpblog"})
    services.sending.connector_for("bluesky").__init__()
    share = sent_there(destination, "No entry")
    assert (share.state, share.note) == ("failed", "password")


def test_what_was_sent_can_be_taken_back_twice(there, destination, sent_there):
    sent_there(destination, "Oops")
    for _time in range(2):
        Bluesky().delete(Receipt.objects.get().remote_id, target_of(destination))
    assert there.texts() == []


@pytest.mark.parametrize(
    ("happens", "kind"),
    [
        (lambda account, key: account.put(key, "We opened in Lyon, and in Paris"), "edited"),
        (lambda account, key: account.clear(), "deleted"),
        (lambda account, key: account.put("3l7mxq2cyzk2a", "Written by hand"), "foreign"),
    ],
)
def test_what_somebody_does_to_our_account_is_an_incident(there, destination, sent_there, travel, happens, kind):
    share = sent_there(destination, "We opened in Lyon")
    assert watch_destination(destination) == 0, "what we sent is no incident"
    happens(there, Receipt.objects.get().remote_id.rpartition("/")[2])
    travel(hours=1)
    if kind == "deleted":
        assert watch_destination(destination) == 0, "gone at one look may be a server's bad moment"
    assert watch_destination(destination) == 1
    incident = Incident.objects.get()
    assert (incident.kind, incident.share) == (kind, None if kind == "foreign" else share)
    assert watch_destination(destination) == 0, "it is told once"


def _with_images(record, *alts):
    (image,) = record["embed"]["images"]
    return {"embed": record["embed"] | {"images": [image | {"alt": alt} for alt in alts]}}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda record: _with_images(record, "Something else"), "ALT 1: A boat → Something else"),
        (lambda record: _with_images(record, "A boat", "A boat"), "ALT 2: ∅ → A boat"),
        (lambda record: {}, "ALT 1: A boat → ∅"),
        (
            lambda record: {
                "embed": record["embed"],
                "labels": {"$type": "com.atproto.label.defs#selfLabels", "values": [{"val": "nudity"}]},
            },
            "CW: ∅ → nudity",
        ),
    ],
)
def test_other_pictures_descriptions_and_warnings_than_ours_are_an_incident(
    there, destination, policy, channel, alice, work, travel, change, told
):
    post = publish(by=alice, channel=channel, text="Look", files=[FileWish(attach_picture(alice), "A boat")])
    services.request_share(by=alice, post=post, destination=destination)
    work()
    travel(minutes=3)
    assert watch_destination(destination) == 0, "the very bytes are there, under the name that is made of them"
    (record,) = there.records()
    there.put(record["uri"].rpartition("/")[2], "Look", **change(record))
    assert watch_destination(destination) == 1
    assert told in Incident.objects.get().shows
    assert watch_destination(destination) == 0


def test_another_picture_under_the_same_description_is_an_incident(
    there, destination, policy, channel, alice, work, travel
):
    post = publish(by=alice, channel=channel, text="Look", files=[FileWish(attach_picture(alice), "A boat")])
    services.request_share(by=alice, post=post, destination=destination)
    work()
    travel(minutes=3)
    (sent,) = post.files
    forged = payload_of(text="x", attachments=[attached(picture("red"), alt="A boat")])
    put(forged, destination)
    ours = next(record for record in there.records() if record["text"] == "Look")
    theirs = next(record for record in there.records() if record["text"] == "x")
    there.put(ours["uri"].rpartition("/")[2], "Look", embed=theirs["embed"])
    there.delete(theirs["uri"].rpartition("/")[2])
    assert watch_destination(destination) == 1
    assert f"SHA-256 1: {sent['sha256']} → " in Incident.objects.get().shows


def test_a_repost_by_our_account_is_an_incident(there, destination, sent_there, travel):
    sent_there(destination, "We opened in Lyon")
    told = there.server.ask("com.atproto.repo.listRecords", repo=there.did, collection="app.bsky.feed.post")
    travel(minutes=3)
    there.boost(told["records"][0]["uri"], told["records"][0]["cid"])
    assert watch_destination(destination) == 1
    incident = Incident.objects.get()
    assert incident.kind == "foreign"
    assert incident.shows.startswith("↻ https://bsky.app/profile/")
    assert watch_destination(destination) == 0


def test_the_networks_index_counts_likes_and_replies(settings):
    """As docs.bsky.app describes it: the real server of these tests has no index behind it."""
    uris = [f"at://did:plc:x/app.bsky.feed.post/{number}" for number in range(30)]
    value = {"text": "Hi", "createdAt": "2026-01-01T00:00:00Z"}

    def index(request):
        match request.route.removeprefix("/xrpc/"):
            case "com.atproto.server.createSession":
                return Reply(200, {"accessJwt": "t", "did": "did:plc:x", "handle": "acme.test"})
            case "com.atproto.repo.listRecords" if request.query["collection"] == ["app.bsky.feed.repost"]:
                return Reply(200, {"records": []})
            case "com.atproto.repo.listRecords":
                return Reply(200, {"records": [{"uri": uri, "value": value} for uri in uris]})
        assert request.route == "/xrpc/app.bsky.feed.getPosts"
        assert request.headers["Authorization"] == "Bearer t"
        assert request.query["uris"] == uris[:25]
        counts = {"likeCount": 4, "repostCount": 3, "replyCount": 2, "quoteCount": 1, "bookmarkCount": 9}
        return Reply(200, {"posts": [{"uri": uris[1], **counts}]})

    with recorder(index) as place:
        settings.EGRESS_PRIVATE = [place.place]
        target = Target(1, "did:plc:x", {"server": place.base, "handle": "acme.test"}, {"password": "p"})
        seen = Bluesky().recent(target)
    assert [post.remote_id for post in seen] == uris
    assert seen[1].figures == {"likes": 4, "boosts": 3, "replies": 2, "quotes": 1}
    assert seen[0].figures == {}


def test_what_is_held_never_reaches_the_server(there, destination, sent_there):
    assert sent_there(destination, "Falcon flies").state == "held"
    assert there.texts() == []


@given(
    st.integers(1_577_836_800_000, 3_700_000_000_000),  # the milliseconds of ids, from 2020 to 2087
    st.binary(min_size=32, max_size=32),
)
def test_a_record_key_is_a_tid_of_its_jobs_instant(milliseconds, key):
    job_id = ids.new_id(datetime.fromtimestamp(milliseconds / 1000, UTC))
    payload = SealedPayload(job_id=job_id, digest="", key=key.hex(), body="")
    tid = record_key(payload)
    assert len(tid) == 13
    assert tid[0] in "234567abcdefghij"
    number = 0
    for letter in tid:
        number = number * 32 + "234567abcdefghijklmnopqrstuvwxyz".index(letter)
    assert abs((number >> 10) // 1000 - milliseconds) <= 1


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error": "InvalidRequest", "message": "Record/text must not be longer"}', Refused),
        (403, b"nonsense", Refused),
        (429, b"{}", Refused),
        (502, b"", Unclear),
        (301, b"", Unclear),
        (200, b"[]", Unclear),
        (200, b"not json", Unclear),
    ],
)
def test_every_answer_is_either_a_clear_no_or_doubt(monkeypatch, status, body, kind):
    session = b'{"accessJwt": "t", "did": "did:plc:x", "handle": "acme.test"}'

    def send(_method, url, **_more):
        is_sign_in = url.endswith("createSession")
        return egress.Answer(200 if is_sign_in else status, {}, session if is_sign_in else body, url)

    monkeypatch.setattr(egress, "send", send)
    target = Target(1, "did:plc:x", {"server": "https://x.example", "handle": "acme.test"}, {"password": "p"})
    with pytest.raises(kind):
        Bluesky().publish(payload_of(text="Hi"), target, not_after=float("inf"))


def test_a_named_link_is_a_facet_on_its_name_and_a_correction_keeps_it(there, destination, sent_there, alice, work):
    share = sent_there(destination, "Grüße: **read** [our #page](https://acme.example/a) now")
    (record,) = there.records()
    assert record["text"] == "Grüße: read our #page now"
    (facet,) = record["facets"]
    assert facet["features"] == [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.example/a"}]
    spot = facet["index"]
    assert record["text"].encode()[spot["byteStart"] : spot["byteEnd"]].decode() == "our #page"
    words = services.words_outside(share).replace("now", "today")
    services.correct(by=alice, share=share, words=words, reason="The day")
    work()
    (after,) = there.records()
    assert (after["text"], after["facets"]) == ("Grüße: read our #page today", record["facets"])
    assert watch_destination(destination) == 0


# Corrections ----------------------------------------------------------------------------------------------------------


@pytest.mark.gate("G28")
def test_a_correction_changes_the_words_of_the_record_and_nothing_else(
    there, destination, sent_there, alice, work, write, monkeypatch
):
    share = sent_there(destination, "We open on Monday https://acme.example/a")
    (before,) = there.records()
    correction = services.correct(
        by=alice, share=share, words="Wir öffnen am Dienstag: https://acme.example/b", reason="The day"
    )
    work()
    (after,) = there.records()
    assert Share.objects.get(pk=correction.pk).state == "sent"
    assert (after["uri"], after["createdAt"]) == (before["uri"], before["createdAt"])
    assert after["text"] == "Wir öffnen am Dienstag: https://acme.example/b"
    assert after["facets"] == facets_of([after["text"]])[0]
    assert watch_destination(destination) == 0, "our own edit is no drift"


@pytest.mark.gate("G18")
@pytest.mark.parametrize("loss", ["silence", "reset", "500", "garbage"])
def test_a_lost_answer_to_an_edit_is_repeated_without_harm(loss, there, behind, sent_there, alice, work, travel):
    destination, lossy = behind
    share = sent_there(destination, "On Monday")
    lossy.lose(loss, path="/xrpc/com.atproto.repo.putRecord")
    correction = services.correct(by=alice, share=share, words="On Tuesday", reason="The day")
    work()
    assert Share.objects.get(pk=correction.pk).state == "sending"
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=correction.pk).state == "sent"
    assert there.texts() == ["On Tuesday"]
    services.recall(by=alice, share=share, reason="All wrong")
    work()
    assert there.texts() == []


def test_pictures_stay_through_a_correction(there, destination):
    picture = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(picture, "PNG")
    data = picture.getvalue()
    file = {"name": "a.png", "kind": "image/png", "sha256": blobs.write(data), "size": len(data), "alt": "Red"}
    carried = [file | {"width": 4, "height": 3}]
    uri = put(payload_of(text="Look", attachments=carried), destination).remote_id
    edited = payload_of(text="Look here", attachments=carried, corrects={"remote_id": uri, "digest": "d"})
    Bluesky().correct(edited, target_of(destination), not_after=float("inf"))
    (record,) = there.records()
    assert (record["text"], record["embed"]["images"][0]["alt"]) == ("Look here", "Red")


def test_what_is_gone_or_changes_meanwhile_is_not_overwritten(there, destination, monkeypatch):
    uri = put(payload_of(text="On Monday"), destination).remote_id
    edited = payload_of(text="On Tuesday", corrects={"remote_id": uri, "digest": "d"})
    connector, target = Bluesky(), target_of(destination)
    real = connector._record_under

    def slow(key, where):
        found = real(key, where)
        there.put(key, "Changed by hand")
        return found

    monkeypatch.setattr(connector, "_record_under", slow)
    with pytest.raises(Refused) as meanwhile:
        connector.correct(edited, target, not_after=float("inf"))
    assert (meanwhile.value.code, meanwhile.value.for_good, there.texts()) == (
        "changed_there",
        False,
        ["Changed by hand"],
    )
    there.clear()
    monkeypatch.undo()
    with pytest.raises(Refused) as gone:
        connector.correct(edited, target, not_after=float("inf"))
    assert (gone.value.code, gone.value.for_good, there.texts()) == ("gone_there", True, [])
