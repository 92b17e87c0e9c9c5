"""The Mastodon connector against a real server process with its own faults, read back over its own API."""

import json
import urllib.parse
import urllib.request

import pytest

from corpblog.kernel import blobs, egress
from corpblog.kernel.errors import Invalid
from corpblog.posts.files import Wish
from corpblog.posts.services import attach, publish
from corpblog.sharing import canonical, services
from corpblog.sharing.connectors.base import Refused, Target, Unclear
from corpblog.sharing.connectors.mastodon import Mastodon
from corpblog.sharing.errors import FilesNotTaken, TooLongThere
from corpblog.sharing.models import Destination, Job, Receipt, Share
from corpblog.sharing.seals import mac, opened
from corpblog.sharing.services.sending import target_of
from corpblog.sharing.services.watching import watch_destination
from tests.policy.extraction.files import picture
from tests.servers.front import front
from tests.servers.mastodon import TOKEN, mastodon_server
from tests.sharing.remotes import publish_whole

# Another server answers here; what the database does for it, others prove on both.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with mastodon_server(tmp_path_factory.mktemp("mastodon")) as server:
        yield server


@pytest.fixture
def mastodon(process, settings):
    process.ask("POST", "/api/v1/_mock/reset", {})
    settings.EGRESS_PRIVATE = [process.place]
    yield process
    process.ask("DELETE", "/api/v1/_mock/faults")


@pytest.fixture
def destination(mastodon, irene):
    answers = {"server": mastodon.base, "token": TOKEN}
    return services.connect(by=irene, slug="mastodon", name="Mastodon", kind="mastodon", answers=answers)


@pytest.fixture
def behind(process, destination, settings):
    """The same destination through a proxy that can lose answers, with three seconds a request so that silence ends."""
    with front(int(process.place.rpartition(":")[2])) as lossy:
        settings.EGRESS_PRIVATE = [lossy.place]
        destination.config |= {"seconds": 3, "server": lossy.base}
        destination.save()
        yield destination, lossy


def test_connecting_asks_the_server_who_we_are_and_how_long_a_post_may_be(destination):
    assert destination.remote_account.endswith(destination.config["server"].removeprefix("http://"))
    assert destination.config["longest"] == 500
    assert destination.speaker == "Test User"
    assert destination.config["limits"]["image_matrix_limit"] == 16_777_216
    assert destination.config["limits"]["characters_reserved_per_url"] == 23


def test_what_a_server_takes_is_what_it_says():
    said = {"characters_reserved_per_url": 10, "max_media_attachments": 2, "image_size_limit": 1000}
    said |= {"image_matrix_limit": 100, "description_limit": 5, "supported_mime_types": ["image/png", "video/mp4"]}
    config = {"limits": said}
    assert Mastodon().length_at("See https://acme.example/a/long/way", config) == len("See ") + 10
    png = {"kind": "image/png", "size": 1000, "width": 10, "height": 10, "alt": "12345"}
    takes = Mastodon().takes_at(config)
    assert takes.refusal([png, png]) == ""
    refused = {
        "too_many_files": [png] * 3,
        "file_too_large": [png | {"size": 1001}],
        "too_many_pixels": [png | {"width": 11}],
        "alt_too_long": [png | {"alt": "123456"}],
        "file_kind_there": [png | {"kind": "image/webp"}],
        "file_kind": [png | {"kind": "video/mp4"}],
    }
    assert {takes.refusal(files): files for files in refused.values()} == refused


@pytest.mark.parametrize(
    "nonsense", [{}, {"limits": {}}, {"limits": {"max_media_attachments": "many", "image_size_limit": -1}}]
)
def test_where_a_server_says_nothing_sensible_what_is_usual_holds(nonsense):
    takes = Mastodon().takes_at(nonsense)
    assert (takes.most, takes.largest, takes.most_pixels, takes.longest_alt) == (4, 16 * 1024 * 1024, None, 1500)
    assert Mastodon().length_at("https://acme.example/a/long/way", nonsense) == 23


