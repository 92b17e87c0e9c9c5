"""My shares in the browser."""

import html
from datetime import UTC, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from corpblog.sharing import services
from corpblog.sharing.models import Destination, Job, PressItem, Share
from tests.sharing.conftest import put_in_force, stricter

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(write, press, alice):
    return services.request_share(by=alice, post=write("Falcon flies"), destination=press)


def test_the_author_asks_from_the_post_and_sees_where_it_is(write, press, alice, browser_of):
    post = write("Falcon flies")
    alices = browser_of(alice)
    assert b"Ask to share" in alices.get(f"/shares/new/?post={post.pk}").content
    answer = alices.post("/shares/new/", {"post": post.pk, "destination": "press"}, follow=True)
    assert answer.status_code == 200
    assert b"In review" in answer.content
    assert b"Falcon flies" in alices.get("/shares/").content


def test_a_blocked_share_explains_itself_and_keeps_what_was_typed(write, press, alice, browser_of):
    post = write("The salary list")
    answer = browser_of(alice).post("/shares/new/", {"post": post.pk, "destination": "press", "reason": "typed words"})
    assert answer.status_code == 422
    assert b"This cannot leave the company" in answer.content
    assert b"typed words" in answer.content
    assert not Share.objects.exists()


def test_an_unknown_destination_is_a_clear_answer(write, press, alice, browser_of):
    answer = browser_of(alice).post("/shares/new/", {"post": write("x").pk, "destination": "nowhere"})
    assert answer.status_code == 404
    assert b"There is no such destination" in answer.content


def test_the_author_withdraws(held, alice, browser_of):
    answer = browser_of(alice).post(f"/shares/{held.pk}/withdraw/", follow=True)
    assert b"Withdrawn" in answer.content
    assert Share.objects.get().state == "withdrawn"


def test_the_author_reads_the_reason_but_not_who_gave_it(held, alice, omar, fresh, browser_of):
    services.decide(
        by=omar,
        share_id=held.pk,
        revision_digest=held.digest,
        ruling="reject",
        reason="Too early",
        authenticated_at=fresh,
    )
    page = browser_of(alice).get(f"/shares/{held.pk}/").content
    assert b"Too early" in page
    assert b"Omar" not in page


def test_a_person_settles_what_is_unclear(write, remote, alice, work, browser_of):
    destination, there = remote("blind")
    there.next("accepted_then_silence")
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    work()
    alices = browser_of(alice)
    assert b"It is there" in alices.get(f"/shares/{share.pk}/").content
    alices.post(f"/shares/{share.pk}/settle/", {"arrived": "yes"})
    assert Share.objects.get().state == "sent"
    assert Job.objects.get().state == "sent"
    assert len(there.received) == 1


@pytest.mark.parametrize("verb", ["", "withdraw/", "settle/"])
def test_others_find_nothing_there(held, bruno, browser_of, verb):
    somebody = browser_of(bruno)
    address = f"/shares/{held.pk}/{verb}"
    answer = somebody.post(address, {"arrived": "yes"}) if verb else somebody.get(address)
    assert answer.status_code == 404
    assert Share.objects.get().state == "held"


