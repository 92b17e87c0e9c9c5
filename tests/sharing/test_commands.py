"""What an operator runs."""

import io

import pytest
from django.core.management import CommandError, call_command

from corpblog.audit.models import AuditEntry
from corpblog.sharing import services
from corpblog.sharing.models import Destination, GateState, PressItem

pytestmark = pytest.mark.django_db


def test_the_kill_switch_is_one_command(write, press, alice, irene, work, capsys):
    services.request_share(by=alice, post=write("Clean"), destination=press)
    call_command("gate", "close", "--by", "irene", "--reason", "leak")
    work()
    assert not PressItem.objects.exists()
    call_command("gate", "status")
    assert "The gate is closed: leak" in capsys.readouterr().out
    call_command("gate", "open", "--by", "irene", "--reason", "drill over")
    assert not GateState.objects.get().is_closed
    assert AuditEntry.objects.filter(action__startswith="gate.").count() == 2


@pytest.mark.parametrize(
    "options", [["--by", "alice", "--reason", "x"], ["--by", "nobody", "--reason", "x"], ["--by", "irene"], []]
)
def test_the_switch_asks_who_and_why(db, alice, irene, options):
    with pytest.raises(CommandError):
        call_command("gate", "close", *options)
    assert not GateState.objects.filter(is_closed=True).exists()


def test_an_officer_may_close_the_gate_and_not_open_it(db, omar):
    call_command("gate", "close", "--by", "omar", "--reason", "leak")
    with pytest.raises(CommandError):
        call_command("gate", "open", "--by", "omar", "--reason", "fine")


def test_a_destination_is_connected_by_command(remote, irene, monkeypatch):
    destination, _there = remote()
    monkeypatch.setattr("sys.stdin", io.StringIO("canary-token\n"))
    call_command("connect_destination", "other", destination.kind, "server=https://there.example", "--by", "irene")
    made = Destination.objects.get(slug="other")
    assert made.remote_account == "acme@there"
    assert "canary" not in made.credentials


def test_only_connector_admins_connect(remote, ivan, monkeypatch):
    destination, _there = remote()
    monkeypatch.setattr("sys.stdin", io.StringIO("token\n"))
    with pytest.raises(CommandError):
        call_command("connect_destination", "o", destination.kind, "server=https://x.example", "--by", "ivan")


@pytest.mark.parametrize("answers", [["server"], ["server=https://x.example", "token=in-sight"], ["port=1"], []])
def test_what_a_connector_does_not_ask_or_lacks_connects_nothing(remote, irene, monkeypatch, answers):
    destination, _there = remote()
    monkeypatch.setattr("sys.stdin", io.StringIO("token\n"))
    with pytest.raises(CommandError):
        call_command("connect_destination", "o", destination.kind, *answers, "--by", "irene")
    assert not Destination.objects.filter(slug="o").exists()


def test_the_worker_does_what_is_due_and_ends(write, press, alice):
    services.request_share(by=alice, post=write("Clean"), destination=press)
    call_command("worker", "--once")
    assert PressItem.objects.count() == 1
