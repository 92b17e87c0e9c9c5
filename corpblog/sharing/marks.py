"""Words, and beside them which of them are more than words: bold, italic, code, a quote, a link under a name.

The words are what readers see, and what is scanned, counted and compared. A network that shows no marks gets them flat,
with each address behind its name; the others draw the marks in their own way, each in its connector.
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final


class Kind(StrEnum):
    """What a stretch of words is; `BLOCK` is code, and it and `QUOTE` take whole lines."""

    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    BLOCK = "block"
    QUOTE = "quote"
    LINK = "link"


ALL: Final = frozenset(Kind)
LINKS: Final = frozenset({Kind.LINK})
NONE: Final[frozenset[Kind]] = frozenset()
BULLET: Final = "• "
_QUOTED: Final = ("“", "”")
_SIGNS: Final = {
    Kind.BOLD: ("**", "**"),
    Kind.ITALIC: ("*", "*"),
    Kind.CODE: ("`", "`"),
    Kind.BLOCK: ("```\n", "\n```"),
}
# From and to which character of the text, and what stands there instead.
Change = tuple[int, int, str]


@dataclass(frozen=True)
class Mark:
    """What the characters from `start` to `end` are; `url` of a link."""

    kind: Kind
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True)
class Run:
    """Words that are all marked alike."""

    text: str
    kinds: frozenset[Kind]
    url: str = ""


@dataclass(frozen=True)
class Marked:
    """A text with its marks, in the order in which they begin."""

    text: str
    marks: tuple[Mark, ...] = ()

    def part(self, start: int, end: int) -> "Marked":
        """Return these characters with their share of the marks."""
        inside = (mark for mark in self.marks if mark.start < end and mark.end > start)
        cut = (replace(mark, start=max(mark.start, start) - start, end=min(mark.end, end) - start) for mark in inside)
        return Marked(self.text[start:end], tuple(cut))

    def followed_by(self, more: str) -> "Marked":
        """Return it with plain words behind it."""
        return replace(self, text=self.text + more)

    def changed(self, changes: Iterable[Change]) -> "Marked":
        """Return it with other words here and there; marks stay on what they were on."""
        ordered = sorted(changes)
        text, moves = _changed(self.text, ordered)
        moved = (replace(mark, start=moves(mark.start), end=moves(mark.end, is_end=True)) for mark in self.marks)
        return Marked(text, tuple(mark for mark in moved if mark.start < mark.end))

    def flat(self, keep: Collection[Kind] = NONE) -> "Marked":
        """Return it for eyes that see only marks to `keep`: addresses behind their names, quotes between signs."""
        changes: list[Change] = []
        for mark in self.marks:
            if mark.kind is Kind.LINK and mark.kind not in keep:
                changes.append((mark.end, mark.end, f" ({mark.url})"))
            elif mark.kind is Kind.QUOTE and mark.kind not in keep:
                changes += [(mark.start, mark.start, _QUOTED[0]), (mark.end, mark.end, _QUOTED[1])]
        kept = replace(self, marks=tuple(mark for mark in self.marks if mark.kind in keep))
        return kept.changed(changes)

    def runs(self) -> Iterator[Run]:
        """Yield the text in stretches within which nothing begins or ends."""
        edges = {0, len(self.text), *(edge for mark in self.marks for edge in (mark.start, mark.end))}
        ordered = sorted(edges)
        for start, end in itertools.pairwise(ordered):
            on = [mark for mark in self.marks if mark.start <= start and end <= mark.end]
            url = next((mark.url for mark in on if mark.kind is Kind.LINK), "")
            yield Run(self.text[start:end], frozenset(mark.kind for mark in on), url)

    def lines(self) -> Iterator["Marked"]:
        """Yield it line by line."""
        here = 0
        for line in self.text.split("\n"):
            yield self.part(here, here + len(line))
            here += len(line) + 1

    def as_typed(self) -> str:
        """Return it as somebody would type it here, so that it can be changed and sent again."""
        # At one place, what began last ends first and what ends last begins first, so that signs nest.
        signs: list[tuple[int, int, int, int, str]] = []
        for index, mark in enumerate(self.marks):
            before, after = _SIGNS.get(mark.kind, ("[", f"]({mark.url})"))
            if mark.kind is Kind.QUOTE:
                lines = (at + 1 for at in range(mark.start, mark.end) if self.text[at] == "\n")
                signs += [(at, 1, -len(self.text) - 1, index, "> ") for at in (mark.start, *lines)]
            else:
                signs.append((mark.start, 1, -mark.end, index, before))
                signs.append((mark.end, 0, -mark.start, -index, after))
        text, here = "", 0
        for at, *_order, sign in sorted(signs):
            text, here = text + self.text[here:at] + sign, at
        return "\n".join(_typed_item(line) for line in (text + self.text[here:]).split("\n"))


def _typed_item(line: str) -> str:
    return f"- {line.removeprefix(BULLET)}" if line.startswith(BULLET) else line


def _changed(text: str, ordered: Sequence[Change]) -> tuple[str, Callable[..., int]]:
    """Return the changed text, and where in it a place of the old one is."""
    starts, ends, new_ends = [], [], []
    parts, here, length = [], 0, 0
    for start, end, instead in ordered:
        parts += [text[here:start], instead]
        length += start - here + len(instead)
        here = end
        starts.append(start)
        ends.append(end)
        new_ends.append(length)

    def moved(place: int, *, is_end: bool = False) -> int:
        before = bisect_left(starts, place)
        # What is put in where a mark begins or ends stays outside of it.
        while not is_end and before < len(starts) and starts[before] == ends[before] == place:
            before += 1
        if not before:
            return place
        last = before - 1
        if starts[last] < place < ends[last]:
            return new_ends[last] - (0 if is_end else len(ordered[last][2]))
        return place + new_ends[last] - ends[last]

    return "".join([*parts, text[here:]]), moved


def as_data(parts: Sequence[Marked]) -> list[dict[str, Any]]:
    """Return the marks of a post and of what is posted under it, as the canonical form keeps them."""
    return [
        {"part": number, "kind": mark.kind.value, "start": mark.start, "end": mark.end}
        | ({"url": mark.url} if mark.url else {})
        for number, part in enumerate(parts)
        for mark in part.marks
    ]


def parts_of(form: Mapping[str, Any]) -> list[Marked]:
    """Return the posts that a form's content leaves as, one under the other, with their marks."""
    return [of_form(form, number) for number in range(1 + len(form.get("thread", [])))]


def of_form(form: Mapping[str, Any], number: int = 0) -> Marked:
    """Return a form's post, or what is posted under it, with its marks."""
    text = [form["text"], *form.get("thread", [])][number]
    return Marked(
        text,
        tuple(
            Mark(Kind(mark["kind"]), mark["start"], mark["end"], mark.get("url", ""))
            for mark in form.get("marks", [])
            if mark["part"] == number
        ),
    )