def test_anonymous_visitors_are_sent_to_sign_in(held, client):
    for address in ("/shares/", f"/shares/{held.pk}/", f"/shares/new/?post={held.post_id}"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")


def test_the_composer_posts_and_asks_in_one_go(policy, press, channel, alice, browser_of):
    alices = browser_of(alice)
    form = {"text": "Falcon is near", "channel": channel.pk, "outside": "1", "destination": "press", "client_key": "k1"}
    answer = alices.post(reverse("web:publish"), form, headers={"x-requested-with": "fetch"})
    assert answer.status_code == 201
    assert "a reviewer will look at it first" in answer.json()["message"]
    assert Share.objects.get().state == "held"


def test_without_the_switch_nothing_is_asked(policy, press, channel, alice, browser_of):
    form = {"text": "Hello", "channel": channel.pk, "destination": "press", "client_key": "k1"}
    browser_of(alice).post(reverse("web:publish"), form)
    assert not Share.objects.exists()


def test_the_live_verdict_is_the_one_the_gate_will_give(policy, press, channel, alice, browser_of):
    alices = browser_of(alice)
    form = {"text": "About Falcon", "channel": channel.pk, "outside": "1", "destination": "press"}
    told = alices.post(reverse("web:verdict"), form).json()
    assert told["outcome"] == "hold"
    assert told["marks"] == [{"start": 6, "end": 12, "outcome": "hold"}]


ASKING = """policy: 1
name: Asking
rules:
  - id: open
    audience: external
    detect: [{keywords: {terms: [Falcon]}}]
    classification: {one_of: [public]}
    outcome: hold
  - {id: french, audience: external, detect: [{keywords: {terms: [Kestrel]}}], languages: [fr], outcome: hold}
  - {id: files, audience: external, attachments: [any], outcome: hold}
"""
ENGLISH, FRENCH = "See what the Kestrel does and where it is", "On va voir ce que fait le Kestrel dans les airs"


@pytest.mark.parametrize(
    ("label", "text", "state"),
    [
        ("internal", "About Falcon", "cleared"),
        ("public", "About Falcon", "held"),
        ("internal", ENGLISH, "cleared"),
        ("internal", FRENCH, "held"),
    ],
)
def test_rules_are_told_the_channel_the_language_and_that_nothing_is_attached(
    press, channel, alice, browser_of, label, text, state
):
    put_in_force(ASKING)
    channel.classification = label
    channel.save()
    alices = browser_of(alice)
    form = {"text": text, "channel": channel.pk, "outside": "1", "destination": "press", "client_key": "k"}
    told = alices.post(reverse("web:verdict"), form).json()
    assert told["outcome"] == ("hold" if state == "held" else "allow")
    alices.post(reverse("web:publish"), form)
    assert Share.objects.get().state == state


def test_a_preview_without_a_channel_exempts_nobody(press, alice, browser_of):
    put_in_force(ASKING)
    form = {"text": "About Falcon", "channel": "none", "outside": "1", "destination": "press"}
    assert browser_of(alice).post(reverse("web:verdict"), form).json()["outcome"] == "hold"


WHY = {
    "en": "It was released, and then the policy became stricter. So it was not sent",
    "fr": "Il avait été libéré, puis la politique est devenue plus stricte. Il n’a donc pas été envoyé",
}


@pytest.mark.gate("G6")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_author_and_officer_read_why_a_released_share_did_not_go(
    write, press, alice, omar, fresh, work, browser_of, language
):
    share = services.request_share(by=alice, post=write("Falcon meets Condor"), destination=press)
    services.decide(by=omar, share_id=share.pk, revision_digest=share.digest, ruling="approve", authenticated_at=fresh)
    put_in_force(stricter("Condor"))
    work()
    assert not PressItem.objects.exists()
    for person, address in ((alice, f"/shares/{share.pk}/"), (omar, f"/desk/{share.pk}/")):
        person.language = language
        person.save()
        page = browser_of(person).get(address, headers={"accept-language": language}).content.decode()
        assert WHY[language] in html.unescape(page)


def test_an_unclear_share_says_what_to_check(write, remote, alice, work, browser_of):
    destination, there = remote("blind")
    there.next("accepted_then_silence")
    share = services.request_share(by=alice, post=write("Hello"), destination=destination)
    work()
    page = browser_of(alice).get(f"/shares/{share.pk}/").content.decode()
    assert "What to check" in page
    assert "Open the account acme@there there." in page
    assert "Hello" in page
    assert page.count('name="arrived"') == 2


def test_a_time_is_chosen_and_changed_and_the_calendar_shows_it(write, press, alice, browser_of):
    alices = browser_of(alice)
    day = timezone.localdate() + timedelta(days=3)
    post = write("We open in Lyon")
    fields = {"post": post.pk, "destination": "press", "words": "Lyon opens", "when": "later", "zone": "UTC"}
    answer = alices.post("/shares/new/", fields | {"day": day.isoformat(), "time": "09:15"}, follow=True)
    share = Share.objects.get()
    assert (share.words, share.send_at.astimezone(UTC).strftime("%H:%M")) == ("Lyon opens", "09:15")
    assert b"It leaves on" in answer.content
    month = alices.get(f"/shares/calendar/?month={day:%Y-%m}").content.decode()
    assert f'data-move="/shares/{share.pk}/move/"' in month
    assert "Lyon opens" in alices.get(f"/shares/calendar/?week={day}").content.decode()
    later = day + timedelta(days=1)
    moved = alices.post(f"/shares/{share.pk}/move/", {"day": later.isoformat()}, headers={"x-requested-with": "fetch"})
    assert moved.json()["message"].startswith("Moved to")
    share.refresh_from_db()
    assert share.send_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") == f"{later} 09:15"
    alices.post(f"/shares/{share.pk}/plan/", {"words": "We open in Lyon", "when": "now"})
    share.refresh_from_db()
    assert (share.words, share.send_at) == ("", None)


def test_a_time_that_does_not_exist_keeps_what_was_typed(write, press, alice, browser_of):
    fields = {"post": write("x").pk, "destination": "press", "words": "typed words", "when": "later", "zone": "Mars"}
    answer = browser_of(alice).post("/shares/new/", fields | {"day": "2027-03-01", "time": "09:00"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "There is no time zone of that name" in page
    assert "typed words" in page
    assert 'value="2027-03-01"' in page
    assert not Share.objects.exists()


def test_moving_to_a_day_that_is_over_says_so(held, alice, browser_of):
    answer = browser_of(alice).post(
        f"/shares/{held.pk}/move/", {"day": "2020-01-01"}, headers={"x-requested-with": "fetch"}
    )
    assert (answer.status_code, answer.json()["message"]) == (422, "This time is over. Choose a later one.")


def test_the_preview_counts_as_the_network_does_and_shows_its_links(write, press, remote, alice, browser_of):
    mastodon = Destination.objects.create(slug="m", name="M", kind="mastodon", speaker="Acme", config={"longest": 60})
    link = "https://acme.example/a/very/long/way/to/a/page/that/nobody/types"
    fields = {"post": write("x").pk, "destination": mastodon.slug, "words": f"See {link} #acme"}
    page = browser_of(alice).post("/shares/preview/", fields).content.decode()
    # 4 characters, a link that counts as 23, a space and a tag of five.
    assert "27 characters left" in page
    assert "acme.example/a/very/long/way/t…" in page
    assert '<span class="network-link">#acme</span>' in page
    over = browser_of(alice).post("/shares/preview/", fields | {"words": "y" * 61}).content.decode()
    assert "1 character too long" in over


def test_the_preview_says_where_no_comment_can_follow_and_shows_the_others(write, press, alice, browser_of):
    Destination.objects.create(slug="m", name="M", kind="mastodon", speaker="Acme", config={"longest": 60})
    fields = {"post": write("x").pk, "words": "We are open", "comment": "Until nine"}
    page = browser_of(alice).post("/shares/preview/?destination=press&destination=m", fields).content.decode()
    assert f"{press.name} takes neither threads nor a first comment." in page
    assert page.count('class="network-text"') == 2
