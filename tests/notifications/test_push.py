"""Pushes, through a push service that keeps every byte: what goes out, to whom, and what never does."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.notifications import devices, push, wishes
from corpblog.notifications.checks import push_key_can_be_read
from corpblog.notifications.models import Notice, PushDevice
from corpblog.notifications.services import mark_read
from corpblog.people.models import AccessToken, Person
from corpblog.people.services import cut_off, end_sessions, give_token
from corpblog.posts.models import Post
from corpblog.posts.services import delete, publish, react
from corpblog.teams.models import Channel
from corpblog.teams.services import create_channel, invite, remove_member
from tests.posts.conftest import engineering, policy_says
from tests.servers.internet import Internet, internet
from tests.servers.push import Device, PushService, claims_of

__all__ = ["engineering", "policy_says"]
pytestmark = pytest.mark.django_db(transaction=True)
BrowserOf = Callable[[Person], Client]


@pytest.fixture
def outside() -> Iterator[Internet]:
    with pytest.MonkeyPatch.context() as patch, internet(patch) as world:
        yield world


@pytest.fixture
def service(outside: Internet, settings: Any) -> PushService:
    """Give the push service of a browser's maker, which the company allows."""
    settings.VAPID_KEY, settings.VAPID_CONTACT = push.new_key(), "mailto:it@acme.example"
    settings.PUSH_SERVICES = ["push.example"]
    made = PushService()
    outside.site("push.example", made.behave)
    return made


@pytest.fixture
def phone(service: PushService, bruno: Person, browser_of: BrowserOf) -> Device:
    """Give bruno's browser, which is told."""
    device = Device()
    add(bruno, browser_of(bruno), device)
    return device


def add(person: Person, browser: Client, device: Device) -> PushDevice:
    return devices.add_browser(
        by=person, session_key=str(browser.session.session_key), user_agent="", **device.subscription
    )


def ask(alice: Person, engineering: Channel, text: str = "Ready, @bruno?") -> Post:
    return publish(by=alice, channel=engineering, text=text)


