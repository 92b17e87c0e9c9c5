import json

import pytest

from corpblog.realtime.limits import CHANNELS_PER_SOCKET
from corpblog.realtime.messages import Follow, Malformed, Ping, parse


def test_a_ping_is_read() -> None:
    assert parse({"text": '{"t":"ping"}'}) == Ping()


def test_a_wish_is_read() -> None:
    said = parse({"text": '{"t":"sub","channels":[1,2,2],"after":{"1":7}}'})
    assert said == Follow(frozenset({1, 2}), {1: 7})


def test_a_wish_without_numbers_starts_where_the_channel_stands() -> None:
    assert parse({"text": '{"t":"sub","channels":[1]}'}) == Follow(frozenset({1}), {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "7",
        '"ping"',
        "{",
        '{"t":"sub"}',
        '{"t":"sub","channels":"1"}',
        '{"t":"sub","channels":["1"]}',
        '{"t":"sub","channels":[1.5]}',
        '{"t":"sub","channels":[true]}',
        '{"t":"sub","channels":[null]}',
        '{"t":"sub","channels":[-1]}',
        '{"t":"sub","channels":[9223372036854775808]}',
        '{"t":"sub","channels":[NaN]}',
        '{"t":"sub","channels":[Infinity]}',
        '{"t":"sub","channels":[1],"after":[]}',
        '{"t":"sub","channels":[1],"after":null}',
        '{"t":"sub","channels":[1],"after":{"x":1}}',
        '{"t":"sub","channels":[1],"after":{"١":1}}',
        '{"t":"sub","channels":[1],"after":{"1_0":1}}',
        '{"t":"sub","channels":[1],"after":{"1":"1"}}',
        '{"t":"sub","channels":[1],"after":{"1":-1}}',
        '{"t":"desk"}',
        '{"t":"live.wake","kind":"post"}',
        "[" * 100_000,
        '{"t":' * 20_000,
        '{"t":"sub","channels":[' + "9" * 10_000 + "]}",
        '{"t":"sub","channels":[' + ",".join(map(str, range(CHANNELS_PER_SOCKET + 1))) + "]}",
        "\x00",
        '{"t":"ping"}{"t":"ping"}',
    ],
    ids=lambda text: text[:30] or "empty",
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        parse({"text": text})


def test_bytes_are_malformed() -> None:
    with pytest.raises(Malformed):
        parse({"bytes": b'{"t":"ping"}'})


def test_the_largest_number_is_a_number() -> None:
    assert parse({"text": json.dumps({"t": "sub", "channels": [2**63 - 1]})}) == Follow(frozenset({2**63 - 1}), {})
