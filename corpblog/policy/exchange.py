"""A policy as files: the YAML as it was typed, and its lists beside it.

A folder for whoever keeps it in version control (`manage.py export_policy`), one ZIP of the same files for whoever has
a browser, or the YAML alone, which then keeps the lists of the version in force.
"""

import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from corpblog.policy import dictionaries
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import PolicyVersion
from corpblog.policy.scanners import word_lists
from corpblog.policy.sources import Source

DOCUMENT: Final = "policy.yaml"
LISTS: Final = "lists"
SOURCES: Final = "sources.json"
LARGEST: Final = 32_000_000  # bytes of a ZIP's files when they are unpacked: twice the longest word list
MOST_FILES: Final = 300
# RuntimeError: it asks for a password. NotImplementedError: packed in a way that nobody reads here.
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)


@dataclass(frozen=True)
class Files:
    """What the files say: the document, its lists by name, and what some of them follow."""

    source: str
    lists: dict[str, dictionaries.Report] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def files_of(version: PolicyVersion) -> dict[str, bytes]:
    """Return the version's files by their places: `policy.yaml`, `lists/NAME`, `sources.json`."""
    told = json.dumps(version.sources, indent=2, sort_keys=True, ensure_ascii=False)
    lists = {f"{LISTS}/{name}": "\n".join(lines) + "\n" for name, lines in word_lists(version.dictionaries).items()}
    texts = {DOCUMENT: version.source} | lists | {SOURCES: told + "\n"}
    return {place: text.encode() for place, text in texts.items()}


def parsed(files: Mapping[str, bytes]) -> Files:
    """Return what the files say; raise BadDictionary for a list that is none, KeyError without the document."""
    lists = {}
    for place in sorted(files):
        if place.startswith(f"{LISTS}/"):
            name = dictionaries.checked_name(place.removeprefix(f"{LISTS}/"))
            lists[name] = dictionaries.prepared(name, dictionaries.decoded(files[place]))
    return Files(dictionaries.decoded(files[DOCUMENT]), lists, _sources(files.get(SOURCES, b"{}"), set(lists)))


def write(version: PolicyVersion, folder: Path) -> None:
    """Write the version into the folder, made where it is missing; lists that it does not have go."""
    files = files_of(version)
    (folder / LISTS).mkdir(parents=True, exist_ok=True)
    for place, content in files.items():
        (folder / place).write_bytes(content)
    for old in (folder / LISTS).iterdir():
        if old.is_file() and f"{LISTS}/{old.name}" not in files:
            old.unlink()


def read(folder: Path) -> Files:
    """Return what the folder says; raise BadDictionary for a list that is none, OSError where a file is missing."""
    places = [DOCUMENT, *([SOURCES] if (folder / SOURCES).exists() else [])]
    if (folder / LISTS).is_dir():
        places += [f"{LISTS}/{path.name}" for path in (folder / LISTS).iterdir()]
    return parsed({place: (folder / place).read_bytes() for place in places})


def archive(version: PolicyVersion) -> bytes:
    """Return the version's files as one ZIP; the same version gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for place, content in sorted(files_of(version).items()):
            zipped.writestr(zipfile.ZipInfo(place), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def is_archive(body: bytes) -> bool:
    """Whether these are the first bytes of a ZIP, whatever the file is called."""
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_archive(body: bytes) -> Files:
    """Return what an uploaded ZIP says; raise BadDictionary in words where it is not one that an export wrote."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as zipped:
            return parsed(_unpacked(zipped))
    except KeyError as error:
        raise BadDictionary(_("There is no %(file)s in this ZIP.") % {"file": DOCUMENT}) from error
    except _UNREADABLE as error:
        raise BadDictionary(_("This ZIP cannot be read. Pack it again, without a password.")) from error


def _unpacked(zipped: zipfile.ZipFile) -> dict[str, bytes]:
    entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
    strange = [entry.filename for entry in entries if not _is_ours(entry.filename)]
    if strange:
        raise BadDictionary(
            _(
                "This ZIP has a file that an export does not write: %(file)s. "
                "Only %(document)s, %(lists)s and %(sources)s belong there."
            )
            % {"file": strange[0][:80], "document": DOCUMENT, "lists": f"{LISTS}/", "sources": SOURCES}
        )
    # By what is unpacked, never by what the entry says of itself: a bomb lies about its size.
    files: dict[str, bytes] = {}
    left = LARGEST
    for entry in entries:
        with zipped.open(entry) as packed:
            content = packed.read(left + 1)
        left -= len(content)
        if left < 0 or len(files) == MOST_FILES:
            raise BadDictionary(
                _("This ZIP is larger than %(most)s MB unpacked, or has more than %(files)s files.")
                % {"most": LARGEST // 1_000_000, "files": MOST_FILES}
            )
        files[entry.filename] = content
    return files


def _is_ours(place: str) -> bool:
    folder, slash, name = place.rpartition("/")
    return place in {DOCUMENT, SOURCES} or bool(folder == LISTS and slash and name)


def _sources(body: bytes, lists: set[str]) -> dict[str, Source]:
    try:
        found = {name: Source(**facts) for name, facts in json.loads(body).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise BadDictionary(_("%(file)s is not what an export writes.") % {"file": SOURCES}) from error
    if not found.keys() <= lists:
        raise BadDictionary(_("%(file)s names a list that is not among the files.") % {"file": SOURCES})
    return found
