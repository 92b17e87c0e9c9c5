"""The files of sealed bytes, for connectors that take some."""

from dataclasses import dataclass, fields

from corpblog.kernel import blobs
from corpblog.sharing.connectors.base import Refused
from corpblog.sharing.seals import SealedPayload


@dataclass(frozen=True)
class File:
    """One file as it was approved: its bytes are named by their digest."""

    name: str
    kind: str
    sha256: str
    size: int
    alt: str
    width: int | None
    height: int | None

    def read(self) -> bytes:
        """Return the bytes that were approved; raise Refused where they are gone or are others."""
        try:
            return blobs.read(self.sha256)
        except blobs.BlobError as error:
            raise Refused("file_missing", for_good=True) from error


def files(payload: SealedPayload, *, largest: int) -> list[File]:
    """Return the payload's files in their order; raise Refused where one is larger than the other side takes."""
    names = [field.name for field in fields(File)]
    found = [File(**{name: attached[name] for name in names}) for attached in payload.content["attachments"]]
    if any(file.size > largest for file in found):
        raise Refused("file_too_large", for_good=True)
    return found


def pictures(payload: SealedPayload, *, most: int, largest: int) -> list[File]:
    """Return the payload's pictures in their order; raise Refused where the other side would not take them all.

    Nothing is left out in silence: what was approved arrives as a whole or not at all.
    """
    shown = files(payload, largest=largest)
    if len(shown) > most:
        raise Refused("too_many_files", for_good=True)
    for file in shown:
        if not file.kind.startswith("image/"):
            raise Refused("file_kind", for_good=True, told=file.kind)
    return shown
