"""The pieces that every page is put together from. Markup is in docs/frontend.md and in the gallery."""

from datetime import datetime
from functools import cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from corpblog.kernel.counts import Count
from corpblog.people.models import Person
from corpblog.sharing.wording import worded
from corpblog.web.short_dates import short_day

register = template.Library()

# One source for the five outcomes: icon, hue class and word. Mirrored by nothing: scripts read them from the page.
VERDICT_ICONS = {
    "allow": "circle-check",
    "pass": "circle-check",
    "ok": "circle-check",
    "info": "info",
    "warn": "triangle-alert",
    "justify": "triangle-alert",
    "hold": "hourglass",
    "block": "octagon-x",
}
VERDICT_WORDS = {
    "allow": pgettext_lazy("verdict", "Approved"),
    "pass": pgettext_lazy("verdict", "Approved"),
    "ok": pgettext_lazy("verdict", "Approved"),
    "info": pgettext_lazy("verdict", "Noted"),
    "warn": pgettext_lazy("verdict", "Warned"),
    "justify": pgettext_lazy("verdict", "Reason needed"),
    "hold": pgettext_lazy("verdict", "Held"),
    "block": pgettext_lazy("verdict", "Blocked"),
}
CHANNEL_ICONS = {"storyline": "user-round", "company": "megaphone", "direct": "message-square-reply"}


@cache
def _sprite() -> str:
    """The sprite's address; looked up once, for a post has a dozen icons."""
    return static("corpblog/build/icons.svg")


@register.simple_tag
@cache
def icon(name: str, size: str = "") -> SafeString:
    """An icon of the sprite, silent for screen readers: the words stand beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {size}" if size else "",
        _sprite(),
        name,
    )


@register.simple_tag
def avatar(person: Person, size: str = "") -> SafeString:
    """A person's initials on their hue. size: `s`, `m`, `l` or nothing (40 px)."""
    # The initials are drawn by CSS: as text they would be copied with a post, and be part of a button's visible name.
    css = f"av av-{size}" if size else "av"
    return format_html(
        '<span class="{} av-{}" data-initials="{}" aria-hidden="true"></span>', css, person.hue, person.initials
    )


@register.simple_tag
def when(moment: datetime | None, css: str = "") -> SafeString:
    """A time that scripts turn into “4 min. ago”.

    The server's own words are as short as that, so that the header does not wrap anew when the script runs (CLS 0.17).
    """
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    same_day = local.date() == timezone.localdate()
    words = format_date(local, "H:i") if same_day else short_day(local)
    return format_html(
        '<time class="{}" datetime="{}" data-ago title="{}">{}</time>',
        css,
        moment.isoformat(),
        full_time(moment),
        words,
    )


@register.filter
def full_time(moment: datetime) -> str:
    """Date and time in the reader's language."""
    return format_date(timezone.localtime(moment), "DATETIME_FORMAT")


@register.simple_tag
def chip(outcome: str, words: str = "") -> SafeString:
    """An outcome in its hue, with its icon and its word: never colour alone."""
    return format_html(
        '<span class="chip v-{}">{}{}</span>',
        outcome,
        icon(VERDICT_ICONS.get(outcome, "info")),
        words or VERDICT_WORDS.get(outcome, outcome),
    )


@register.filter
def verdict_icon(outcome: str) -> str:
    return VERDICT_ICONS.get(outcome, "info")


@register.filter
def channel_icon(channel: Any) -> str:
    """The icon that says what kind of place a channel is."""
    if channel.kind in CHANNEL_ICONS:
        return CHANNEL_ICONS[channel.kind]
    if channel.is_private:
        return "lock"
    return "megaphone" if channel.is_announce_only else "hash"


@register.filter
def channel_address(channel: Any) -> str:
    """Where a channel's posts are; a storyline lives at its person."""
    if channel.kind == "storyline":
        return f"/@{channel.person.username}/"
    return f"/c/{channel.slug}/"


@register.simple_tag(takes_context=True)
def current(context: template.Context, prefix: str) -> SafeString:
    """`aria-current="page"` where the page's address is `prefix` or, for a prefix other than `/`, below it."""
    request = context.get("request")
    path = request.path if request else ""
    here = path == prefix or (prefix != "/" and path.startswith(prefix))
    return format_html(' aria-current="{}"', "page") if here else SafeString("")


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, kind: str = "") -> dict[str, Any]:
    """A form field with its label, its hint and its error, tied together for screen readers."""
    describedby = [f"{bound.auto_id}-hint"] if bound.help_text else []
    attributes: dict[str, str | bool] = {"class": f"{_field_class(bound)} {kind}".strip()}
    if bound.errors:
        describedby.append(f"{bound.auto_id}-error")
        attributes["aria-invalid"] = "true"
    if describedby:
        attributes["aria-describedby"] = " ".join(describedby)
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "is_check": bound.widget_type == "checkbox"}


def _field_class(bound: BoundField) -> str:
    kinds = {
        "textarea": "textarea",
        "select": "select",
        "checkbox": "",
        "radioselect": "checks",
        "checkboxselectmultiple": "checks",
    }
    return kinds.get(bound.widget_type, "input")


@register.filter
def count_of(number: int) -> str:
    """A number for a badge: at most three signs wide."""
    return str(number) if number < 100 else _("99+")


@register.filter
def thousands(number: Any) -> Any:
    """A count as people write it; plurals can be chosen by it. What is no whole number, as a dash, stays as it is."""
    return Count(number) if isinstance(number, int) else number


@register.filter
def message_outcome(level: str) -> str:
    """The hue of a message of Django's messages framework."""
    return {"success": "ok", "warning": "warn", "error": "block"}.get(level, "info")


@register.simple_tag
def icon_url(name: str) -> str:
    """The address of a symbol of the sprite."""
    return f"{_sprite()}#{name}"


@register.filter
def share_trouble(code: str) -> str:
    """A code of the gate in words."""
    return worded(code)


NOTICE_ICONS = {
    "share": "share-2",
    "policy": "sliders-horizontal",
    "destination": "send",
    "reaction": "heart",
    "poll": "chart-bar",
    "announcement": "megaphone",
    "scheduled": "calendar-clock",
    "best": "circle-check",
    "praise": "award",
}


@register.filter
def notice_icon(notice: Any) -> str:
    """The icon of a notice that no person stands for."""
    return NOTICE_ICONS.get(notice.kind, "bell")
