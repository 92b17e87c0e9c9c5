"""What the worker does beside sending never keeps it from sending."""

import threading
from datetime import timedelta

import pytest

from corpblog.kernel import periodic
from corpblog.sharing import services, worker
from corpblog.sharing.connectors.base import Unclear
from corpblog.sharing.models import Job, PressItem
from corpblog.sharing.worker import Worker
from tests.threads import threads_database  # noqa: F401

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("threads_database")]


def test_a_periodic_task_that_waits_for_somebody_does_not_keep_shares_back(write, press, alice, monkeypatch):
    asked, answered = threading.Event(), threading.Event()

    def silent_directory():
        asked.set()
        answered.wait(30)

    monkeypatch.setattr(periodic, "_tasks", {})
    periodic.every(timedelta(minutes=10), silent_directory, name="silent")
    running = Worker("w")
    working = threading.Thread(target=running.run)
    working.start()
    try:
        assert asked.wait(20)
        services.request_share(by=alice, post=write("Clean words"), destination=press)
        assert eventually(PressItem.objects.exists)
    finally:
        running.stop()
        answered.set()
        working.join(20)
    assert not working.is_alive()


def test_a_remote_that_is_watched_and_silent_keeps_neither_chores_nor_shares_back(write, press, alice, monkeypatch):
    asked, answered, tidied = threading.Event(), threading.Event(), threading.Event()

    def silent_watch():
        asked.set()
        answered.wait(30)

    monkeypatch.setattr(periodic, "_tasks", {})
    periodic.every(timedelta(minutes=10), silent_watch, name="silent", asks_outside=True)
    periodic.every(timedelta(minutes=10), lambda: asked.wait(20) and tidied.set(), name="tidy")
    running = Worker("w")
    working = threading.Thread(target=running.run)
    working.start()
    try:
        assert tidied.wait(20)
        services.request_share(by=alice, post=write("Clean words"), destination=press)
        assert eventually(PressItem.objects.exists)
        assert not answered.is_set()
    finally:
        running.stop()
        answered.set()
        working.join(20)
    assert not working.is_alive()


def test_the_press_page_waits_for_no_remote_however_many_are_silent(write, press, remote, alice, monkeypatch):
    monkeypatch.setattr(worker, "LANES", 1)
    called, answered = threading.Event(), threading.Event()
    there, connector = remote("key")
    other, _connector = remote("readable")

    def silent(*_call, **_how):
        called.set()
        answered.wait(30)
        raise Unclear("no_answer")

    monkeypatch.setattr(connector, "publish", silent)
    services.request_share(by=alice, post=write("To the silent one"), destination=there)
    running = Worker("w")
    working = threading.Thread(target=running.run)
    working.start()
    try:
        assert called.wait(20)
        services.request_share(by=alice, post=write("To another one"), destination=other)
        services.request_share(by=alice, post=write("Clean words"), destination=press)
        assert eventually(PressItem.objects.exists)
        assert states(other) == ["waiting"], "all lanes to the outside are taken"
    finally:
        running.stop()
        answered.set()
        working.join(20)
    assert not working.is_alive()


def eventually(holds):
    pause = threading.Event()
    return any(holds() or pause.wait(0.1) for _turn in range(200))


def test_a_destination_that_does_not_answer_keeps_only_its_own_shares_back(write, press, remote, alice, monkeypatch):
    called, answered = threading.Event(), threading.Event()
    there, connector = remote("key")
    publish = connector.publish

    def silent(payload, target, **how):
        called.set()
        answered.wait(30)
        return publish(payload, target, **how)

    monkeypatch.setattr(connector, "publish", silent)
    for words in ("To the silent one", "And after it"):
        services.request_share(by=alice, post=write(words), destination=there)
    running = Worker("w")
    working = threading.Thread(target=running.run)
    working.start()
    try:
        assert called.wait(20)
        services.request_share(by=alice, post=write("Clean words"), destination=press)
        assert eventually(PressItem.objects.exists)
        # The second one for the silent remote waits for its turn: two at once would arrive in any order.
        assert states(there) == ["calling", "waiting"]
        answered.set()
        assert eventually(lambda: states(there) == ["sent", "sent"])
    finally:
        running.stop()
        answered.set()
        working.join(20)
    assert not working.is_alive()


def states(destination):
    return list(Job.objects.filter(share__destination=destination).order_by("pk").values_list("state", flat=True))
