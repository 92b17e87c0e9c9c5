"""Turn posts into HTML: once, the same for every reader, with nothing of what people typed surviving as markup."""

import re
from collections.abc import Collection
from html import escape
from urllib.parse import quote, urlsplit

import nh3
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from corpblog.people.models import normal_username
from corpblog.posts.blocks import in_blocks
from corpblog.posts.markup import ChannelName, Code, Emoji, Link, Name, Piece, Stars, Tag, Text, read
from corpblog.posts.models import Post

_EMPHASIS = {"*": "em", "**": "strong"}
_TAGS = {"p", "br", "strong", "em", "code", "pre", "a", "ul", "ol", "li", "blockquote"}
_SCHEMES = {"http", "https", "mailto"}
# Where a picture comes once the sanitiser has passed, which knows none. Who types these signs gets the same picture.
_HERE, _END = "\ue000", "\ue001"
_PLACE = re.compile(f"{_HERE}([a-z0-9_]{{2,30}}){_END}")
_REL = "noopener noreferrer nofollow"
_CLASSES = {"a": {"mention", "tag", "link"}}


def render_text(text: str, people: Collection[str] = (), channels: Collection[str] = ()) -> str:
    """Return the body's HTML.

    people: usernames that exist; a name that is not among them stays text.
    channels: addresses of channels that the author knows of; what is not among them stays text.
    """
    return render_pieces(read(text), people, channels)


def render_pieces(
    pieces: list[Piece], people: Collection[str] = (), channels: Collection[str] = (), emoji: Collection[str] = ()
) -> str:
    """Return the HTML of a text that was read already.

    emoji: names of the company's own that are shown as pictures; others stay text.
    """
    html = "".join(_render(piece, people, channels, emoji, mark) for piece, mark in with_emphasis(pieces))
    # The second net: what the renderer escapes it also allows, so a slip in it cannot reach a page.
    clean = _sanitise(in_blocks(html))
    return _PLACE.sub(lambda place: emoji_picture(f":{place[1]}:") if place[1] in emoji else place[1], clean)


def _sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "rel"}, "ol": {"start"}},
        allowed_classes=_CLASSES,
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def emoji_picture(code: str) -> SafeString:
    """Return the picture of an emoji of the company, which reads as it is written: `:name:`."""
    return format_html('<img class="emoji-own" src="/emoji/of/{}/" alt="{}" title="{}">', code[1:-1], code, code)


def render_card(post: Post, language: str) -> str:
    """Return the post as pages and live frames show it, in one language and for every reader alike."""
    with translation.override(language):
        return render_to_string("posts/_post.html", {"post": post})


def _render(piece: Piece, people: Collection[str], channels: Collection[str], emoji: Collection[str], mark: str) -> str:
    if mark or (isinstance(piece, Emoji) and piece.name in emoji):
        return mark or f"{_HERE}{piece.text[1:-1]}{_END}"
    if isinstance(piece, Code):
        # Blank lines in it are no paragraphs.
        body = escape(piece.text).replace("\n", "&#10;")
        return f"\n\n<pre><code>{body}</code></pre>\n\n" if piece.is_block else f"<code>{body}</code>"
    if isinstance(piece, Link) and _leads_somewhere(piece.href):
        link = f'<a class="link" href="{escape(piece.href)}" rel="{_REL}">{escape(piece.label or piece.text)}</a>'
        # Whoever clicks knows beforehand where they go, whatever the name says.
        return f"{link} ({escape(urlsplit(piece.href).netloc)})" if piece.label else link
    address = _address(piece, people, channels)
    css = "tag" if isinstance(piece, Tag) else "mention"
    return f'<a class="{css}" href="{address}">{escape(piece.text)}</a>' if address else escape(piece.text)


def _address(piece: Piece, people: Collection[str], channels: Collection[str]) -> str:
    """Return where a sign leads inside; nothing where it stays text."""
    if isinstance(piece, Tag):
        return f"/tags/{quote(piece.tag, safe='')}/"
    if isinstance(piece, ChannelName) and piece.slug in channels:
        return f"/c/{quote(piece.slug, safe='')}/"
    if isinstance(piece, Name) and (username := normal_username(piece.username)) in people:
        return f"/@{quote(username, safe='')}/"
    return ""


def _leads_somewhere(href: str) -> bool:
    """Whether the sanitiser keeps the address: what is almost one (`https://\u0301`) stays text, not a dead link."""
    return "href" in _sanitise(f'<a href="{escape(href)}"></a>')


def with_emphasis(pieces: list[Piece]) -> list[tuple[Piece, str]]:
    """Return each piece with the tag that replaces it, if it starts or ends emphasis; tags always nest."""
    marks = [""] * len(pieces)
    open_at: list[int] = []
    for index, piece in enumerate(pieces):
        if _ends_line(piece):
            open_at.clear()
        if not isinstance(piece, Stars):
            continue
        opener = next((at for at in reversed(open_at) if pieces[at].text == piece.text), None)
        if piece.can_close and opener is not None:
            tag = _EMPHASIS[piece.text]
            marks[opener], marks[index] = f"<{tag}>", f"</{tag}>"
            del open_at[open_at.index(opener) :]
        elif piece.can_open:
            open_at.append(index)
    return list(zip(pieces, marks, strict=True))


def _ends_line(piece: Piece) -> bool:
    """Whether emphasis cannot reach over the piece: lines may become items and quotes, which it would tear."""
    return (isinstance(piece, Text) and "\n" in piece.text) or (isinstance(piece, Code) and piece.is_block)
