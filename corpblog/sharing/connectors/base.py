"""The small protocol between the gate and the world. A connector gets sealed bytes and a target, and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, Literal, Protocol, runtime_checkable

from django.utils.functional import Promise

from corpblog.sharing.canonical import INSIDE_ONLY
from corpblog.sharing.marks import Kind
from corpblog.sharing.seals import SealedPayload


class Repeat(Enum):
    """What the remote can do about a second copy."""

    KEY = "key"  # it recognises our key: sending again is safe
    READABLE = "readable"  # we can look whether our copy is there
    BLIND = "blind"  # neither: only a person can tell


class Trial(Enum):
    """What becomes of a test that an admin sends."""

    UNSEEN = "unseen"  # it goes as `direct`, and nobody but the account itself sees it
    TAKEN_BACK = "taken_back"  # people may see it for a moment: it is taken back as soon as it arrived
    STAYS = "stays"  # it can be seen, and only a person can take it away


@dataclass(frozen=True)
class Patience:
    """When a job is tried again, and for how long the other side recognises its key."""

    pauses: tuple[timedelta, ...]
    key_lasts: timedelta

    @property
    def tries(self) -> int:
        return len(self.pauses) + 1

    def pause(self, tries: int) -> timedelta:
        """Return how long to wait after that many tries."""
        return self.pauses[max(0, min(tries, len(self.pauses)) - 1)]


# 5 s, 10 s, 20 s … 5 min 20 s. Mastodon forgets a key after an hour.
USUAL: Final = Patience(tuple(timedelta(seconds=5 * 2**n) for n in range(7)), timedelta(minutes=50))


@dataclass(frozen=True)
class Target:
    """Where to: made by the worker from a destination. `secrets` never shows in a traceback or a log."""

    destination_id: int
    account: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True)
class Question:
    """What a connector admin answers to connect. Secret answers are sealed and never shown again, others are shown.

    own: who answers it for an employee's own account: they themselves, the company's account of that kind (whose
    application they sign in through), or nobody.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    shape: Literal["text", "url", "email", "lines"] = "text"
    is_secret: bool = False
    is_needed: bool = True
    default: str = ""
    own: Literal["owner", "company", "nobody"] = "owner"


@dataclass(frozen=True)
class Account:
    """Who we are over there, and how much it takes. limits: what else the server said of that, by its own names."""

    account: str
    name: str
    url: str
    longest: int | None
    limits: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Arrived:
    """It is there."""

    remote_id: str
    url: str


