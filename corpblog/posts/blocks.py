"""Put the lines of a drawn text together: paragraphs, lists, quotes and blocks of code.

Works on lines of HTML in which no tag crosses a line's end; the only tags that stand alone in one are those of code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

_PARAGRAPHS: Final = re.compile(r"\n{2,}")
_BULLET: Final = re.compile(r"[-*] +(?=\S)")
_NUMBER: Final = re.compile(r"(?P<number>\d{1,3})\. +(?=\S)")
_QUOTE: Final = re.compile(r"&gt; ?")


@dataclass
class Block:
    """Lines of one kind that follow each other: `p`, `ul`, `ol` from a number on, or `blockquote`."""

    tag: str
    first: int = 0
    lines: list[str] = field(default_factory=list)

    def html(self) -> str:
        if self.tag in {"ul", "ol"}:
            start = f' start="{self.first}"' if self.first > 1 or (self.tag == "ol" and not self.first) else ""
            items = "".join(f"<li>{line}</li>" for line in self.lines)
            return f"<{self.tag}{start}>{items}</{self.tag}>"
        words = "<br>".join(self.lines)
        return f"<blockquote><p>{words}</p></blockquote>" if self.tag == "blockquote" else f"<p>{words}</p>"


def in_blocks(html: str) -> str:
    """Return the HTML of a text whose lines are drawn already."""
    return "".join(_drawn(part.strip("\n")) for part in _PARAGRAPHS.split(html))


def _drawn(part: str) -> str:
    if not part or part.startswith("<pre>"):
        return part
    return "".join(block.html() for block in _blocks(part.split("\n")))


def _blocks(lines: list[str]) -> Iterator[Block]:
    block: Block | None = None
    for line in lines:
        fresh, words = _begun(line)
        if block is None or not _goes_on(block, fresh):
            if block is not None:
                yield block
            block = fresh
        block.lines.append(words)
    if block is not None:
        yield block


def _begun(line: str) -> tuple[Block, str]:
    """Return the block that a line would begin, and its words."""
    if found := _BULLET.match(line):
        return Block("ul"), line[found.end() :]
    if found := _NUMBER.match(line):
        return Block("ol", int(found["number"])), line[found.end() :]
    if (found := _QUOTE.match(line)) and line[found.end() :].strip():
        return Block("blockquote"), line[found.end() :]
    return Block("p"), line


def _goes_on(block: Block, fresh: Block) -> bool:
    # A list that does not count on is another list: the numbers that people typed are those that are shown.
    return block.tag == fresh.tag and (block.tag != "ol" or fresh.first == block.first + len(block.lines))
