"""The files of sealed bytes, for connectors that take pictures."""

from dataclasses import dataclass
from typing import Any

from corpblog.kernel import blobs
from corpblog.sharing.connectors.base import Refused
from corpblog.sharing.seals import SealedPayload


@dataclass(frozen=True)
class Picture:
    """One picture as it was approved: its bytes are named by their digest."""

    kind: str
    alt: str
    sha256: str
    size: int
    width: int | None
    height: int | None

    def read(self) -> bytes:
        """Return the bytes that were approved; raise Refused where they are gone or are others."""
        try:
            return blobs.read(self.sha256)
        except blobs.BlobError as error:
            raise Refused("file_missing", for_good=True) from error


def pictures(payload: SealedPayload, *, most: int, largest: int) -> list[Picture]:
    """Return the payload's pictures in their order; raise Refused where the other side would not take them all.

    Nothing is left out in silence: what was approved arrives as a whole or not at all.
    """
    shown = [_picture(attached) for attached in payload.content["attachments"]]
    if len(shown) > most:
        raise Refused("too_many_files", for_good=True)
    for picture in shown:
        if not picture.kind.startswith("image/"):
            raise Refused("file_kind", for_good=True, told=picture.kind)
        if picture.size > largest:
            raise Refused("file_too_large", for_good=True)
    return shown


def _picture(attached: dict[str, Any]) -> Picture:
    return Picture(
        kind=attached["kind"],
        alt=attached["alt"],
        sha256=attached["sha256"],
        size=attached["size"],
        width=attached["width"],
        height=attached["height"],
    )
