"""Bytes come back as they were written, or not at all; what nobody needs goes, and nothing else does."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import pytest

from corpblog.kernel import blobs, clock, periodic

DIGEST = hashlib.sha256(b"bytes").hexdigest()


@pytest.fixture
def keepers(monkeypatch: pytest.MonkeyPatch) -> list[blobs.Keeper]:
    """Give the list of keepers, empty and for this test alone."""
    mine: list[blobs.Keeper] = []
    monkeypatch.setattr(blobs, "_keepers", mine)
    return mine


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Give what those are told who know something of files; nobody else is told anything here."""
    told: list[set[str]] = []
    monkeypatch.setattr(blobs, "_forgetters", [told.append])
    return told


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two days pass."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=2))


def test_what_is_written_is_read_under_its_digest() -> None:
    assert blobs.write(b"bytes") == DIGEST
    assert blobs.read(DIGEST) == b"bytes"


def test_one_flipped_bit_is_noticed_and_mended_by_writing_again(files: Path) -> None:
    blobs.write(b"bytes")
    path = files / blobs.name_of(DIGEST)
    path.write_bytes(b"Bytes")
    with pytest.raises(blobs.Damaged):
        blobs.read(DIGEST)
    blobs.write(b"bytes")
    assert blobs.read(DIGEST) == b"bytes"


@pytest.mark.parametrize("name", [DIGEST, "../../keys/secret_key", "", DIGEST.upper(), f"{DIGEST}\n"])
def test_what_is_not_there_and_what_is_no_digest_are_missing(name: str) -> None:
    with pytest.raises(blobs.Missing):
        blobs.read(name)


def test_others_on_the_machine_cannot_read_it(files: Path) -> None:
    blobs.write(b"bytes")
    path = files / blobs.name_of(DIGEST)
    assert path.stat().st_mode & 0o007 == 0
    assert path.parent.stat().st_mode & 0o007 == 0


def test_a_write_that_breaks_off_leaves_nothing(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.write(b"bytes")
    assert [path for path in files.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("later")
def test_the_sweep_drops_what_no_keeper_needs(keepers: list[blobs.Keeper], files: Path) -> None:
    needed, gone = blobs.write(b"needed"), blobs.write(b"gone")
    half = (files / blobs.name_of(gone)).with_name(".half-x")
    half.write_bytes(b"a worker was killed here")
    keepers += [lambda digests: set(), lambda digests: digests & {needed}]
    assert blobs.sweep() == 2
    assert blobs.read(needed) == b"needed"
    assert not half.exists()
    with pytest.raises(blobs.Missing):
        blobs.read(gone)


@pytest.mark.usefixtures("later")
def test_who_knows_something_of_a_file_is_told_that_it_is_gone(
    keepers: list[blobs.Keeper], forgotten: list[set[str]]
) -> None:
    keepers.append(lambda digests: digests - {DIGEST})
    blobs.write(b"bytes")
    blobs.write(b"kept")
    blobs.sweep()
    assert forgotten == [{DIGEST}]


def test_what_is_written_again_while_the_keepers_are_asked_stays(keepers: list[blobs.Keeper], files: Path) -> None:
    blobs.write(b"bytes")
    path = files / blobs.name_of(DIGEST)
    os.utime(path, (1, 1))

    def slow(digests: set[str]) -> set[str]:
        blobs.write(b"bytes")
        return set()

    keepers.append(slow)
    assert blobs.sweep() == 0
    assert blobs.read(DIGEST) == b"bytes"


def test_the_sweep_spares_what_was_written_today(keepers: list[blobs.Keeper]) -> None:
    keepers.append(lambda digests: set())
    blobs.write(b"bytes")
    assert blobs.sweep() == 0
    assert blobs.read(DIGEST) == b"bytes"


@pytest.mark.usefixtures("later")
def test_a_keeper_that_cannot_answer_keeps_everything(keepers: list[blobs.Keeper]) -> None:
    def broken(digests: set[str]) -> set[str]:
        raise RuntimeError

    keepers += [lambda digests: set(), broken]
    blobs.write(b"bytes")
    with pytest.raises(RuntimeError):
        blobs.sweep()
    assert blobs.read(DIGEST) == b"bytes"


@pytest.mark.usefixtures("later")
def test_without_a_keeper_nothing_is_dropped(keepers: list[blobs.Keeper]) -> None:
    blobs.write(b"bytes")
    assert blobs.sweep() == 0
    assert keepers == []
    assert blobs.read(DIGEST) == b"bytes"


def test_the_worker_sweeps() -> None:
    assert "sweep_files" in periodic._tasks