def test_a_mention_reaches_the_device_encrypted_for_it_alone(
    phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    ask(alice, engineering, "The secret word is Kestrel, @bruno")
    assert push.is_asked_for()
    assert [push.send_due(), push.send_due()] == [1, 0]
    [taken] = service.taken
    notice = Notice.objects.get(kind="mention")
    said = phone.open(taken)
    assert said["body"] == "Alice Martin mentioned you."
    assert (said["url"], said["tag"]) == (f"/notices/{notice.pk}/", f"notice-{notice.pk}")
    # Neither the post nor a name can be read by who carries it.
    assert not any(word in taken.body for word in (b"Kestrel", b"Alice", b"notices"))
    with pytest.raises(InvalidTag):
        Device(key=phone.key).open(taken)


def test_no_push_quotes_a_post(phone: Device, service: PushService, engineering: Channel, alice: Person) -> None:
    ask(alice, engineering, "The secret word is Kestrel, @bruno")
    push.send_due()
    assert "Kestrel" not in str(phone.open(service.taken[0]))


def test_the_service_sees_who_signs_and_how_long_it_is_kept(
    phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    ask(alice, engineering)
    push.send_due()
    [taken] = service.taken
    claims, key = claims_of(taken)
    assert (claims["aud"], claims["sub"]) == ("https://push.example", "mailto:it@acme.example")
    assert 0 < claims["exp"] - clock.now().timestamp() <= 24 * 3600
    assert key == push.public_key()
    assert (taken.headers["content-encoding"], taken.headers["ttl"]) == ("aes128gcm", "43200")


def test_it_is_said_in_the_readers_language(
    phone: Device, service: PushService, engineering: Channel, alice: Person, bruno: Person
) -> None:
    Person.objects.get_queryset().filter(pk=bruno.pk).update(language="fr")
    ask(alice, engineering)
    push.send_due()
    said = phone.open(service.taken[0])
    assert said["lang"] == "fr"
    assert said["body"] != "Alice Martin mentioned you."


# Who is told ------------------------------------------------------------


def test_who_may_no_longer_read_is_told_nothing(
    phone: Device, service: PushService, alice: Person, bruno: Person
) -> None:
    board = create_channel(by=alice, name="Board", is_private=True)
    invite(by=alice, channel=board, person=bruno)
    push.send_due()
    service.taken.clear()
    publish(by=alice, channel=board, text="Hush, @bruno")
    remove_member(by=alice, channel=board, person=bruno)
    assert push.send_due() == 0
    assert service.taken == []


@pytest.mark.parametrize("what", ["read", "deleted", "left", "signed out", "revoked"])
def test_what_came_to_nothing_is_not_sent(
    what: str, phone: Device, service: PushService, engineering: Channel, alice: Person, bruno: Person
) -> None:
    post = ask(alice, engineering)
    if what == "read":
        mark_read(by=bruno)
    elif what == "deleted":
        delete(by=alice, post_id=post.pk)
    elif what == "left":
        cut_off(person=bruno, reason=Person.Inactive.DISABLED)
    elif what == "signed out":
        end_sessions(person=bruno)
    else:
        devices.drop_device(by=bruno, device_id=PushDevice.objects.get().pk)
    assert push.send_due() == 0
    assert service.taken == []


def test_a_session_that_ran_out_is_told_nothing(
    phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    ask(alice, engineering)
    session = PushDevice.objects.get().session
    assert session is not None
    session.expire_date = clock.now() - timedelta(seconds=1)
    session.save()
    assert push.send_due() == 0


def test_kinds_are_chosen(
    phone: Device, service: PushService, engineering: Channel, alice: Person, bruno: Person
) -> None:
    mine = publish(by=bruno, channel=engineering, text="Mine")
    react(by=alice, post_id=mine.pk, emoji="👍")
    assert push.send_due() == 0
    wishes.set_pushed(by=bruno, kinds=["reaction"])
    react(by=alice, post_id=publish(by=bruno, channel=engineering, text="Again").pk, emoji="👍")
    ask(alice, engineering)
    assert push.send_due() == 1
    assert "reacted" in phone.open(service.taken[0])["body"]


def test_quiet_hours_are_quiet_and_what_is_unread_comes_when_they_are_over(
    phone: Device, service: PushService, engineering: Channel, alice: Person, bruno: Person
) -> None:
    now = clock.now()
    wishes.set_rhythm(by=bruno, digest="daily", quiet_from=now.hour, quiet_to=(now.hour + 2) % 24)
    ask(alice, engineering)
    assert not push.is_asked_for()
    with clock.standing_at(now + timedelta(hours=2)):
        assert push.send_due() == 1


def test_many_at_once_are_one_line(phone: Device, service: PushService, engineering: Channel, alice: Person) -> None:
    for _each in range(push.TOGETHER + 1):
        ask(alice, engineering)
    assert push.send_due() == 1
    said = phone.open(service.taken[0])
    assert (said["body"], said["url"]) == ("4 notices in Corpblog", "/notices/")


def test_a_device_does_not_ring_without_end(
    phone: Device, service: PushService, engineering: Channel, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "PER_PERSON", push.Limit("push", 2, timedelta(minutes=10)))
    taken = []
    for _each in range(4):
        ask(alice, engineering)
        taken.append(push.send_due())
    assert taken == [1, 1, 0, 0]
    assert len(service.taken) == 2


# What services answer ------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
def test_an_endpoint_that_is_gone_is_forgotten(
    status: int, phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    service.status = status
    ask(alice, engineering)
    assert push.send_due() == 0
    assert not PushDevice.objects.exists()
    assert not push.is_asked_for()


def test_a_service_that_is_away_is_asked_again_and_then_no_more(
    phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    service.status, now = 503, clock.now()
    ask(alice, engineering)
    push.send_due()
    assert not push.is_asked_for()
    with clock.standing_at(now + push.LEASE + timedelta(seconds=2)):
        service.status = 201
        assert push.send_due() == 1
        assert not push.is_asked_for()
    ask(alice, engineering)
    service.status = 503
    with clock.standing_at(now + push.GIVEN_UP + timedelta(minutes=1)):
        push.send_due()
    assert Notice.objects.filter(push_due_at__isnull=False).count() == 0


def test_a_service_that_refuses_again_and_again_is_left_alone(
    phone: Device, service: PushService, engineering: Channel, alice: Person
) -> None:
    service.status = 403
    for _each in range(push.MOST_FAILURES):
        ask(alice, engineering)
        push.send_due()
    assert not PushDevice.objects.exists()


# Where nobody may lead us ------------------------------------------------------------


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/send",
        "https://push.example:8443/send",
        "https://evil.example/send",
        "https://push.example.evil.example/send",
        "https://user:secret@push.example/send",
        "https://127.0.0.1/send",
        "https://[::1]/send",
        "https://push.example\\@127.0.0.1/",
        "https://push.example/\r\nHost: x",
        "file:///etc/passwd",
        "https://push.example/" + "x" * 1000,
        "https://[",
        "",
    ],
)
def test_endpoints_elsewhere_are_refused(
    endpoint: str, service: PushService, outside: Internet, bruno: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(bruno)
    answer = browser.post(
        "/settings/push/", Device().subscription | {"endpoint": endpoint}, HTTP_X_REQUESTED_WITH="fetch"
    )
    assert answer.status_code == 422
    assert "push service" in answer.json()["message"]
    assert not PushDevice.objects.exists()
    assert outside.connected == []


def test_a_service_whose_name_leads_inside_is_not_reached(
    phone: Device, service: PushService, outside: Internet, engineering: Channel, alice: Person
) -> None:
    outside.names["push.example"] = [["10.0.0.7"]]
    ask(alice, engineering)
    assert push.send_due() == 0
    assert outside.connected == []


def test_a_service_is_not_followed_elsewhere(
    phone: Device, service: PushService, outside: Internet, engineering: Channel, alice: Person
) -> None:
    outside.leads("https://push.example/send/1", "https://elsewhere.example/", status=307)
    ask(alice, engineering)
    push.send_due()
    assert all("elsewhere" not in url for url in outside.seen)


def test_a_service_that_is_no_longer_allowed_gets_nothing(
    phone: Device, service: PushService, engineering: Channel, alice: Person, settings: Any
) -> None:
    settings.PUSH_SERVICES = ["other.example"]
    ask(alice, engineering)
    assert push.send_due() == 0
    assert service.taken == []
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize("keys", [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": "é"}, {"auth": "x" * 300}])
def test_keys_that_are_none_are_refused(
    keys: dict[str, str], service: PushService, bruno: Person, browser_of: BrowserOf
) -> None:
    with pytest.raises(Invalid):
        devices.add_browser(
            by=bruno,
            session_key=str(browser_of(bruno).session.session_key),
            user_agent="",
            **Device().subscription | keys,
        )


# Whose a device is ------------------------------------------------------------


def test_a_shared_machine_tells_who_signed_in_last(
    service: PushService, alice: Person, bruno: Person, browser_of: BrowserOf
) -> None:
    machine = Device()
    add(alice, browser_of(alice), machine)
    add(bruno, browser_of(bruno), machine)
    assert list(PushDevice.objects.values_list("person__username", flat=True)) == ["bruno"]


def test_nobody_adds_a_device_to_somebody_elses_session(
    service: PushService, alice: Person, bruno: Person, browser_of: BrowserOf
) -> None:
    with pytest.raises(NotAllowed):
        add(alice, browser_of(bruno), Device())


def test_the_database_keeps_no_device_that_would_never_end(phone: Device) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PushDevice.objects.update(session=None)


def test_one_removes_ones_own_devices_only(phone: Device, alice: Person, browser_of: BrowserOf) -> None:
    number = PushDevice.objects.get().pk
    assert browser_of(alice).post(f"/settings/push/{number}/drop/").status_code == 302
    assert PushDevice.objects.filter(pk=number).exists()


def test_the_page_adds_this_browser_and_chooses_kinds(
    service: PushService, bruno: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(bruno)
    assert f'data-key="{push.public_key()}"' in browser.get("/settings/notices/").text
    assert browser.post("/settings/push/", Device().subscription).status_code == 204
    browser.post("/settings/notices/", {"pushes": "1", "push": ["poll"], "digest": "daily"})
    assert wishes.pushed_kinds(bruno) - wishes.OF_A_ROLE == {"poll"}
    page = browser.get("/settings/notices/").text
    assert 'id="push-poll" name="push" value="poll" checked' in page
    assert "This browser" in page


def test_the_page_says_where_there_are_no_pushes(bruno: Person, browser_of: BrowserOf, settings: Any) -> None:
    settings.VAPID_KEY = ""
    page = browser_of(bruno).get("/settings/notices/").text
    assert "Your company has set up no pushes." in page
    assert "cb-push" not in page


def test_signing_out_empties_the_browser_and_ends_its_pushes(
    phone: Device, service: PushService, bruno: Person, browser_of: BrowserOf
) -> None:
    browser = browser_of(bruno)
    add(bruno, browser, Device(path="/send/2"))
    answer = browser.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert list(PushDevice.objects.values_list("endpoint", flat=True)) == [phone.endpoint]


# Programs ------------------------------------------------------------

API = "/api/v1/push/subscription"


def form_of(device: Device, **alerts: str) -> dict[str, str]:
    given = device.subscription
    return {
        "subscription[endpoint]": given["endpoint"],
        "subscription[keys][p256dh]": given["p256dh"],
        "subscription[keys][auth]": given["auth"],
    } | {f"data[alerts][{name}]": value for name, value in alerts.items()}


@pytest.fixture
def program(bruno: Person, client: Client) -> Client:
    secret = give_token(person=bruno, name="Tusky", scopes=["read", "push"], days=30).secret
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def test_a_phone_client_subscribes_changes_and_ends(service: PushService, program: Client) -> None:
    assert program.get(API).status_code == 404
    made = program.post(API, form_of(Device(), mention="true", poll="false")).json()
    assert made["server_key"] == push.public_key()
    assert [name for name, on in made["alerts"].items() if on] == ["mention"]
    changed = program.put(API, {"data": {"alerts": {"follow": True}}}, content_type="application/json").json()
    assert [name for name, on in changed["alerts"].items() if on] == ["follow"]
    form = "application/x-www-form-urlencoded"
    changed = program.put(API, "data[alerts][poll]=true", content_type=form).json()
    assert [name for name, on in changed["alerts"].items() if on] == ["poll"]
    assert program.get(API).json() == changed
    assert program.delete(API).json() == {}
    assert program.get(API).status_code == 404


def test_a_program_is_told_what_it_asked_for_as_mastodon_says_it(
    service: PushService, program: Client, engineering: Channel, alice: Person, bruno: Person
) -> None:
    device = Device()
    program.post(API, form_of(device, mention="true"))
    wishes.set_pushed(by=bruno, kinds=["mention", "poll", "reaction"])
    mine = publish(by=bruno, channel=engineering, text="Mine")
    react(by=alice, post_id=mine.pk, emoji="👍")
    ask(alice, engineering)
    assert push.send_due() == 1
    said = device.open(service.taken[0])
    assert (said["notification_type"], said["title"]) == ("mention", "Alice Martin mentioned you.")
    assert said["notification_id"] == str(Notice.objects.get(kind="mention").pk)


def test_a_revoked_token_ends_its_pushes(
    service: PushService, program: Client, engineering: Channel, alice: Person
) -> None:
    program.post(API, form_of(Device(), mention="true"))
    ask(alice, engineering)
    AccessToken.objects.all().delete()
    assert push.send_due() == 0
    assert service.taken == []


@pytest.mark.parametrize("body", ["{", "[]", '{"a":' * 2000, '{"subscription": 3}', '{"data": {"alerts": [1]}}'])
def test_what_is_no_subscription_is_refused(body: str, service: PushService, program: Client) -> None:
    answer = program.post(API, body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["error"]


def test_a_token_without_push_cannot(service: PushService, bruno: Person, client: Client) -> None:
    secret = give_token(person=bruno, name="x", scopes=["read"], days=30).secret
    assert client.get(API, HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 403


# The key ------------------------------------------------------------


def test_the_command_prints_a_key_that_works(settings: Any) -> None:
    output = StringIO()
    call_command("push_key", stdout=output)
    settings.VAPID_KEY = output.getvalue().strip()
    assert push_key_can_be_read() == []
    assert len(push.public_key()) == 87


@pytest.mark.parametrize("text", ["short", "é", "A" * 43])
def test_a_key_that_is_none_is_said_at_the_start(settings: Any, text: str) -> None:
    settings.VAPID_KEY = text
    assert [error.id for error in push_key_can_be_read()] == ["notifications.E002"]
