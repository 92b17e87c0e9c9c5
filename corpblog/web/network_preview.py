"""A post as a network would show it: links shortened as it does, tags and names in its colour. For eyes only."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.kernel.counts import Count
from corpblog.posts.files import Facts
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import length_of, takes_of
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Destination
from corpblog.sharing.wording import worded

# What these networks show of an address: without its scheme, and cut. Where no source gives a length, it stays whole.
_SHOWN_OF_A_LINK: Final = {"mastodon": 30, "x": 30, "bluesky": 30}
_DRAW_CARDS: Final = frozenset({"mastodon", "x", "linkedin"})
_PARTS: Final = re.compile(r"(?P<link>https?://[^\s<>]+)|(?P<name>(?<!\w)[#@][\w.@-]*\w)")
_LINK: Final = "network-link"


@dataclass(frozen=True)
class Part:
    """A stretch of the text as it is shown; `looks`: the classes that draw it so."""

    text: str
    looks: str = ""


@dataclass(frozen=True)
class Attached:
    """A file as it goes along; `url`: where a picture of it is shown to this reader, nothing for other files."""

    name: str
    alt: str
    url: str


@dataclass(frozen=True)
class Beside:
    """What belongs to a post beside its words, of which the network gets the files and nothing else."""

    carried: Sequence[Facts] = ()
    urls: Sequence[str] = ()  # of the files, where this reader sees a picture
    is_quoting: bool = False
    has_part: bool = False  # it is a poll, a question, …


NOTHING: Final = Beside()


@dataclass(frozen=True)
class NetworkPreview:
    """`left`: how many characters remain there; None where there is no limit. `notes`: what does not go along."""

    destination: Destination
    parts: tuple[Part, ...]
    left: int | None
    counter: str
    files: tuple[Attached, ...] = ()
    refusal: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_too_long(self) -> bool:
        return self.left is not None and self.left < 0


def preview_of(said: Marked, destination: Destination, beside: Beside = NOTHING) -> NetworkPreview:
    """Return the words as the destination would show them, with their files, and how much of its room they take."""
    connector = connector_for(destination.kind)
    longest = connector.longest(destination.config)
    left = None if longest is None else longest - length_of(connector, said.text, destination.config)
    files = zip(beside.carried, beside.urls, strict=True)
    refusal = takes_of(connector, destination.config).refusal(beside.carried)
    return NetworkPreview(
        destination,
        tuple(_parts(said, destination.kind)),
        left,
        _counter(left),
        tuple(Attached(file["name"], file["alt"], url) for file, url in files),
        worded(refusal) if refusal else "",
        tuple(_notes(said, beside, destination)),
    )


def _notes(said: Marked, beside: Beside, destination: Destination) -> Iterator[str]:
    if beside.is_quoting:
        yield _("What it quotes stays inside.")
    if beside.has_part:
        yield _("Only its words leave: a poll, a question or praise stays inside.")
    if "://" in said.text or any(mark.url for mark in said.marks):
        draws = destination.kind in _DRAW_CARDS
        yield _("We send no link card; the network may draw one.") if draws else _("Links go without a card.")


def _counter(left: int | None) -> str:
    if left is None:
        return ""
    if left < 0:
        return ngettext("%(n)s character too long", "%(n)s characters too long", -left) % {"n": Count(-left)}
    return ngettext("%(n)s character left", "%(n)s characters left", left) % {"n": Count(left)}


def _parts(said: Marked, kind: str) -> Iterator[Part]:
    for run in said.runs():
        looks = " ".join(sorted(f"mark-{each}" for each in run.kinds))
        if run.url:
            yield Part(run.text, f"{_LINK} {looks}")
            continue
        end = 0
        for match in _PARTS.finditer(run.text):
            yield Part(run.text[end : match.start()], looks)
            yield Part(_shown(match, kind), f"{_LINK} {looks}".strip())
            end = match.end()
        yield Part(run.text[end:], looks)


def _shown(match: re.Match[str], kind: str) -> str:
    if not match["link"] or kind not in _SHOWN_OF_A_LINK:
        return match[0]
    bare = match["link"].split("://", 1)[1].removeprefix("www.")
    most = _SHOWN_OF_A_LINK[kind]
    return bare if len(bare) <= most else bare[:most] + "…"