def test_a_description_that_is_too_long_there_is_said_before_anybody_looks(destination, policy, channel, alice):
    destination.config["limits"]["description_limit"] = 5
    destination.save()
    file = attach(by=alice, place="new", name="a.png", data=picture("a"))
    post = publish(by=alice, channel=channel, text="Look", files=[Wish(file.pk, "A long way")])
    with pytest.raises(FilesNotTaken, match="description of a picture is too long"):
        services.request_share(by=alice, post=post, destination=destination)


def test_a_text_is_counted_as_its_server_counts(destination, write, alice, browser_of):
    destination.config |= {"longest": 40, "limits": {"characters_reserved_per_url": 30}}
    destination.save()
    post = write("Ten chars: https://a.example/b")
    with pytest.raises(TooLongThere):
        services.request_share(by=alice, post=post, destination=destination)
    page = browser_of(alice).post("/shares/preview/", {"post": post.pk, "destination": "mastodon"}).text
    assert "1 character too long" in page


def test_the_token_is_nowhere_in_the_database_in_clear(destination):
    row = json.dumps(list(Destination.objects.values()), default=str)
    assert TOKEN not in row
    assert TOKEN not in repr(destination)
    assert TOKEN not in repr(Target(1, "", {}, {"token": TOKEN}))


def test_a_wrong_token_is_refused_at_once_with_what_to_do(mastodon, irene):
    answers = {"server": mastodon.base, "token": "wrong"}
    with pytest.raises(Invalid, match="token"):
        services.connect(by=irene, slug="m", name="M", kind="mastodon", answers=answers)
    assert not Destination.objects.filter(slug="m").exists()


def test_a_share_appears_there_word_for_word(mastodon, destination, sent_there):
    text = 'Café ☕ & <b>tags</b> "quotes" #hiring\nhttps://acme.example/jobs'
    share = sent_there(destination, text)
    assert share.state == "sent"
    assert mastodon.statuses() == [text]
    assert Receipt.objects.get().url.startswith("http")


def test_a_picture_arrives_with_its_alt_text_and_its_very_bytes(mastodon, destination):
    data = b"\x89PNG not read by this server"
    picture = {"name": "a.png", "kind": "image/png", "sha256": blobs.write(data), "size": len(data)}
    picture |= {"alt": "Un café", "width": None, "height": None}
    form = canonical.read(
        canonical.build(text="Look", language="", speaker="", destination_id=1, kind="mastodon", account="a")
    )
    body = json.dumps(form | {"attachments": [picture]})
    payload = opened(job_id=1, body=body, seal=mac(1, body))
    publish_whole(Mastodon(), payload, target_of(destination))
    (status,) = mastodon.reader.account_statuses(mastodon.reader.me())
    (shown,) = status.media_attachments
    assert shown.description == "Un café"
    with urllib.request.urlopen(shown.url, timeout=20) as answer:
        assert answer.read() == data


def test_what_is_held_never_reaches_the_server(mastodon, destination, sent_there):
    assert sent_there(destination, "Falcon flies").state == "held"
    assert mastodon.statuses() == []


@pytest.mark.gate("G18")
@pytest.mark.parametrize("loss", ["silence", "reset", "500", "garbage"])
def test_accepted_with_its_answer_lost_is_published_once(loss, mastodon, behind, sent_there, work, travel):
    destination, lossy = behind
    lossy.lose(loss, path="/api/v1/statuses")
    share = sent_there(destination, "Once only")
    assert mastodon.statuses() == ["Once only"]
    assert (share.state, Job.objects.get().state) == ("sending", "doubtful")
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert mastodon.statuses() == ["Once only"]
    assert len([asked for asked in lossy.asked if asked[:2] == ("POST", "/api/v1/statuses")]) == 2


