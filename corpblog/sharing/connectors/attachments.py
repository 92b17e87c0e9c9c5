"""The files of sealed bytes, for connectors that take some."""

from dataclasses import dataclass, fields

from corpblog.kernel import blobs
from corpblog.sharing.connectors.base import Refused, Takes
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


def files(payload: SealedPayload, takes: Takes) -> list[File]:
    """Return the payload's files in their order; raise Refused where the other side would not take them all.

    Nothing is left out in silence: what was approved arrives as a whole or not at all.
    """
    attached = payload.content["attachments"]
    if code := takes.refusal(attached):
        raise Refused(code, for_good=True)
    names = [field.name for field in fields(File)]
    return [File(**{name: each[name] for name in names}) for each in attached]
