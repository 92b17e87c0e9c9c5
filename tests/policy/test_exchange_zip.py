"""A policy goes out as one ZIP and comes back as it was; what is no export says why."""

import io
import zipfile
from collections.abc import Callable

import pytest

from corpblog.people.models import Person
from corpblog.policy import exchange, services
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import PolicyVersion
from tests.policy.test_exchange import LISTED, full

__all__ = ["full"]
pytestmark = pytest.mark.django_db


def zipped(files: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_out_and_in_again_is_the_same_policy(full: PolicyVersion, irene: Person) -> None:
    body = exchange.archive(full)
    assert body == exchange.archive(full)
    assert exchange.is_archive(body)
    again = services.draft_of_files(by=irene, files=exchange.read_archive(body))
    assert (again.source, again.dictionaries, again.digest) == (full.source, full.dictionaries, full.digest)


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"lists/a": "x"}, "There is no policy.yaml in this ZIP"),
        ({"policy.yaml": LISTED, "../../evil": "x"}, "a file that an export does not write: ../../evil"),
        ({"policy.yaml": LISTED, "lists/deep/name": "x"}, "does not write: lists/deep/name"),
        ({"policy.yaml": LISTED, "lists/Bad Name": "x"}, "Name the list with letters"),
        ({"policy.yaml": LISTED, "lists/empty": "\n"}, "This list has no terms"),
        ({"policy.yaml": LISTED, "sources.json": "[1]"}, "is not what an export writes"),
        ({"policy.yaml": b"\xff\xfe\x00"}, "not UTF-8 text"),
        ({"policy.yaml": LISTED, "lists/big": b"0" * (exchange.LARGEST + 1)}, "larger than 32 MB unpacked"),
        (
            {"policy.yaml": LISTED} | {f"lists/{number}": "x" for number in range(exchange.MOST_FILES)},
            "more than 300 files",
        ),
    ],
)
def test_a_zip_that_is_no_export_says_why(files: dict[str, str | bytes], told: str) -> None:
    with pytest.raises(BadDictionary) as refused:
        exchange.read_archive(zipped(files))
    assert told in refused.value.message


@pytest.mark.parametrize("spoil", [lambda body: body[: len(body) // 2], lambda body: b"PK\x03\x04 and no more"])
def test_a_zip_that_is_cut_or_none_cannot_be_read(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(BadDictionary, match="This ZIP cannot be read"):
        exchange.read_archive(spoil(zipped({"policy.yaml": LISTED})))


def test_a_damaged_member_cannot_be_read() -> None:
    body = bytearray(zipped({"policy.yaml": LISTED * 20}))
    body[80] ^= 0xFF
    with pytest.raises(BadDictionary, match="This ZIP cannot be read"):
        exchange.read_archive(bytes(body))
