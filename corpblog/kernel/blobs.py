"""Bytes of files, kept under the SHA-256 of their content: what was once decided about cannot become something else.

They lie in Django's default storage, a folder unless the instance says otherwise (see docs/admin/files.md).
"""

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path
from typing import Any, Final

import structlog
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

from corpblog.kernel import clock

log = structlog.get_logger(__name__)

# What was just written may belong to a transaction that is not over yet.
SWEPT_AFTER: Final = timedelta(days=1)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_READABLE: Final = 0o640  # the group is nginx's, where nginx serves files

Keeper = Callable[[set[str]], set[str]]
Forgetter = Callable[[set[str]], None]
_keepers: list[Keeper] = []
_forgetters: list[Forgetter] = []


class BlobError(Exception):
    """The bytes cannot be had; the text is the digest."""


class Missing(BlobError):
    """Nothing is kept under that digest."""


class Damaged(BlobError):
    """What is kept under that digest is not what was written."""


class WholeFiles(FileSystemStorage):
    """Django's folder of files, in which a file is there whole or not at all, whenever the power goes."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        # The name says what is in it: writing it again changes nothing, and mends what was damaged.
        return name

    def _save(self, name: str, content: Any) -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle, half = tempfile.mkstemp(dir=path.parent, prefix=".half-")
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            Path(half).chmod(_READABLE)
            Path(half).replace(path)
        except BaseException:
            Path(half).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name


def write(data: bytes) -> str:
    """Keep these bytes; return their SHA-256 in hexadecimal. Once it returns, they survive a power cut."""
    digest = hashlib.sha256(data).hexdigest()
    default_storage.save(name_of(digest), ContentFile(data))
    return digest


def write_file(file: BufferedRandom) -> str:
    """Keep what is in an open file, however large; return its SHA-256 in hexadecimal."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    default_storage.save(name_of(digest), File(file))
    return digest


def read(digest: str) -> bytes:
    """Return the bytes with that SHA-256; raise Missing or Damaged, never give other bytes."""
    try:
        with default_storage.open(name_of(digest)) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        raise Missing(digest) from error
    if hashlib.sha256(data).hexdigest() != digest:
        log.error("blob_damaged", digest=digest)
        raise Damaged(digest)
    return data


def name_of(digest: str) -> str:
    """Return where the bytes lie in the storage; raise Missing for what is no digest, a path for instance."""
    if not _DIGEST.fullmatch(digest):
        raise Missing(digest)
    return f"{digest[:2]}/{digest}"


def kept_by(keeper: Keeper) -> Keeper:
    """Register who still needs files: given digests it answers with those that must stay. Usable as a decorator."""
    if keeper not in _keepers:
        _keepers.append(keeper)
    return keeper


def forgotten_by(forgetter: Forgetter) -> Forgetter:
    """Register who knows something of files by their digests, and must forget it when the bytes are dropped."""
    if forgetter not in _forgetters:
        _forgetters.append(forgetter)
    return forgetter


def sweep() -> int:
    """Drop the files that nobody needs any more; the worker calls this daily. Return how many.

    An error of one keeper stops it all: what cannot be asked for is kept.
    """
    moment = clock.now() - SWEPT_AFTER
    old = {Path(path).name: path for path in _older_than(moment)}
    whole = {name for name in old if _DIGEST.fullmatch(name)}
    needed: set[str] = set().union(*(keeper(whole) for keeper in _keepers)) if _keepers else whole
    # Looked at again: what was written anew since the keepers were asked is somebody's.
    gone = [old[name] for name in set(old) - needed if default_storage.get_modified_time(old[name]) < moment]
    for path in gone:
        default_storage.delete(path)
    for forget in _forgetters:
        forget({Path(path).name for path in gone})
    return len(gone)


def _older_than(moment: datetime) -> Iterator[str]:
    """Yield the paths of old files, those too that a crash left half written."""
    folders, _files = default_storage.listdir("") if default_storage.exists("") else ([], [])
    for folder in folders:
        for name in default_storage.listdir(folder)[1]:
            if default_storage.get_modified_time(f"{folder}/{name}") < moment:
                yield f"{folder}/{name}"
