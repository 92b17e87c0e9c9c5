"""Cut a text that is too long for one post into a thread: at sentences, else between words, numbered 1/3."""

import re
from collections.abc import Callable, Iterator
from typing import Final

import grapheme
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.sharing.connectors import connector_for
from corpblog.sharing.connectors.base import Comments, length_of
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Destination

MOST_PARTS: Final = 25
_WORDS: Final = re.compile(r"\S+\s*")
_SENTENCE_ENDS: Final = re.compile(r"[.!?…:][\"'”’»)\]]*\s*$|\n\s*$")

Length = Callable[[str], int]


def split_for(said: Marked, destination: Destination) -> list[Marked]:
    """Return what it leaves as through this destination when it is asked for as a thread. Raises Invalid.

    Where only a comment goes under a post it stays one, so that no half of it is taken for a comment.
    """
    connector, config = connector_for(destination.kind), destination.config
    if isinstance(connector, Comments):
        return [said]
    return split_marked(said, lambda text: length_of(connector, text, config), connector.longest(config))


def split_marked(said: Marked, length: Length, longest: int | None) -> list[Marked]:
    """Return what `split` returns, each part with its marks."""
    if longest is None or length(said.text) <= longest:
        return [said]
    here, parts = 0, []
    for part in split(said.text, length, longest):
        words, _space, number = part.rpartition(" ")
        start = said.text.index(words, here)
        here = start + len(words)
        parts.append(said.part(start, here).followed_by(f" {number}"))
    return parts


def split(text: str, length: Length, longest: int | None) -> list[str]:
    """Return the text in parts that fit, each with its number; the text alone where it fits by itself.

    length: how long the other side says a text is. Nothing is lost but the spaces at a cut; a word is cut only where it
    alone is too long. Raises Invalid for more than 25 parts.
    """
    if longest is None or length(text) <= longest:
        return [text]
    # How much room a number takes depends on how many parts there are, which depends on the room.
    for most in (9, MOST_PARTS):
        room = longest - length(f" {most}/{most}")
        parts = list(_parts(text.strip(), length, room)) if room > 0 else []
        if 0 < len(parts) <= most:
            return [f"{part} {number}/{len(parts)}" for number, part in enumerate(parts, 1)]
    raise Invalid(_("This would be more than %(most)s parts. Shorten it.") % {"most": MOST_PARTS})


def _parts(text: str, length: Length, room: int) -> Iterator[str]:
    part = sentence = ""
    for word in _pieces(text, length, room):
        if part and length((part + word).rstrip()) > room:
            # At the end of a sentence, unless that would leave the part half empty.
            kept = sentence if length(sentence) * 2 >= room else part
            yield kept.rstrip()
            part, sentence = part[len(kept) :], ""
        part += word
        if _SENTENCE_ENDS.search(part):
            sentence = part
    if part.strip():
        yield part.rstrip()


def _pieces(text: str, length: Length, room: int) -> Iterator[str]:
    for found in _WORDS.finditer(text):
        word = found[0]
        if length(word.rstrip()) <= room:
            yield word
            continue
        piece = ""
        for letter in grapheme.graphemes(word):
            if piece and length(piece + letter) > room:
                yield piece
                piece = ""
            piece += letter
        yield piece
