import json

import pytest
from websockets.frames import Frame as ReferenceFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from corpblog.realtime.frames import Frame, bye, frame, parcel
from corpblog.realtime.limits import TOO_SLOW


def read_by_another_library(wire: bytes) -> ReferenceFrame:
    stream = StreamReader()
    stream.feed_data(wire)
    parser = ReferenceFrame.parse(stream.read_exact, mask=False)
    try:
        while True:
            next(parser)
    except StopIteration as end:
        return end.value


@pytest.mark.parametrize("length", [0, 1, 100, 125, 126, 127, 65_535, 65_536, 200_000])
def test_another_library_reads_a_frame_of_any_length(length: int) -> None:
    text = "x" * max(0, length - len('{"a":""}'))
    seen = read_by_another_library(frame({"a": text}).wire)
    assert (seen.fin, seen.opcode, json.loads(seen.data)) == (True, Opcode.TEXT, {"a": text})


def test_text_and_wire_say_the_same() -> None:
    made = frame({"html": "Théâtre 🎉 \u2028 </script>"})
    assert read_by_another_library(made.wire).data.decode() == made.text


def test_a_parcel_keeps_its_frames_in_order() -> None:
    made = [frame({"s": number}) for number in range(3)]
    together = parcel(made)
    assert together.frames == tuple(made)
    assert together.wire == b"".join(each.wire for each in made)


def test_the_last_frame_says_why() -> None:
    assert json.loads(bye(TOO_SLOW).frames[0].text) == {"t": "bye", "reason": "slow"}


def test_a_frame_is_no_larger_than_its_text_and_header() -> None:
    made: Frame = frame({"t": "pong"})
    assert len(made.wire) == len(made.text) + 2
