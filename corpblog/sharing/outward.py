"""Words as they may leave: no sign of our own, nobody's sign-in name, no channel, no address that only works inside.

The markup of posts becomes marks beside plain words, as many as the network shows. An internal @name becomes the
person's own public name on that network where they gave one, else their plain display name. A ~channel becomes its name
where its label is public, else no more than that it is one. An emoji of the company becomes its name in words. A link
into this Corpblog becomes the public address of the post it leads to where that is out, else it is left out. Done
before the words are judged, so what is scanned, counted, approved and sent is what stands here.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from corpblog.people.models import Person, normal_username
from corpblog.posts import custom_emoji, reactions
from corpblog.posts.language import guess
from corpblog.posts.markup import (
    ChannelName,
    Code,
    Emoji,
    Link,
    Name,
    Piece,
    channels_in,
    emoji_in,
    links_in,
    names_in,
    read,
)
from corpblog.posts.rendering import with_emphasis
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.marks import BULLET, Change, Kind, Mark, Marked
from corpblog.sharing.models import PublicHandle, Receipt, Share
from corpblog.teams.models import Channel, Classification

_POST: Final = re.compile(r"/p/(\d+)/?$")
# As `posts.blocks` reads lines: an item, or a quote that has words.
_ITEM: Final = re.compile(r"[-*] +(?=\S)")
_QUOTE: Final = re.compile(r"> ?(?=.*\S)")
_EMPHASIS: Final = {"em": Kind.ITALIC, "strong": Kind.BOLD}
_A_CHANNEL: Final = {"en": "an internal channel", "fr": "un canal interne"}
# Who marks more than that gets plain words: a form stays a form that people can read.
MOST_MARKS: Final = 300


def outward(text: str, kind: str) -> Marked:
    """Return the text as it may leave through a connector of that kind."""
    text = unicodedata.normalize("NFC", text)
    writer = _Writer(text, kind)
    for piece, mark in with_emphasis(read(text)):
        writer.add(piece, mark)
    written = _with_lines(writer.written())
    # Marks count characters of the very text that is sealed, which is composed (NFC).
    if len(written.marks) > MOST_MARKS or not unicodedata.is_normalized("NFC", written.text):
        return Marked(unicodedata.normalize("NFC", written.flat().text))
    return written.flat(connector_for(kind).marks)


class _Writer:
    """Puts the pieces of a text down again, each as readers outside may see it."""

    def __init__(self, text: str, kind: str) -> None:
        self._text = ""
        self._marks: list[Mark] = []
        self._open: list[int] = []
        self._names = _Names(text, kind)

    def written(self) -> Marked:
        return Marked(self._text, tuple(sorted(self._marks, key=_order)))

    def add(self, piece: Piece, emphasis: str) -> None:
        """Put a piece down; emphasis: the tag that it begins or ends."""
        if emphasis:
            self._emphasise(emphasis)
        elif isinstance(piece, Code):
            self._add_code(piece)
        elif isinstance(piece, Link):
            self._add_link(piece)
        elif isinstance(piece, Name):
            self._put(self._names.of_person(piece.username) or piece.text)
        elif isinstance(piece, ChannelName):
            self._put(self._names.of_channel(piece.slug) or piece.text)
        elif isinstance(piece, Emoji):
            self._put(self._names.of_emoji(piece.name) or piece.text)
        else:
            self._put(piece.text)

    def _put(self, words: str) -> None:
        self._text += words

    def _emphasise(self, tag: str) -> None:
        if not tag.startswith("</"):
            self._open.append(len(self._text))
            return
        self._mark(_EMPHASIS[tag.strip("</>")], self._open.pop())

    def _mark(self, kind: Kind, start: int, url: str = "") -> None:
        if start < len(self._text):
            self._marks.append(Mark(kind, start, len(self._text), url))

    def _add_code(self, code: Code) -> None:
        if code.is_block and self._text and not self._text.endswith("\n"):
            self._put("\n")
        start = len(self._text)
        self._put(_with(code.text, self._names.changes_in_code(code.text)))
        self._mark(Kind.BLOCK if code.is_block else Kind.CODE, start)

    def _add_link(self, link: Link) -> None:
        is_ours = urlsplit(link.href).netloc in _our_hosts()
        href = _public(link.href) if is_ours else link.href
        start = len(self._text)
        if link.label:
            for piece, emphasis in with_emphasis(read(link.label)):
                self.add(piece, emphasis)
            if href:
                self._mark(Kind.LINK, start, href)
        elif href:
            self._put(href if is_ours else link.text)
        else:
            # Where nothing takes its place, one of the spaces around it goes as well.
            self._text = self._text.removesuffix(" ")
            self._open = [min(start, len(self._text)) for start in self._open]


class _Names:
    """What a text calls by a name of our own, and how readers outside are told of it; a query for each kind."""

    def __init__(self, text: str, kind: str) -> None:
        names = {normal_username(name) for _start, _end, name in names_in(text)}
        slugs = {slug for _start, _end, slug in channels_in(text)}
        people = Person.objects.filter(username__in=names) if names else Person.objects.none()
        self._people = {person.username: person for person in people}
        handles = PublicHandle.objects.filter(person__in=self._people.values(), kind=kind)
        self._handles = dict(handles.values_list("person", "handle")) if self._people else {}
        channels = Channel.objects.filter(slug__in=slugs) if slugs else Channel.objects.none()
        self._channels = {channel.slug.lower(): channel for channel in channels}
        self._emoji = custom_emoji.existing(emoji_in(text))
        self._language = guess(text, "en")

    def of_person(self, name: str) -> str:
        person = self._people.get(normal_username(name))
        if person is None:
            return ""
        handle = self._handles.get(person.pk)
        # Without an @: out there the same name would call a stranger.
        return f"@{handle}" if handle else person.display_name.replace("@", "")

    def of_channel(self, slug: str) -> str:
        """Its name tells what people talk about inside: it leaves only where everything in the channel is public."""
        channel = self._channels.get(slug)
        if channel is None:
            return ""
        is_public = channel.classification == Classification.PUBLIC and not channel.is_private
        return channel.name if is_public else _A_CHANNEL[self._language]

    def of_emoji(self, name: str) -> str:
        """The emoji itself where everybody has it, else its name in words: a picture of ours would be nowhere."""
        return reactions.by_name(name) or (name.replace("_", " ") if name in self._emoji else "")

    def changes_in_code(self, text: str) -> Iterator[Change]:
        """Yield what code says of ours; everything else in it is kept letter by letter."""
        links = links_in(text)
        for start, end, href in links:
            if urlsplit(href).netloc in _our_hosts():
                yield start, end, _public(href)
        signs = chain(
            ((start, end, self.of_person(name)) for start, end, name in names_in(text)),
            ((start, end, self.of_channel(slug)) for start, end, slug in channels_in(text)),
        )
        for start, end, instead in signs:
            if instead and not any(first <= start < last for first, last, _href in links):
                yield start, end, instead


def _with(text: str, changes: Iterable[Change]) -> str:
    return Marked(text).changed(changes).text


def _with_lines(written: Marked) -> Marked:
    """Return it with the signs of items and quotes at the beginnings of lines as readers know them."""
    changes: list[Change] = []
    quotes: list[Mark] = []
    here = 0
    blocks = [mark for mark in written.marks if mark.kind is Kind.BLOCK]
    for line in written.text.split("\n"):
        end = here + len(line)
        if any(block.start <= here < block.end for block in blocks):
            pass
        elif found := _ITEM.match(line):
            changes.append((here, here + found.end(), BULLET))
        elif found := _QUOTE.match(line):
            changes.append((here, here + found.end(), ""))
            if quotes and quotes[-1].end + 1 == here:
                quotes[-1] = Mark(Kind.QUOTE, quotes[-1].start, end)
            else:
                quotes.append(Mark(Kind.QUOTE, here, end))
        here = end + 1
    marks = sorted([*written.marks, *quotes], key=_order)
    return Marked(written.text, tuple(marks)).changed(changes)


def _order(mark: Mark) -> tuple[int, int, str]:
    return mark.start, -mark.end, mark.kind


def _our_hosts() -> set[str]:
    return {urlsplit(origin).netloc for origin in settings.ORIGINS}


def _public(href: str) -> str:
    """Return where readers outside see what a link into Corpblog leads to; empty where they do not."""
    path = urlsplit(href).path
    if path.startswith("/press/"):
        return href
    post = _POST.search(path)
    if post is None:
        return ""
    # The identifiers of Corpblog are 63 bits: a longer number is nobody's.
    out = Receipt.objects.filter(job__share__post=int(post[1][:18]), job__share__state=Share.State.SENT)
    # Where the company says it: an employee's own account is not its public address.
    out = out.filter(job__share__revoices=None)
    addresses = out.order_by("pk").values_list("url", flat=True)
    return next((_absolute(url) for url in addresses if url.startswith(("https://", "/press/"))), "")


def _absolute(url: str) -> str:
    return settings.ORIGINS[0].rstrip("/") + url if url.startswith("/") else url
