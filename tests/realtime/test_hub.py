"""The hub against a database of the test's own: order, holes, languages, rights, slow readers."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from corpblog.realtime import guard as guarding
from corpblog.realtime import hub as hubs
from corpblog.realtime import wakeups
from corpblog.realtime.limits import (
    CATCH_UP_EVENTS,
    RESTART,
    SESSION_OVER,
    SOCKETS_PER_PERSON,
    SOCKETS_PER_SESSION,
    TOO_SLOW,
)
from corpblog.realtime.outlets import Waiting
from corpblog.realtime.wakeups import Kind, Wakeup
from tests.realtime.conftest import Desk, until

pytestmark = pytest.mark.asyncio


def post(desk: Desk, channel_id: int, times: int = 1) -> None:
    for _ in range(times):
        desk.hub.receive(Wakeup(Kind.POST, channel_id, desk.ledger.post(channel_id)))


async def test_a_wake_up_brings_the_post(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])


async def test_every_page_of_a_language_gets_the_very_same_bytes(desk: Desk) -> None:
    pages = [(await desk.open(person, 1, key=f"{person}-{tab}"))[1] for person in (1, 2, 3) for tab in range(5)]
    post(desk, 1)
    await until(lambda: all(page.posts(1) == [1] for page in pages))
    assert len({id(page.parcels[0].wire) for page in pages}) == 1
    assert sum(asked[0] == "read" for asked in desk.ledger.asked) == 1


async def test_each_page_gets_its_language_from_one_read(desk: Desk) -> None:
    _, english = await desk.open(1, 1, language="en")
    _, french = await desk.open(2, 1, language="fr")
    post(desk, 1)
    await until(lambda: bool(english.got and french.got))
    assert (english.got[0]["l"], french.got[0]["l"]) == ("en", "fr")
    assert [asked for asked in desk.ledger.asked if asked[0] == "read"] == [("read", 1, 0, None, ("en", "fr"))]


async def test_wake_ups_during_a_read_are_one_more_read(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.ledger.may_read.clear()
    post(desk, 1)
    await until(lambda: ("read", 1, 0, None, ("en",)) in desk.ledger.asked)
    post(desk, 1, times=50)
    desk.ledger.may_read.set()
    await until(lambda: page.posts(1) == list(range(1, 52)))
    assert sum(asked[0] == "read" for asked in desk.ledger.asked) <= 2


async def test_lost_doubled_and_late_wake_ups_do_no_harm(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.ledger.post(1, times=3)
    for seq in (3, 3, 1, 2, 3):
        desk.hub.receive(Wakeup(Kind.POST, 1, seq))
    await until(lambda: page.posts(1) == [1, 2, 3])
    desk.hub.receive(Wakeup(Kind.POST, 1, 2))
    post(desk, 1)
    await until(lambda: page.posts(1) == [1, 2, 3, 4])


async def test_a_long_backlog_arrives_in_order(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.ledger.page = 7
    desk.ledger.post(1, times=100)
    desk.hub.receive(Wakeup(Kind.POST, 1, 100))
    await until(lambda: page.posts(1) == list(range(1, 101)))


async def test_a_wrong_wake_up_sends_nobody_looking(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.hub.receive(Wakeup(Kind.POST, 1, 99))
    await until(lambda: desk.hub.sockets.topics[1].head == 0)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])


async def test_a_channel_nobody_follows_is_not_read(desk: Desk) -> None:
    await desk.open(1, 1)
    post(desk, 2)
    assert not any(asked[0] == "read" for asked in desk.ledger.asked)


async def test_a_page_catches_up_on_what_it_missed(desk: Desk) -> None:
    desk.ledger.post(1, times=10)
    _, page = await desk.open(1, 1, after={1: 4})
    assert page.posts(1) == [5, 6, 7, 8, 9, 10]
    post(desk, 1)
    await until(lambda: page.posts(1)[-1] == 11)


async def test_a_page_without_numbers_starts_now(desk: Desk) -> None:
    desk.ledger.post(1, times=10)
    _, page = await desk.open(1, 1)
    assert page.got == []


async def test_a_page_too_far_behind_is_told_to_load_afresh(desk: Desk) -> None:
    desk.ledger.post(1, times=CATCH_UP_EVENTS + 1)
    _, page = await desk.open(1, 1, after={1: 0})
    assert page.got == [{"t": "resync"}]
    post(desk, 1)
    await until(lambda: page.posts(1) == [CATCH_UP_EVENTS + 2])


async def test_a_page_from_before_a_restore_is_told_to_load_afresh(desk: Desk) -> None:
    desk.ledger.post(1, times=3)
    _, page = await desk.open(1, 1, after={1: 70})
    assert page.got == [{"t": "resync"}]


async def test_who_comes_in_during_a_delivery_misses_nothing(desk: Desk) -> None:
    """Joins at every possible moment of a running stream: no holes, whatever the moment."""
    _, steady = await desk.open(1, 1)
    pages = []
    for round_number in range(40):
        post(desk, 1)
        for _ in range(round_number % 4):
            await asyncio.sleep(0)
        after = desk.ledger.events[1][-1] - 1
        _, page = await desk.open(2 + round_number % 2, 1, after={1: after}, key=f"late-{round_number}")
        pages.append((after, page))
        if round_number % 3 == 0:
            await asyncio.sleep(0.003)
    post(desk, 1)
    last = desk.ledger.events[1][-1]
    await until(lambda: steady.posts(1)[-1:] == [last] and all(page.posts(1)[-1:] == [last] for _, page in pages))
    assert steady.posts(1) == list(range(1, last + 1))
    for after, page in pages:
        assert page.posts(1) == list(range(after + 1, last + 1))


async def test_who_comes_in_while_the_others_move_on_gets_what_they_got(desk: Desk) -> None:
    _, steady = await desk.open(1, 1)
    desk.ledger.may_answer.clear()
    coming = asyncio.create_task(desk.open(2, 1))
    await until(lambda: ("opening", 2) in desk.ledger.asked)  # its answer says that nothing was posted yet
    post(desk, 1)
    await until(lambda: steady.posts(1) == [1])
    desk.ledger.may_answer.set()
    _, late = await coming
    post(desk, 1)
    await until(lambda: late.posts(1) == [1, 2])


async def test_who_is_ahead_of_the_delivery_gets_only_the_rest(desk: Desk) -> None:
    _, early = await desk.open(1, 1)
    desk.ledger.may_read.clear()
    post(desk, 1, times=3)
    await until(lambda: desk.hub.sockets.topics[1].is_delivering)
    _, late = await desk.open(2, 1)  # stands at 3 already
    desk.ledger.post(1)
    desk.ledger.may_read.set()
    desk.hub.receive(Wakeup(Kind.POST, 1, 4))
    await until(lambda: early.posts(1) == [1, 2, 3, 4] and late.posts(1) == [4])


async def test_a_language_that_comes_in_during_a_read_is_drawn_too(desk: Desk) -> None:
    await desk.open(1, 1, language="en")
    desk.ledger.may_read.clear()
    post(desk, 1)
    await until(lambda: desk.hub.sockets.topics[1].is_delivering)
    socket, french = await desk.open(2, 1, language="fr")
    socket.at[1] = 0  # as if it had joined before the post
    desk.ledger.may_read.set()
    await until(lambda: french.posts(1) == [1])
    assert french.got[0]["l"] == "fr"


async def test_following_anew_replaces_what_was_followed(desk: Desk) -> None:
    socket, page = await desk.open(1, 1, 2)
    await desk.hub.follow(socket, [2], {})
    post(desk, 1)
    post(desk, 2)
    await until(lambda: page.posts(2) == [1])
    assert page.posts(1) == []
    assert 1 not in desk.hub.sockets.topics


async def test_following_the_same_again_loses_and_doubles_nothing(desk: Desk) -> None:
    socket, page = await desk.open(1, 1)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])
    await desk.hub.follow(socket, [1], {1: 1})
    post(desk, 1)
    await until(lambda: page.posts(1) == [1, 2])


async def test_a_page_that_lost_something_may_ask_again(desk: Desk) -> None:
    socket, page = await desk.open(1, 1)
    post(desk, 1, times=3)
    await until(lambda: page.posts(1) == [1, 2, 3])
    await desk.hub.follow(socket, [1], {1: 1})
    assert page.posts(1) == [1, 2, 3, 2, 3]


async def test_hidden_and_missing_channels_are_left_out_alike(desk: Desk) -> None:
    socket, page = await desk.open(3, 1, 2, 999)
    assert set(socket.at) == {1}
    assert page.got == []
    post(desk, 2)
    assert 2 not in desk.hub.sockets.topics


# Rights ---------------------------------------------------------------------------------------------------------------


async def test_a_removed_member_gets_nothing_after_the_news(desk: Desk) -> None:
    _, removed = await desk.open(2, 1)
    _, stays = await desk.open(1, 1)
    desk.ledger.members[1].discard(2)
    desk.hub.receive(Wakeup(Kind.RIGHTS, 2))
    post(desk, 1)
    await until(lambda: stays.posts(1) == [1])
    assert removed.got == []
    assert removed.closed is None, "the page goes on with its other channels"


async def test_a_removed_member_gets_nothing_even_if_the_news_comes_during_the_read(desk: Desk) -> None:
    _, removed = await desk.open(2, 1)
    _, stays = await desk.open(1, 1)
    desk.ledger.may_read.clear()
    post(desk, 1)
    await until(lambda: any(asked[0] == "read" for asked in desk.ledger.asked))
    desk.ledger.members[1].discard(2)
    desk.hub.receive(Wakeup(Kind.RIGHTS, 2))
    desk.ledger.may_read.set()
    await until(lambda: stays.posts(1) == [1])
    assert removed.got == []


async def test_without_any_news_an_old_answer_is_not_acted_upon(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, removed = await desk.open(2, 1)
    _, stays = await desk.open(1, 1)
    desk.ledger.members[1].discard(2)
    desk.hub.guard._checked -= guarding.RIGHTS_SECONDS + 1
    post(desk, 1)
    await until(lambda: stays.posts(1) == [1])
    assert removed.got == []


async def test_an_answer_young_enough_is_not_asked_again(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])
    assert not any(asked[0] == "readers" for asked in desk.ledger.asked)


async def test_an_ended_session_is_closed_before_the_next_post(desk: Desk) -> None:
    _, signed_out = await desk.open(2, 1, key="ended")
    _, other_browser = await desk.open(2, 1, key="other")
    del desk.ledger.sessions["ended"]
    desk.hub.receive(Wakeup(Kind.RIGHTS, 2))
    post(desk, 1)
    await until(lambda: other_browser.posts(1) == [1])
    assert (signed_out.closed, signed_out.got) == (SESSION_OVER, [])


async def test_the_sweep_closes_an_ended_session_without_any_post(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "SWEEP_SECONDS", 0.05)
    _, page = await desk.open(2, 1)
    desk.hub.start()
    desk.ledger.sessions.clear()
    await until(lambda: page.closed == SESSION_OVER)


async def test_the_sweep_drops_a_removed_member(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarding, "SWEEP_SECONDS", 0.05)
    socket, page = await desk.open(2, 1)
    desk.hub.start()
    desk.ledger.members[1].discard(2)
    await until(lambda: 1 not in socket.at)
    assert page.closed is None


async def test_nothing_is_delivered_where_rights_cannot_be_asked(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])
    desk.hub.guard.doubt()
    desk.ledger.knows_rights = False
    post(desk, 1)
    await until(lambda: not desk.hub.sockets.topics[1].is_delivering)
    assert page.posts(1) == [1]
    desk.ledger.knows_rights = True
    desk.hub.advance(1, 2)
    await until(lambda: page.posts(1) == [1, 2])


async def test_a_notice_is_not_told_where_rights_cannot_be_asked(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.hub.guard.doubt()
    desk.ledger.is_broken = True
    desk.hub.receive(Wakeup(Kind.NOTICE, 1, 5))
    await until(lambda: len(desk.hub._tasks) == 0)
    assert page.got == []


async def test_rights_of_people_who_are_not_here_are_not_asked(desk: Desk) -> None:
    await desk.open(1, 1)
    desk.hub.receive(Wakeup(Kind.RIGHTS, 77))
    assert desk.hub.guard.is_sure()


async def test_a_channel_that_closes_its_doors_is_asked_about(desk: Desk) -> None:
    _, page = await desk.open(2, 1)
    desk.ledger.members[1] = {1}
    desk.hub.receive(Wakeup(Kind.CHANNEL, 1))
    post(desk, 1)
    await until(lambda: 1 not in desk.hub.sockets.topics)
    assert page.got == []


# When things fail -----------------------------------------------------------------------------------------------------


async def test_what_could_not_be_read_comes_with_the_next_poll(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpblog.realtime.pulse.POLL_SECONDS", 0.02)
    monkeypatch.setattr("corpblog.realtime.pulse.POLL_SECONDS_WITH_REDIS", 0.02)
    _, page = await desk.open(1, 1)
    desk.ledger.is_broken = True
    post(desk, 1)
    await until(lambda: not desk.hub.sockets.topics[1].is_delivering)
    assert page.got == []
    desk.hub.start()
    desk.ledger.is_broken = False
    await until(lambda: page.posts(1) == [1])


async def test_an_event_that_cannot_be_drawn_does_not_stop_the_channel(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.ledger.is_drawable = False
    post(desk, 1)
    for _ in range(hubs._ATTEMPTS):
        await until(lambda: not desk.hub.sockets.topics[1].is_delivering)
        desk.hub.advance(1, 1)
    await until(lambda: page.got == [{"t": "resync"}])
    desk.ledger.is_drawable = True
    post(desk, 1)
    await until(lambda: page.posts(1) == [2])


async def test_polling_finds_what_nobody_announced(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpblog.realtime.pulse.POLL_SECONDS", 0.02)
    monkeypatch.setattr("corpblog.realtime.pulse.POLL_SECONDS_WITH_REDIS", 0.02)
    _, page = await desk.open(1, 1)
    desk.hub.start()
    desk.ledger.post(1, times=2)
    desk.ledger.fresh.append(Wakeup(Kind.NOTICE, 1, 9))
    await until(lambda: page.posts(1) == [1, 2] and {"t": "notice", "id": 9, "l": "en"} in page.got)


async def test_a_reader_who_lets_too_much_wait_is_cut_off(desk: Desk) -> None:
    _, slow = await desk.open(1, 1)
    _, quick = await desk.open(2, 1)
    slow.backlog = Waiting(257, 10, 0.1)
    post(desk, 1)
    await until(lambda: quick.posts(1) == [1])
    assert slow.closed == TOO_SLOW


async def test_a_reader_who_takes_nothing_is_cut_off_without_further_posts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarding, "SWEEP_SECONDS", 0.05)
    _, slow = await desk.open(1, 1)
    desk.hub.start()
    slow.backlog = Waiting(1, 10, 31)
    await until(lambda: slow.closed == TOO_SLOW)


async def test_many_sockets_do_not_hold_the_loop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "_WRITES_A_TURN", 5)
    pages = [(await desk.open(1, 1, key=f"tab-{number}"))[1] for number in range(30)]
    turns = 0

    async def count() -> None:
        nonlocal turns
        while not all(page.got for page in pages):
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    post(desk, 1)
    await until(lambda: all(page.posts(1) == [1] for page in pages))
    await counting
    assert turns > 5


# To one person --------------------------------------------------------------------------------------------------------


async def test_a_notice_reaches_every_page_of_its_person_in_its_language(desk: Desk) -> None:
    _, english = await desk.open(1, 1, language="en", key="a")
    _, french = await desk.open(1, 1, language="fr", key="b")
    _, other = await desk.open(2, 1)
    desk.hub.receive(Wakeup(Kind.NOTICE, 1, 5))
    await until(lambda: bool(english.got and french.got))
    assert (english.got[0]["l"], french.got[0]["l"], other.got) == ("en", "fr", [])


async def test_what_is_read_on_one_device_is_told_to_all_of_its_person(desk: Desk) -> None:
    _, one = await desk.open(1, 1, language="en", key="a")
    _, two = await desk.open(1, 1, language="fr", key="b")
    _, other = await desk.open(2, 1)
    desk.hub.receive(Wakeup(Kind.READ, 1))
    await until(lambda: bool(one.got and two.got))
    assert one.got == two.got == [{"t": "read", "unread": {"7": 3}, "notices": 1}]
    assert other.got == []


async def test_what_is_read_is_told_to_nobody_whose_rights_cannot_be_asked(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.hub.guard.doubt()
    desk.ledger.is_broken = True
    desk.hub.receive(Wakeup(Kind.READ, 1))
    await until(lambda: len(desk.hub._tasks) == 0)
    assert page.got == []


async def test_a_share_reaches_who_may_know(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.hub.receive(Wakeup(Kind.SHARE, 5))
    await until(lambda: page.got == [{"t": "share", "id": 5}])


# Beats ----------------------------------------------------------------------------------------------------------------


async def test_a_beat_tells_which_channels_moved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpblog.realtime.pulse.BEAT_SECONDS", 0)
    _, page = await desk.open(1, 1, 2)
    post(desk, 1)
    await until(lambda: page.posts(1) == [1])
    desk.hub.start()
    await until(lambda: any(each["t"] == "beat" for each in page.got))
    assert next(each for each in page.got if each["t"] == "beat")["heads"]["1"] == 1


async def test_a_beat_tells_nothing_where_rights_are_in_doubt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpblog.realtime.pulse.BEAT_SECONDS", 0)
    _, page = await desk.open(1, 1)
    desk.ledger.is_broken = True
    desk.hub.guard.doubt()
    desk.hub.start()
    await until(lambda: page.got == [{"t": "beat", "heads": {}}])


# Room and end ---------------------------------------------------------------------------------------------------------


async def test_a_session_may_open_so_many_sockets(desk: Desk) -> None:
    for _ in range(SOCKETS_PER_SESSION):
        assert desk.hub.has_room_for(1, "session-1")
        await desk.open(1)
    assert not desk.hub.has_room_for(1, "session-1")
    assert desk.hub.has_room_for(1, "another")


async def test_a_person_may_open_so_many_sockets(desk: Desk) -> None:
    for number in range(SOCKETS_PER_PERSON):
        await desk.open(1, key=f"session-{number}")
    assert not desk.hub.has_room_for(1, "another")
    assert desk.hub.has_room_for(2, "another")


async def test_a_closed_socket_gives_its_room_back(desk: Desk) -> None:
    socket, _ = await desk.open(1, 1)
    desk.hub.remove(socket)
    desk.hub.remove(socket)
    assert len(desk.hub.sockets) == 0
    assert desk.hub.sockets.topics == {}
    assert desk.hub.sockets._by_person == {}
    assert desk.hub.sockets._by_session == {}


async def test_a_socket_that_left_during_its_catch_up_is_not_let_in(desk: Desk) -> None:
    desk.ledger.post(1, times=5)
    desk.ledger.may_read.clear()
    opening = asyncio.create_task(desk.open(1, 1, after={1: 0}))
    await until(lambda: any(asked[0] == "read" for asked in desk.ledger.asked))
    desk.hub.remove(next(iter(desk.hub.sockets.all)))
    desk.ledger.may_read.set()
    await opening
    assert desk.hub.sockets.topics == {}


async def test_draining_sends_everybody_elsewhere(desk: Desk) -> None:
    pages = [(await desk.open(number, 1, key=str(number)))[1] for number in (1, 2, 3)]
    await desk.hub.drain(0.03)
    assert [page.closed for page in pages] == [RESTART] * 3
    assert len(desk.hub.sockets) == 0


async def test_wake_ups_come_in_from_any_thread(desk: Desk) -> None:
    desk.hub.start()
    _, page = await desk.open(1, 1)
    seq = desk.ledger.post(1)
    threading.Thread(target=wakeups.announce, args=[Wakeup(Kind.POST, 1, seq)]).start()
    await until(lambda: page.posts(1) == [1])


async def test_a_stopped_hub_harms_no_announcement(desk: Desk) -> None:
    closed = SimpleNamespace(wake=lambda _wakeup: (_ for _ in ()).throw(RuntimeError("Event loop is closed")))
    wakeups.deliver_here(closed.wake)
    try:
        wakeups.announce(Wakeup(Kind.POST, 1, 1))
    finally:
        wakeups.deliver_no_more(closed.wake)


async def test_a_look_at_the_database_does_not_tell_again_of_a_notice_that_a_wake_up_brought(desk: Desk) -> None:
    _, page = await desk.open(1, 1)
    desk.hub.receive(Wakeup(Kind.NOTICE, 1, 7))
    desk.hub.receive_found(Wakeup(Kind.NOTICE, 1, 7))
    desk.hub.receive_found(Wakeup(Kind.NOTICE, 1, 8))
    await until(lambda: [asked[2] for asked in desk.ledger.asked if asked[0] == "notice"] == [7, 8])
    desk.hub.receive(Wakeup(Kind.NOTICE, 1, 7))
    await until(lambda: [message["id"] for message in page.got if message["t"] == "notice"] == [7, 8, 7])
