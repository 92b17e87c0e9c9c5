"""Nobody swaps a target or loosens its protection alone, and no secret lies anywhere in clear."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from corpblog.audit.models import AuditEntry
from corpblog.kernel import clock
from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.notifications.models import Notice
from corpblog.people.models import RoleGrant
from corpblog.sharing import credentials, services
from corpblog.sharing.connectors.base import Account
from corpblog.sharing.errors import ReauthenticationNeeded
from corpblog.sharing.models import Destination, Share, TargetChange
from corpblog.sharing.services.sending import target_of

pytestmark = pytest.mark.django_db
CANARY = "canary-6f1d-token"


@pytest.fixture
def ada(person, db):
    """A second connector admin."""
    somebody = person("bruno")
    RoleGrant.objects.create(person=somebody, role="connector_admin")
    return somebody


@pytest.fixture
def network(remote, monkeypatch):
    """A network whose account is named by the token that one comes with."""
    destination, there = remote()
    destination.delete()
    monkeypatch.setattr(
        there, "verify", lambda target: Account(target.secrets["token"].split("-")[0], "Acme", "", None)
    )
    return there


@pytest.fixture
def connect(network, irene):
    def ask(token="acme-1", by=irene, **more):
        wish = {"slug": "there", "name": "There", "kind": network.kind} | more
        return services.connect(by=by, answers={"server": "https://there.example", "token": token}, **wish)

    return ask


def state():
    found = Destination.objects.get(slug="there")
    return found.remote_account, found.review, found.cap, target_of(found).secrets["token"]


def decide(by, change, *, confirm=True):
    return services.decide_change(by=by, change_id=change.pk, confirm=confirm, authenticated_at=clock.now())


def change_of(destination):
    return destination.changes.get(state="waiting")


def test_a_newer_token_of_the_same_account_needs_nobody_else(connect):
    connect("acme-1")
    connect("acme-2")
    assert state() == ("acme", "flagged", "internal", "acme-2")
    assert not TargetChange.objects.exists()


@pytest.mark.gate("G15")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"token": "other-1"}),
        ({"review": "always"}, {"token": "acme-2", "review": "flagged"}),
        ({"cap": "public"}, {"token": "acme-2", "cap": "internal"}),
    ],
)
def test_another_account_or_less_protection_waits_for_a_second_person(before, after, connect, irene, omar, ada):
    connect("acme-1", **before)
    was = state()
    destination = connect(**(before | after))
    assert state() == was
    for alone in (irene,):
        with pytest.raises(NotAllowed):
            decide(alone, change_of(destination))
    decide(omar, change_of(destination))
    expected = {"token": "acme-1", "review": "flagged", "cap": "internal"} | before | after
    assert state() == (expected["token"].split("-")[0], expected["review"], expected["cap"], expected["token"])


@pytest.mark.parametrize("minutes", [None, 11, -1])
def test_confirming_needs_a_fresh_password_and_refusing_none(connect, omar, minutes):
    connect("acme-1")
    change = change_of(connect("other-1"))
    given = None if minutes is None else clock.now() - timedelta(minutes=minutes)
    with pytest.raises(ReauthenticationNeeded):
        services.decide_change(by=omar, change_id=change.pk, confirm=True, authenticated_at=given)
    assert state()[0] == "acme"
    services.decide_change(by=omar, change_id=change.pk, confirm=False, authenticated_at=given)
    assert TargetChange.objects.get().state == "refused"


def test_stricter_needs_nobody_else(connect):
    connect("acme-1")
    connect("acme-1", review="always", cap="public")
    assert state()[1:3] == ("always", "public")


def test_who_may_be_the_second_person(connect, alice, chloe, victor, ivan, lena, ada):
    connect("acme-1")
    destination = connect("other-1")
    for nobody in (alice, chloe, victor, ivan):
        for confirm in (True, False):
            with pytest.raises(NotAllowed):
                decide(nobody, change_of(destination), confirm=confirm)
    decide(ada, change_of(destination))
    assert state()[0] == "other"


def test_a_refused_change_leaves_nothing_behind(connect, irene, lena):
    connect("acme-1")
    destination = connect(f"other-{CANARY}")
    services.decide_change(by=lena, change_id=change_of(destination).pk, confirm=False)
    assert state()[0] == "acme"
    assert TargetChange.objects.get().sealed == ""
    with pytest.raises(Conflict):
        decide(lena, TargetChange.objects.get())


def test_who_asked_may_take_it_back(connect, irene):
    connect("acme-1")
    destination = connect("other-1")
    services.decide_change(by=irene, change_id=change_of(destination).pk, confirm=False)
    assert state()[0] == "acme"


def test_the_database_refuses_a_change_that_its_asker_confirms(connect, irene):
    connect("acme-1")
    change = change_of(connect("other-1"))
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetChange.objects.filter(pk=change.pk).update(
            state="confirmed", decided_by=irene, decided_at="2026-01-01T00:00Z"
        )


def test_what_somebody_asked_who_then_left_is_not_confirmed(connect, irene, omar):
    connect("acme-1")
    destination = connect("other-1")
    irene.is_active = False
    irene.save()
    with pytest.raises(NotAllowed):
        decide(omar, change_of(destination))


def test_one_change_waits_at_a_time(connect, ada):
    connect("acme-1")
    connect("other-1")
    with pytest.raises(Conflict):
        connect("third-1", by=ada)


def test_another_kind_does_not_slip_into_a_destinations_place(connect, press):
    with pytest.raises(Conflict):
        connect("acme-1", slug="press")


@pytest.mark.gate("G15")
def test_what_was_cleared_for_the_old_account_waits_for_a_person(connect, network, write, alice, omar, work):
    destination = connect("acme-1")
    share = services.request_share(by=alice, post=write("For Acme"), destination=destination)
    connect("other-1")
    decide(omar, change_of(destination))
    work()
    assert Share.objects.get(pk=share.pk).state == "held"
    assert network.received == []


def test_every_officer_and_connector_admin_hears_of_it_and_the_log_keeps_it(connect, irene, omar, lena, ada):
    connect("acme-1")
    destination = connect("other-1")
    decide(omar, change_of(destination))
    told = {(notice.person.username, notice.facts["step"]) for notice in Notice.objects.filter(kind="destination")}
    assert told == {
        *[(name, "connected") for name in ("omar", "lena", "bruno")],
        *[(name, "change_asked") for name in ("omar", "lena", "bruno")],
        *[(name, "change_confirmed") for name in ("irene", "lena", "bruno")],
    }
    actions = (
        AuditEntry.objects.filter(action__startswith="destination.").order_by("pk").values_list("action", "actor_id")
    )
    assert list(actions) == [
        ("destination.connected", irene.pk),
        ("destination.change_asked", irene.pk),
        ("destination.change_confirmed", omar.pk),
    ]


def test_only_connector_admins_connect(connect, alice, omar, ivan):
    for somebody in (alice, omar, ivan):
        with pytest.raises(NotAllowed):
            connect(by=somebody)


def test_what_is_not_filled_in_is_named(connect):
    with pytest.raises(Invalid, match="Token"):
        connect("")
    with pytest.raises(Invalid, match="Name"):
        connect(name=" ")


def test_a_test_is_an_ordinary_share_that_the_gate_judges(connect, network, irene, policy, work, omar):
    destination = connect("acme-1", review="always")
    share = services.send_test(by=irene, destination=destination)
    work()
    assert network.received == []
    assert share.state == "held"
    with pytest.raises(NotAllowed):
        services.send_test(by=omar, destination=destination)


# Secrets ------------------------------------------------------------------------------------------------------------


def dump():
    """Every value of every table, as a thief of the database reads it."""
    text = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            text += [str(row) for row in cursor.fetchall()]
    return "\n".join(text)


def test_a_canary_is_nowhere_but_sealed(connect, irene, omar, network, sent_there, caplog, capsys, tmp_path):
    connect(f"acme-{CANARY}")
    destination = connect(f"other-{CANARY}")
    with pytest.raises(Conflict):
        connect(f"third-{CANARY}")
    assert CANARY not in dump()
    decide(omar, change_of(destination))
    destination = Destination.objects.get(slug="there")
    assert target_of(destination).secrets["token"] == f"other-{CANARY}"
    network.next("bug")
    assert sent_there(destination, "A bug in the connector is logged").note == ""
    call_command("dumpdata", "--output", str(tmp_path / "dump.json"))
    said = capsys.readouterr()
    places = [dump(), (tmp_path / "dump.json").read_text(), caplog.text, said.out, said.err]
    places += [repr(found) for found in (*Destination.objects.all(), *TargetChange.objects.all())]
    places += [repr(target_of(destination)), json.dumps(list(AuditEntry.objects.values()), default=str)]
    assert [place for place in places if CANARY in place] == []


KEY, NEWER = "A" * 43 + "=", "B" * 43 + "="


def test_a_key_is_rotated_while_both_open(connect, settings, omar):
    settings.CREDENTIALS_KEY = KEY
    connect("acme-1")
    connect("other-1")
    settings.CREDENTIALS_KEY, settings.CREDENTIALS_KEY_OLD = NEWER, [KEY]
    assert state()[3] == "acme-1"
    call_command("rotate_credentials_key")
    settings.CREDENTIALS_KEY_OLD = []
    assert state()[3] == "acme-1"
    decide(omar, TargetChange.objects.get())
    assert state()[3] == "other-1"
    assert AuditEntry.objects.filter(action="credentials.rotated").count() == 1
    settings.CREDENTIALS_KEY = KEY
    with pytest.raises(credentials.CredentialsUnreadable):
        state()


def test_a_rotation_without_the_old_key_changes_nothing_and_says_which(connect, settings):
    settings.CREDENTIALS_KEY = KEY
    connect("acme-1")
    settings.CREDENTIALS_KEY = NEWER
    with pytest.raises(CommandError, match="there"):
        call_command("rotate_credentials_key")
    settings.CREDENTIALS_KEY = KEY
    assert state()[3] == "acme-1"
