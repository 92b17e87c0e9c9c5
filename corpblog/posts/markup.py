"""Read the light markup of a post: **bold**, *italic*, `code`, [named links](https://…), @people, ~channels, #tags.

Addresses are links. Everything else is text. Lists and quotes are lines, which `posts.blocks` puts together.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from linkify_it import LinkifyIt

from corpblog.kernel.folding import fold

SCHEMES: Final = ("http:", "https:", "mailto:")
LONGEST_TAG: Final = 100

_CODE = re.compile(r"```\n?(?P<block>.+?)```|`(?P<inline>[^`\n]+)`", re.DOTALL)
# A label that looks like an address would say one place and lead to another.
_NAMED = re.compile(r"\[(?P<label>(?:(?!://|www\.)[^\[\]\n]){1,200})\]\((?P<url>https?://[^\s()<>\[\]]{1,1000})\)")
# A name inside an address or a word (`a@b`, `@alice@elsewhere`) is nobody here.
_MENTION = re.compile(r"(?<![\w@/.+\-])@(?P<name>\w[\w.\-]{0,149}+)(?![\w@])")
# At least one letter: #123 is a ticket's number.
_TAG = re.compile(r"(?<![\w#&/])#(?P<tag>[\w\u0300-\u036f]*[^\W\d_][\w\u0300-\u036f]*)")
# `~/notes`, `~3 days` and `~~` are none; a letter comes first, as in most addresses of channels.
_CHANNEL = re.compile(r"(?<![\w~/])~(?P<channel>[^\W\d_][\w\-]{0,79}+)(?![~/])")
_STARS = re.compile(r"\*{1,2}")
# The company's own emoji; 10:30:45 is a time.
_EMOJI = re.compile(r"(?<![\w:]):(?P<emoji>(?=[a-z0-9_]*[a-z_])[a-z0-9_]{2,30}):(?![\w:])")


@dataclass(frozen=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True)
class Code:
    """Kept letter by letter."""

    text: str
    is_block: bool = False


@dataclass(frozen=True)
class Link:
    """An address as it was typed and where it leads; `label` where it was given a name."""

    text: str
    href: str
    label: str = ""


@dataclass(frozen=True)
class Name:
    """@ and what may be somebody's username."""

    text: str
    username: str


@dataclass(frozen=True)
class ChannelName:
    """~ and what may be a channel's address."""

    text: str
    slug: str


@dataclass(frozen=True)
class Tag:
    """# and a tag; `tag` is how it is found."""

    text: str
    tag: str


@dataclass(frozen=True)
class Emoji:
    """A name between colons, which may be an emoji of the company."""

    text: str
    name: str


@dataclass(frozen=True)
class Stars:
    """`*` or `**`, which may start or end emphasis by where it stands."""

    text: str
    can_open: bool
    can_close: bool


Piece = Text | Code | Link | Name | ChannelName | Tag | Emoji | Stars


def read(text: str) -> list[Piece]:
    """Return the text cut into pieces, in reading order."""
    pieces: list[Piece] = []
    end = 0
    for code in _CODE.finditer(text):
        pieces += _read_words(text, end, code.start())
        block = code["block"]
        pieces.append(Code(code["inline"]) if block is None else Code(block.strip("\n"), is_block=True))
        end = code.end()
    return [*pieces, *_read_words(text, end, len(text))]


def _read_words(text: str, start: int, end: int) -> Iterator[Piece]:
    here = start
    for named in _NAMED.finditer(text, start, end):
        if not named["label"].strip():
            continue
        yield from _read_plain(text, here, named.start())
        yield Link(named[0], named["url"], named["label"].strip())
        here = named.end()
    yield from _read_plain(text, here, end)


def _read_plain(text: str, start: int, end: int) -> Iterator[Piece]:
    here = start
    for link_start, link_end, href in _links(text[start:end]):
        yield from _read_signs(text, here, start + link_start)
        yield Link(text[start + link_start : start + link_end], href)
        here = start + link_end
    yield from _read_signs(text, here, end)


