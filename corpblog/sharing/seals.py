"""What proves that bytes passed the gate: a keyed hash over the job and every byte."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from corpblog.sharing import canonical, guards, marks
from corpblog.sharing.marks import Marked


class BrokenSeal(Exception):
    """The stored bytes are not those that were released; they never leave."""


@dataclass(frozen=True)
class SealedPayload:
    """What a connector gets, and all it gets. Only `opened` makes one."""

    job_id: int
    digest: str
    key: str
    body: str = field(repr=False)
    # The ids of the thread's parts that are out: this call is for the one after them. About the sending, as below.
    above: tuple[str, ...] = ()
    # What the network calls the files that were handed over before this call, in their order.
    media: tuple[Any, ...] = ()
    attempt: int = 1  # the how-manieth call this is; not sealed, for it is about the sending and not about the words

    def with_media(self, media: Sequence[Any]) -> "SealedPayload":
        """Return it for a call before which its files were handed over."""
        return replace(self, media=tuple(media))

    @property
    def is_correction(self) -> bool:
        """Whether its words take the place of others that are out."""
        return bool(self.content.get("corrects"))

    @property
    def words(self) -> str:
        """The words of this call: of a thread, those of the part that is to go now."""
        return canonical.parts(self.content)[len(self.above)]

    @property
    def said(self) -> Marked:
        """The words of this call with their marks."""
        return marks.of_form(self.content, len(self.above))

    @property
    def content(self) -> dict[str, Any]:
        return canonical.read(self.body)


def mac(job_id: int, body: str) -> str:
    """Return the seal for these bytes in this job."""
    message = f"corpblog seal 1\n{job_id}\n{body}".encode()
    return hmac.new(settings.SEAL_KEY.encode(), message, hashlib.sha256).hexdigest()


def opened(*, job_id: int, body: str, seal: str, attempt: int = 1, above: tuple[str, ...] = ()) -> SealedPayload:
    """Return the payload if its seal holds; raise BrokenSeal otherwise."""
    if not hmac.compare_digest(mac(job_id, body), seal):
        raise BrokenSeal
    digest = canonical.digest(body)
    key = guards.idem_key(job_id, digest, len(above))
    return SealedPayload(job_id=job_id, digest=digest, key=key, body=body, above=above, attempt=attempt)