class Refused(Exception):
    """It is certainly not there. For good, or until later.

    code: one of `sharing.wording`, where people read what to do; told: what the other side said.
    """

    def __init__(self, code: str, *, for_good: bool, told: str = "", retry_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.told = told
        self.for_good = for_good
        self.retry_after = retry_after


class Unclear(Exception):
    """It may be there: a timeout, a broken connection, a server error after our bytes were on the wire."""

    def __init__(self, code: str, *, told: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.told = told


@dataclass(frozen=True)
class Errand:
    """One trip of a connector admin to the network and back: where they come back to, and what proves it is this trip.

    challenge: the S256 of a secret that we keep (PKCE, RFC 7636), so that a stolen code redeems nothing.
    """

    redirect: str
    state: str
    challenge: str


@runtime_checkable
class SignsInThere(Protocol):
    """A connector whose network gives a token to who signs in there (OAuth 2, authorisation code)."""

    def prepared(self, target: Target, redirect: str) -> Mapping[str, str]:
        """Return the secrets that the trip needs: an application registered there, where admins do not bring one."""

    def sign_in_page(self, target: Target, errand: Errand) -> str:
        """Return the address to send the admin to."""

    def redeemed(self, target: Target, *, redirect: str, code: str, verifier: str) -> Mapping[str, str]:
        """Return the secrets that the code stands for: `token`, or the address that is one; raise Refused."""

    def renewed(self, target: Target) -> Mapping[str, str]:
        """Return newer secrets for a token that will soon be over; raise Refused."""


# Our own routing, and what every network has a place for. A correction has none: it is never published.
_ALWAYS_CARRIED: Final = INSIDE_ONLY | {"form", "destination", "schedule", "text", "language", "speaker", "visibility"}


def check_carried(payload: SealedPayload, *parts: str) -> None:
    """Raise Refused where the payload has a part that the connector cannot take: nothing is dropped in silence."""
    for name, part in payload.content.items():
        if part and name not in _ALWAYS_CARRIED and name not in parts:
            raise Refused("not_carried", for_good=True, told=name)


@dataclass(frozen=True)
class Takes:
    """Which files the other side takes with a text: how many, how large (bytes) each, and whether pictures only.

    kinds: media types; none for every kind of picture or file. most_pixels, longest_alt: None for no limit.
    """

    most: int = 0
    largest: int = 0
    pictures_only: bool = True
    kinds: frozenset[str] = frozenset()
    most_pixels: int | None = None
    longest_alt: int | None = None

    def refusal(self, attached: Sequence[Mapping[str, Any]]) -> str:
        """Return why it does not take these files all, as a code of `sharing.wording`; nothing where it does."""
        if not attached:
            return ""
        if not self.most:
            return "not_carried"
        if self.pictures_only and not all(file["kind"].startswith("image/") for file in attached):
            return "file_kind"
        if len(attached) > self.most:
            return "too_many_files"
        return next((code for file in attached if (code := self._refusal_of(file))), "")

    def _refusal_of(self, file: Mapping[str, Any]) -> str:
        if self.kinds and file["kind"] not in self.kinds:
            return "file_kind_there"
        if file["size"] > self.largest:
            return "file_too_large"
        if self.most_pixels is not None and (file["width"] or 0) * (file["height"] or 0) > self.most_pixels:
            return "too_many_pixels"
        return "alt_too_long" if self.longest_alt is not None and len(file["alt"]) > self.longest_alt else ""


NO_FILES: Final = Takes()


@dataclass(frozen=True)
class Seen:
    """One post on our account, as the other side shows it now. `text` is its source, and compared with the sealed one.

    figures: by `likes`, `boosts`, `replies`, `quotes`, `views`; what the network does not tell is left out.
    alts: the descriptions of its pictures, in order; digests: of their bytes (SHA-256); None where nobody tells.
    warning: what stands before it; boosts: where what it boosts is, for what is no post of its own.
    """

    remote_id: str
    url: str
    text: str
    posted_at: datetime
    figures: Mapping[str, int] = field(default_factory=dict)
    alts: tuple[str, ...] | None = None
    digests: tuple[str, ...] | None = None
    warning: str = ""
    boosts: str = ""


@runtime_checkable
class Watchable(Protocol):
    """What a connector can do beside publishing, where the other side lets us read our account."""

    def recent(self, target: Target) -> list[Seen]:
        """Return the newest posts of the account, whoever made them; raise Refused or Unclear."""

    def look(self, remote_id: str, target: Target) -> Seen | None:
        """Return one post; None where it is certainly gone; raise Refused or Unclear where nobody can say."""


@dataclass(frozen=True)
class Correction:
    """How words that are out are corrected there: replaced where they stand, or followed by a message that says so.

    repeat: what the remote can do about a second try. An edit says where it goes, so repeating it is safe.
    """

    in_place: bool
    repeat: Repeat


@runtime_checkable
class Corrects(Protocol):
    """What a connector can do beside publishing, where the other side takes corrections."""

    correction: Correction

    def correct(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Let the payload's words take the place of what `corrects` in it names; raise Refused or Unclear.

        All else of what stands there, files among it, stays. Not one byte after `time.monotonic()` passed `not_after`.
        """


@runtime_checkable
class Threads(Protocol):
    """A connector whose network hangs posts under each other: `publish` puts a part under what `payload.above` names.

    Only where it recognises a repetition, or can be read back: no person could say at which part it broke off.
    """

    threads: Literal[True]


@runtime_checkable
class ServersDiffer(Protocol):
    """A connector whose servers take more or less than each other; `limits` in the config is what this one said."""

    def takes_at(self, config: Mapping[str, Any]) -> Takes:
        """Return which files this server takes."""

    def length_at(self, text: str, config: Mapping[str, Any]) -> int:
        """How long this server says a text is."""


def takes_of(connector: "Connector", config: Mapping[str, Any]) -> Takes:
    """Return which files may go there."""
    return connector.takes_at(config) if isinstance(connector, ServersDiffer) else connector.takes


def length_of(connector: "Connector", text: str, config: Mapping[str, Any]) -> int:
    """Return how long a text is there."""
    return connector.length_at(text, config) if isinstance(connector, ServersDiffer) else connector.length(text)


@runtime_checkable
class Comments(Protocol):
    """A connector whose network takes one comment under a post, and no thread: `publish` puts it under `payload.above`.

    longest_comment: how long that is at most, as `length` counts. Where it cannot be read back, a person looks.
    """

    longest_comment: int


# As many parts as a thread has.
MANY: Final = 10_000


def most_parts(connector: "Connector") -> int:
    """Return how many posts under each other a share may leave as there: 1 where nothing hangs under a post."""
    return MANY if isinstance(connector, Threads) else 2 if isinstance(connector, Comments) else 1


def repeat_of(connector: "Connector", *, is_correction: bool) -> Repeat:
    """Return what the remote can do about a second try of this kind."""
    if not is_correction:
        return connector.repeat
    return connector.correction.repeat if isinstance(connector, Corrects) else Repeat.BLIND


class Connector(Protocol):
    """One kind of destination."""

    kind: str
    title: str | Promise
    repeat: Repeat
    marks: frozenset[Kind]
    takes: Takes
    trial: Trial
    patience: Patience
    questions: tuple[Question, ...]

    def longest(self, config: Mapping[str, Any]) -> int | None:
        """How many characters, as `length` counts them, a text may have; None for no limit."""

    def length(self, text: str) -> int:
        """How long the other side says a text is."""

    def publish(self, payload: SealedPayload, target: Target, *, not_after: float) -> Arrived:
        """Send once; raise Refused or Unclear. Not one byte after `time.monotonic()` passed `not_after`."""

    def find(self, payload: SealedPayload, target: Target, *, since: datetime, known: frozenset[str]) -> Arrived | None:
        """Look whether the payload arrived since then, leaving out what belongs to other jobs; raise Unclear.

        Of several with the same words it is the oldest: others that were called later look later.
        """

    def delete(self, remote_id: str, target: Target) -> None:
        """Take it away; what is gone already counts as taken away."""

    def verify(self, target: Target) -> Account:
        """Ask who we are there; raise Refused with what to do."""
