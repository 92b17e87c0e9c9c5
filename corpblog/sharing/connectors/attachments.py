"""The files of sealed bytes, for connectors that take some."""

from dataclasses import dataclass, fields
from typing import Any, Protocol, runtime_checkable

from corpblog.kernel import blobs
from corpblog.sharing.connectors.base import Refused, Takes, Target
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


@runtime_checkable
class Uploads(Protocol):
    """A connector whose network takes files before the post that names them.

    Whoever calls hands them over one by one, looks before each whether it may still go, and gives the post what they
    are called there (`payload.media`).
    """

    takes: Takes

    def upload(self, file: File, target: Target, *, not_after: float) -> Any:
        """Hand a file over and return what it is called there; nobody sees it until a post names it. Raise Refused."""

    def drop(self, media: Any, target: Target) -> None:
        """Take away what no post will name, where the network lets us; elsewhere it forgets it by itself."""


def handed_over(payload: SealedPayload, takes: Takes) -> list[tuple[File, Any]]:
    """Return the files with what they are called there; raise Refused where one was not handed over.

    Files belong to the first post of a thread.
    """
    shown = files(payload, takes) if not payload.above else []
    if len(shown) != len(payload.media):
        raise Refused("file_refused", for_good=False)
    return list(zip(shown, payload.media, strict=True))


def files(payload: SealedPayload, takes: Takes) -> list[File]:
    """Return the payload's files in their order; raise Refused where the other side would not take them all.

    Nothing is left out in silence: what was approved arrives as a whole or not at all.
    """
    attached = payload.content["attachments"]
    if code := takes.refusal(attached):
        raise Refused(code, for_good=True)
    names = [field.name for field in fields(File)]
    return [File(**{name: each[name] for name in names}) for each in attached]
