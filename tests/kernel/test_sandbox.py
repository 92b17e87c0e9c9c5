"""What the child process cannot do, tried by a child that tries."""

import pytest

from corpblog.kernel import sandbox

WORK = "tests.kernel.confined_work"


def test_bytes_go_in_and_come_out_whole() -> None:
    data = bytes(range(256)) * 10_000
    assert sandbox.run(WORK, data, "echo") == data


@pytest.mark.parametrize(
    ("wish", "code"),
    [("memory", "memory"), ("network", "crashed"), ("program", "crashed"), ("write", "crashed"), ("die", "crashed")],
)
def test_what_a_child_must_not_do_ends_it(wish: str, code: str) -> None:
    with pytest.raises(sandbox.Failed) as failure:
        sandbox.run(WORK, b"bytes", wish)
    assert failure.value.code == code


def test_a_child_that_goes_on_for_ever_is_ended() -> None:
    with pytest.raises(sandbox.Failed) as failure:
        sandbox.run(WORK, b"", "loop", seconds=1)
    assert failure.value.code == "time"


def test_no_secret_of_ours_is_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORPBLOG_SEAL_KEY", "secret")
    names = set(sandbox.run(WORK, b"", "environment").decode().split())
    assert not {name for name in names if name.startswith("CORPBLOG")}
    assert {"PATH", "PYTHONPATH"} <= names


def test_who_finds_no_place_is_told_and_the_place_is_free_again() -> None:
    with sandbox._places, sandbox._places, pytest.raises(sandbox.Failed) as failure:
        sandbox.run(WORK, b"", "echo", seconds=0.1)
    assert failure.value.code == "busy"
    assert sandbox.run(WORK, b"again", "echo") == b"again"