def _links(text: str) -> list[tuple[int, int, str]]:
    if "://" not in text and "@" not in text and "mailto:" not in text.lower():
        return []
    found = _linkifier().match(text) or []
    return [(match.index, match.last_index, match.url) for match in found if match.url.lower().startswith(SCHEMES)]


@cache
def _linkifier() -> LinkifyIt:
    # Fuzzy links would make `main.py` and `notes.md` links to Paraguay and Moldova.
    linkifier = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
    for scheme in ("ftp:", "//"):
        linkifier.add(scheme, None)
    # Companies have names of their own inside: bob@mail.corp is an address too.
    return linkifier.tlds(["[a-z]{2,63}"])


def _read_signs(text: str, start: int, end: int) -> Iterator[Piece]:
    here = start
    # The whole text with bounds, not a slice: what stands before a sign decides what it is.
    while (found := _next_sign(text, here, end)) is not None:
        match, piece = found
        if match.start() > here:
            yield Text(text[here : match.start()])
        yield piece
        here = match.start() + len(piece.text)
    if here < end:
        yield Text(text[here:end])


_SIGN = re.compile(f"{_MENTION.pattern}|{_CHANNEL.pattern}|{_TAG.pattern}|{_EMOJI.pattern}|(?P<stars>{_STARS.pattern})")


def _next_sign(text: str, start: int, end: int) -> tuple[re.Match[str], Piece] | None:
    match = _SIGN.search(text, start, end)
    return None if match is None else (match, _sign(text, match))


def _sign(text: str, match: re.Match[str]) -> Piece:
    if match["stars"]:
        return _stars(text, match)
    if match["emoji"]:
        return Emoji(match[0], match["emoji"])
    if match["tag"]:
        return Tag(match[0], fold(match["tag"])[:LONGEST_TAG])
    if match["channel"]:
        slug = match["channel"].rstrip("-_")
        return ChannelName("~" + slug, slug.lower())
    # A full stop ends the sentence, not the name.
    name = match["name"].rstrip(".-")
    return Name("@" + name, name)


def _stars(text: str, match: re.Match[str]) -> Stars:
    before = text[match.start() - 1 : match.start()] if match.start() else ""
    after = text[match.end() : match.end() + 1]
    # `2*3*4` multiplies and `* item` lists: emphasis hugs its words and is not hugged from outside.
    can_open = bool(after) and not after.isspace() and not before.isalnum()
    can_close = bool(before) and not before.isspace() and not after.isalnum()
    return Stars(match[0], can_open, can_close)


def links_in(text: str) -> list[tuple[int, int, str]]:
    """Return where links stand in the text, from and to, and where they lead; in code as well."""
    return _links(text)


def names_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where names after @ stand in the text, from and to, with the name; in code as well, and not in links."""
    links = _links(text)
    for match in _MENTION.finditer(text):
        name = match["name"].rstrip(".-")
        if not any(start <= match.start() < end for start, end, _href in links):
            yield match.start(), match.start() + 1 + len(name), name


def channels_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where channels stand in the text, from and to, with the address; in code as well."""
    for match in _CHANNEL.finditer(text):
        slug = match["channel"].rstrip("-_")
        yield match.start(), match.start() + 1 + len(slug), slug.lower()


def emoji_in(text: str) -> frozenset[str]:
    """Return the names between colons, wherever they stand."""
    return frozenset(match["emoji"] for match in _EMOJI.finditer(text))


def usernames(pieces: list[Piece]) -> list[str]:
    """Return the names after @, each once."""
    return list(dict.fromkeys(piece.username for piece in pieces if isinstance(piece, Name)))


def channel_names(pieces: list[Piece]) -> list[str]:
    """Return what may be channels' addresses, each once."""
    return list(dict.fromkeys(piece.slug for piece in pieces if isinstance(piece, ChannelName)))


def tags(pieces: list[Piece]) -> list[str]:
    """Return the folded tags, each once."""
    return list(dict.fromkeys(piece.tag for piece in pieces if isinstance(piece, Tag)))


def emoji(pieces: list[Piece]) -> list[str]:
    """Return the names between colons, each once."""
    return list(dict.fromkeys(piece.name for piece in pieces if isinstance(piece, Emoji)))
