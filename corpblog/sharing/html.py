"""Marked words as HTML: for the press page and its feeds, and for mails."""

from collections.abc import Iterator
from html import escape
from typing import Final

from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

from corpblog.posts.blocks import in_blocks
from corpblog.sharing.marks import BULLET, Kind, Mark, Marked, Run

_LINKS: Final = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})
_REL: Final = "noopener noreferrer nofollow"
_TAGS: Final = {Kind.CODE: "code", Kind.ITALIC: "em", Kind.BOLD: "strong"}


def as_html(said: Marked) -> SafeString:
    """Return the words as HTML: escaped, web addresses made links, marks and lists drawn. No mention leads inside."""
    lines, here = [], 0
    blocks = [mark for mark in said.marks if mark.kind is Kind.BLOCK]
    for line in said.lines():
        end = here + len(line.text)
        block = next((mark for mark in blocks if mark.start <= here < mark.end), None)
        if block is None:
            lines.append(_line(line))
        elif here == block.start:
            lines.append(_block(said, block))
        here = end + 1
    # Everything in it was escaped by what drew the lines.
    return mark_safe(in_blocks("\n".join(lines)))  # noqa: S308


def _block(said: Marked, block: Mark) -> str:
    # Blank lines in it are no paragraphs.
    code = escape(said.text[block.start : block.end]).replace("\n", "&#10;")
    return f"\n\n<pre><code>{code}</code></pre>\n\n"


def _line(line: Marked) -> str:
    """Return a line as `posts.blocks` reads it: what is an item or a quote begins with its sign."""
    sign = ""
    if line.text.startswith(BULLET):
        sign, line = "- ", line.part(len(BULLET), len(line.text))
    elif any(mark.kind is Kind.QUOTE for mark in line.marks):
        sign = "&gt; "
    return sign + "".join(_run(run) for run in line.runs())


def _run(run: Run) -> str:
    if run.url:
        html = _link(run.url, run.text)
    else:
        html = escape(run.text) if Kind.CODE in run.kinds else "".join(_linked(run.text))
    for kind, tag in _TAGS.items():
        html = f"<{tag}>{html}</{tag}>" if kind in run.kinds else html
    return html


def _linked(text: str) -> Iterator[str]:
    done = 0
    for match in _LINKS.match(text) or []:
        if match.schema not in {"http:", "https:"}:
            continue
        yield escape(text[done : match.index])
        yield _link(match.url, match.text)
        done = match.last_index
    yield escape(text[done:])


def _link(url: str, words: str) -> str:
    return f'<a href="{escape(url)}" rel="{_REL}">{escape(words)}</a>'
