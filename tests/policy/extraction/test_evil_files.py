"""Files that are made to break their reader, or to hide from it: each is held, by a reader that lives on.

Memory and time are bounded by the child process (tests/kernel/test_sandbox.py); these go through it as uploads do.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpblog.kernel import sandbox
from corpblog.policy.extraction import read_file
from corpblog.policy.extraction.reading import LONGEST_TEXT
from corpblog.policy.extraction.work import extract
from tests.policy.extraction.files import CANARY, docx, mail, pdf, picture, xlsx, zipped

MB = 1024 * 1024


def bomb(size: int) -> bytes:
    return zipped({"a.txt": b"0" * size})


def overlapping() -> bytes:
    """A thousand names for the same megabytes, as in the better bomb."""
    body = zipped({"a.bin": bytes(9 * MB // 10)})
    directory = body.index(b"PK\x01\x02")
    entry, end = body[directory : body.index(b"PK\x05\x06")], body.index(b"PK\x05\x06")
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entry) * 1000, directory, 0)
    assert end > directory
    return body[:directory] + entry * 1000 + tail


def lying_about_its_size() -> bytes:
    data = bytearray(zipped({"a.txt": b"0" * 100_000}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = struct.pack("<L", 10)
    return bytes(data)


def encrypted_zip() -> bytes:
    data = bytearray(zipped({"a.txt": "secret"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def symlink() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo("passwords")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return buffer.getvalue()


def laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]><x>&l9;</x>'


def recursive_pdf() -> bytes:
    data = pdf("Plan")
    turned = data.replace(b"/Kids [ 4 0 R ]", b"/Kids [ 2 0 R ]")
    assert turned != data
    return turned


def many_pictures() -> bytes:
    return zipped({f"{n}.png": picture(size=(40, 40)) for n in range(21)})


def huge_png(side: int = 60_000) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


EVIL: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "ZIP bomb": ("a.zip", lambda: bomb(150 * MB), "too_large"),
    "ZIP of many small bombs": ("a.zip", lambda: zipped({f"{n}.bin": bytes(MB) for n in range(300)}), "too_large"),
    "ZIP whose entries share their bytes": ("a.zip", overlapping, "too_large"),
    "ZIP of too many entries": ("a.zip", lambda: zipped({f"{n}.txt": b"" for n in range(1001)}), "too_large"),
    "ZIP that lies about its size": ("a.zip", lying_about_its_size, "damaged"),
    "ZIP with a password": ("a.zip", encrypted_zip, "encrypted"),
    "ZIP with a link": ("a.zip", symlink, "odd_entry"),
    "ZIP that leads out": ("a.zip", lambda: zipped({"../../etc/cron.d/x": "x"}), "odd_entry"),
    "ZIP with an absolute name": ("a.zip", lambda: zipped({"/etc/cron.d/x": "x"}), "odd_entry"),
    "ZIP with bytes of no entry": ("a.zip", lambda: b"".join(_with_bytes_between()), "hidden_bytes"),
    "nested ZIP": ("a.zip", lambda: zipped({"b.zip": zipped({"c.txt": CANARY})}), "nested"),
    "ZIP in a mail": ("a.eml", lambda: mail(attached=("b.zip", zipped({"c.txt": CANARY}))), "nested"),
    "cut ZIP": ("a.zip", lambda: zipped({"a.txt": CANARY})[:-10], "damaged"),
    "10 MB of combining marks": ("a.txt", lambda: b"a" + b"\xcc\x81" * (5 * MB), "too_long"),
    "billion laughs": ("a.svg", lambda: laughs().encode(), "damaged"),
    "billion laughs in a DOCX": ("a.docx", lambda: docx(docProps__core_xml=laughs()), "damaged"),
    "billion laughs in a table": ("a.xlsx", lambda: xlsx("", xl__worksheets__sheet2_xml=laughs()), "damaged"),
    "macro in a DOCX": ("a.docx", lambda: docx(word__vbaProject_bin=b"\x00\x01 compressed"), "unknown"),
    "PDF with a password": ("a.pdf", lambda: pdf(CANARY, password="secret"), "encrypted"),
    "cut PDF": ("a.pdf", lambda: pdf(*["words"] * 20)[:-600], "damaged"),
    "PDF whose pages are in themselves": ("a.pdf", recursive_pdf, "damaged"),
    "PDF of nothing but a header": ("a.pdf", lambda: b"%PDF-1.7\n%%EOF", "damaged"),
    "PDF without a word": ("a.pdf", lambda: pdf(""), "no_text"),
    "Office file with a password": ("a.docx", lambda: _ole("EncryptedPackage"), "encrypted"),
    "Office file of old": ("a.doc", lambda: _ole("WordDocument"), "unknown"),
    "PNG of 3,600 megapixels": ("a.png", huge_png, "too_large"),
    "PNG of 64 megapixels": ("a.png", lambda: huge_png(8_000), "too_large"),
    "cut picture": ("a.png", lambda: picture(CANARY)[:-200], "damaged"),
    "picture in a row of pictures": ("a.zip", many_pictures, "many_pictures"),
    "text of another script": ("a.txt", lambda: "Проект Сокол летит".encode("koi8-r"), "encoding"),
    "bytes of no kind": ("a.bin", lambda: bytes(range(256)), "unknown"),
    "sound": ("a.mp3", lambda: b"ID3\x04\x00" + b"\x00" * 100, "unknown"),
    "nothing but half a character": ("a.txt", lambda: b"caf\xc3", ""),
}  # fmt: skip


def _with_bytes_between() -> list[bytes]:
    archive = zipped({"a.txt": "nothing"})
    return [b"PK\x03\x04" + CANARY.encode() * 600, archive]


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(512)


@pytest.mark.gate("G24")
@pytest.mark.parametrize("case", EVIL)
def test_an_evil_file_is_held_with_its_reason(case: str) -> None:
    name, make, reason = EVIL[case]
    found = read_file(make(), name)
    assert reason in found.reasons if reason else found.reasons == ()
    assert len(found.text) <= LONGEST_TEXT


@pytest.mark.gate("G24")
def test_what_the_child_does_not_survive_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    for code, reason in (("time", "time"), ("memory", "too_large"), ("crashed", "crashed"), ("busy", "busy")):

        def fail(*_asked: object, code: str = code) -> bytes:
            raise sandbox.Failed(code)  # type: ignore[arg-type]

        monkeypatch.setattr(sandbox, "run", fail)
        assert read_file(b"words", "a.txt").reasons == (reason,)


@pytest.mark.parametrize("answer", [b"", b"no JSON", b"[]", b'{"kind": "text/plain"}'])
def test_a_child_that_talks_nonsense_is_a_reason(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "run", lambda *_asked: answer)
    assert read_file(b"words", "a.txt").reasons == ("crashed",)


SEEDS = [pdf("Plan"), docx(), xlsx(""), zipped({"a.txt": "x"}), mail(), picture(size=(20, 20)), b"{\\rtf1 x}", b"<p>x"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.sampled_from(SEEDS), changes=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), max_size=4))
def test_whatever_a_file_holds_the_reader_answers(seed: bytes, changes: list[tuple[float, bytes]]) -> None:
    data = bytearray(seed)
    for where, some in changes:
        place = int(where * len(data))
        data[place : place + len(some)] = some
    found = extract(bytes(data), "a")
    assert found.kind
    assert "\x00" not in found.text