@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "malformed"}])
def test_a_broken_answer_is_not_taken_for_a_failure(fault, mastodon, destination, sent_there, work, travel):
    mastodon.fault(**fault)
    share = sent_there(destination, "After the storm")
    assert (share.state, Job.objects.get().state) == ("sending", "doubtful")
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert mastodon.statuses() == ["After the storm"]


def test_a_rate_limit_is_respected(mastodon, destination, sent_there, work, travel):
    mastodon.fault("ratelimit", headers={"Retry-After": "120"})
    share = sent_there(destination, "Patience")
    assert (share.state, share.note) == ("cleared", "asked_to_wait")
    travel(seconds=100)
    work()
    assert mastodon.statuses() == []
    travel(seconds=21)
    work()
    assert mastodon.statuses() == ["Patience"]


def test_a_revoked_token_fails_the_share_and_says_so(mastodon, destination, sent_there):
    mastodon.fault("status", status=401)
    share = sent_there(destination, "No entry")
    assert (share.state, share.note) == ("failed", "token")


def test_after_an_hour_our_own_timeline_is_read_instead(mastodon, destination, sent_there, work, travel):
    mastodon.fault("malformed")
    share = sent_there(destination, "Not there yet")
    travel(minutes=55)
    for _look in range(4):
        work()
        travel(seconds=61)
    assert Share.objects.get(pk=share.pk).state == "sent"
    assert mastodon.statuses() == ["Not there yet"]


@pytest.mark.gate("G19")
def test_our_post_is_found_on_our_timeline_and_not_taken_twice(mastodon, destination, sent_there):
    sent_there(destination, "The very same words")
    job = Job.objects.get()
    payload = opened(job_id=job.pk, body=job.sealed, seal=job.mac)
    found = Mastodon().find(payload, target_of(destination), since=job.first_call_at, known=frozenset())
    assert found.remote_id == Receipt.objects.get().remote_id
    known = frozenset({found.remote_id})
    assert Mastodon().find(payload, target_of(destination), since=job.first_call_at, known=known) is None


def test_a_test_is_seen_by_the_account_only(mastodon, destination, policy, irene, work):
    services.send_test(by=irene, destination=destination)
    work()
    (status,) = mastodon.reader.account_statuses(mastodon.reader.me())
    assert status.visibility == "direct"
    assert "This is a test of Mastodon." in status.content
    assert Share.objects.get().state == "sent"


def test_what_was_sent_can_be_taken_back_twice(mastodon, destination, sent_there):
    sent_there(destination, "Oops")
    remote_id = Receipt.objects.get().remote_id
    for _time in range(2):
        Mastodon().delete(remote_id, target_of(destination))
    assert mastodon.statuses() == []


def test_a_server_that_moves_inside_gets_nothing(mastodon, destination, sent_there, settings):
    settings.EGRESS_PRIVATE = []
    share = sent_there(destination, "Hello")
    assert (share.state, share.note) == ("failed", "forbidden_address")
    assert mastodon.statuses() == []


def test_length_counts_as_mastodon_counts():
    there = Mastodon()
    assert there.length("👨‍👩‍👧‍👦é") == 2
    assert there.length("see https://acme.example/a/very/long/address/that/goes/on/and/on now") == 4 + 23 + 4


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, b'{"error": "Validation failed"}', Refused),
        (403, b"nonsense", Refused),
        (404, b"", Refused),
        (502, b"", Unclear),
        (301, b"", Unclear),
        (200, b"[]", Unclear),
        (200, b"not json", Unclear),
    ],
)
def test_every_answer_is_either_a_clear_no_or_doubt(monkeypatch, status, body, kind):
    monkeypatch.setattr(egress, "send", lambda *_a, **_k: egress.Answer(status, {}, body, "https://there.example/"))
    target = Target(1, "1@there.example", {"server": "https://there.example"}, {"token": "t"})
    body = canonical.build(text="Hi", language="", speaker="", destination_id=1, kind="mastodon", account="a")
    payload = opened(job_id=1, body=body, seal=mac(1, body))
    with pytest.raises(kind):
        Mastodon().publish(payload, target, not_after=float("inf"))


