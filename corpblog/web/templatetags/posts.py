"""What a post's card asks of a post. The answers are the same for every reader."""

from datetime import datetime
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from corpblog.kernel.counts import Count
from corpblog.policy.files import family_of
from corpblog.posts import custom_emoji, quoting
from corpblog.posts.models import PraisedPerson
from corpblog.posts.reactions import QUICK
from corpblog.posts.rendering import emoji_picture

register = template.Library()

NAMES = {
    "👍": _("Thumbs up"),
    "❤️": _("Heart"),
    "🎉": _("Celebrate"),
    "😄": _("Smile"),
    "😮": _("Surprised"),
    "🙏": _("Thanks"),
}
FIRST = "❤️"  # the one with a button of its own


@register.filter
def post_body(post: Any) -> SafeString:
    """A post's body as posts.rendering made it: escaped, linked and sanitised. No other template may trust a string."""
    html: str = post.html
    return mark_safe(html)  # noqa: S308


@register.filter
def showing_to_all(post: Any) -> str:
    """What a card shows of the post that this one quotes, to everybody alike; see posts.quoting."""
    return quoting.showing_to_all(post).value


@register.simple_tag
def reaction_set() -> list[tuple[str, Any]]:
    return [(emoji, NAMES.get(emoji, emoji)) for emoji in QUICK]


@register.simple_tag
def first_reaction() -> str:
    return FIRST


@register.filter
def emoji_drawn(emoji: str) -> SafeString:
    """A reaction as it is shown: an emoji, or the picture of one of the company's, without asking for it."""
    return emoji_picture(emoji) if custom_emoji.CODE.fullmatch(emoji) else escape(emoji)


@register.filter
def reactions_of(post: Any, emoji: str) -> int:
    return int(post.reactions.get(emoji, 0))


@register.filter
def other_reactions(post: Any) -> list[tuple[str, int]]:
    """The reactions beside the first, the most frequent first."""
    others = [(emoji, count) for emoji, count in post.reactions.items() if emoji != FIRST and count > 0]
    return sorted(others, key=lambda pair: -pair[1])


# Names of files' kinds, shorter than those of the conditions of rules, with an icon of our set.
KINDS = {
    "image": (_("Picture"), "image"),
    "video": (_("Video"), "file"),
    "audio": (_("Sound"), "file"),
    "pdf": ("PDF", "file-text"),
    "document": (_("Document"), "file-text"),
    "spreadsheet": (_("Table"), "table"),
    "presentation": (_("Slides"), "presentation"),
    "text": (_("Text"), "file-text"),
    "email": (_("E-mail"), "mail"),
    "archive": (_("Archive"), "archive"),
    "other": (_("File"), "file"),
}


@register.filter
def kind_name(kind: str) -> Any:
    """A media type for people."""
    return KINDS[family_of(kind)][0]


@register.filter
def kind_icon(kind: str) -> str:
    return KINDS[family_of(kind)][1]


@register.filter
def pictures(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of a post's files that we encoded and pages may show."""
    return [file for file in files if file["width"]]


@register.filter
def other_files(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [file for file in files if not file["width"]]


@register.filter
def percent_of(votes: int, voters: int) -> int:
    """A share of the voters, as a whole number of percent."""
    return round(100 * votes / voters) if voters else 0


@register.filter
def share_of(votes: int, voters: int) -> str:
    """How many chose an answer, and which share of the voters that is."""
    return pgettext("votes and their share", "%(votes)s · %(percent)s%%") % {
        "votes": Count(votes),
        "percent": percent_of(votes, voters),
    }


@register.filter
def praise_name(reason: str) -> Any:
    """What somebody is praised for."""
    return PraisedPerson.For(reason).label


@register.filter
def praise_icon(reason: str) -> str:
    """Its picture, drawn for it."""
    return f"praise-{reason}"


@register.filter
def instant(kept: str) -> datetime:
    """A time that a part keeps as text."""
    return datetime.fromisoformat(kept)