# Corrections ----------------------------------------------------------------------------------------------------------


def corrected(share, alice, work, words):
    made = services.correct(by=alice, share=share, words=words, reason="It was wrong")
    work()
    return Share.objects.get(pk=made.pk)


@pytest.mark.gate("G28")
def test_a_correction_is_an_edit_in_its_place(mastodon, destination, sent_there, alice, work):
    share = sent_there(destination, "On Monday")
    remote_id = Receipt.objects.get().remote_id
    assert corrected(share, alice, work, "On Tuesday").state == "sent"
    assert mastodon.statuses() == ["On Tuesday"]
    assert mastodon.reader.status(remote_id).edited_at is not None
    assert watch_destination(destination) == 0, "our own edit is no drift"


def test_an_edit_names_the_pictures_that_are_there_for_a_server_takes_the_others_away(mastodon, behind):
    # mastodon-mock keeps them whatever an edit says, so what counts is what it was asked.
    destination, lossy = behind
    picture = {"name": "a.png", "kind": "image/png", "sha256": blobs.write(b"PNG"), "size": 3}
    picture |= {"alt": "A boat", "width": None, "height": None}
    form = canonical.read(
        canonical.build(text="Look", language="", speaker="", destination_id=1, kind="mastodon", account="a")
    )
    body = json.dumps(form | {"attachments": [picture]})
    target = target_of(destination)
    there = publish_whole(Mastodon(), opened(job_id=1, body=body, seal=mac(1, body)), target)
    (media,) = mastodon.reader.status(there.remote_id).media_attachments
    corrects = {"remote_id": there.remote_id, "digest": "d"}
    body = json.dumps(form | {"attachments": [picture], "text": "Look here", "corrects": corrects})
    Mastodon().correct(opened(job_id=2, body=body, seal=mac(2, body)), target, not_after=float("inf"))
    (sent,) = [urllib.parse.parse_qs(sent.decode()) for method, _path, sent in lossy.asked if method == "PUT"]
    assert sent == {"status": ["Look here"], "media_ids[]": [str(media.id)]}


@pytest.mark.gate("G18")
@pytest.mark.parametrize("loss", ["silence", "reset", "500", "garbage"])
def test_a_lost_answer_to_an_edit_leaves_one_line_in_the_history(
    loss, mastodon, behind, sent_there, alice, work, travel
):
    destination, lossy = behind
    share = sent_there(destination, "On Monday")
    lossy.lose(loss, path="/api/v1/statuses/", method="PUT")
    correction = corrected(share, alice, work, "On Tuesday")
    assert correction.state == "sending"
    assert watch_destination(destination) == 0, "an edit of ours that is in doubt is no drift"
    travel(seconds=10)
    work()
    assert Share.objects.get(pk=correction.pk).state == "sent"
    history = mastodon.reader.status_history(Receipt.objects.get().remote_id)
    assert [len(mastodon.statuses()), len(history)] == [1, 2]


def test_what_is_gone_there_is_not_corrected(mastodon, destination, sent_there, alice, work):
    share = sent_there(destination, "On Monday")
    mastodon.reader.status_delete(Receipt.objects.get().remote_id)
    correction = corrected(share, alice, work, "On Tuesday")
    assert (correction.state, correction.note, mastodon.statuses()) == ("failed", "gone_there", [])


def test_an_edit_by_somebody_else_after_ours_is_drift(mastodon, destination, sent_there, alice, work, travel):
    share = sent_there(destination, "On Monday")
    corrected(share, alice, work, "On Tuesday")
    travel(minutes=5)
    mastodon.reader.status_update(Receipt.objects.get().remote_id, status="On Monday")
    assert watch_destination(destination) == 1
