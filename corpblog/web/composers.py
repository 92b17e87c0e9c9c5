"""The composer as pages show it: where it posts to, what it holds, what went wrong."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError
from corpblog.people.models import Person
from corpblog.posts import quoting
from corpblog.posts import selectors as posts
from corpblog.posts.errors import PostBlocked, ReasonMissing
from corpblog.posts.models import Attachment, Post, ScheduledPost
from corpblog.posts.parts import fields_of
from corpblog.posts.services import stamp_of
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel
from corpblog.web import outside
from corpblog.web.outside import Choice, Wishes
from corpblog.web.part_forms import MENU, LaterForm, PartForm, form_of, later_of
from corpblog.web.verdicts import present
from corpblog.web.views.asking import person_of


@dataclass
class Composer:
    """Everything that `posts/_composer.html` shows.

    kept_files: what the post carries already and keeps.
    wishes: how it shall leave, where places are ticked.
    takes_kinds: whether what is written may be more than a message; part: the fields of the kind that was chosen.
    later: when it is posted, if not at once.
    stamp: which state of the draft is shown; whoever writes on says so.
    has_others: whether other devices wrote what was written over.
    client_key: names the act: sent twice, by a double click or a retry, it posts once.
    """

    id: str
    action: str
    place: str
    label: str
    button: str
    text: str = ""
    stamp: str = ""
    has_others: bool = False
    feed: str = ""
    files: list[Attachment] = field(default_factory=list)
    takes_files: bool = True
    kept_files: list[Any] = field(default_factory=list)
    takes_kinds: bool = False
    part: PartForm | None = None
    later: LaterForm | None = None
    channels: list[Channel] = field(default_factory=list)
    channel: Channel | None = None
    reply_to: Post | None = None
    quotes: Post | None = None
    version: int = 0
    destinations: list[Choice] = field(default_factory=list)
    outside: bool = False
    wishes: Wishes | None = None
    reason: str = ""
    needs_reason: bool = False
    failure: str = ""
    verdict_html: str = ""
    cancel: str = ""
    native: bool = False
    showing: str = "whole"  # of what it quotes: its person chose it, so they see it
    client_key: str = field(default_factory=lambda: secrets.token_hex(16))
    limit: int = field(default_factory=lambda: settings.POST_LIMIT)

    @property
    def menu(self) -> Any:
        """The kinds of posts to choose from."""
        return MENU


def for_new(person: Person, *, channels: list[Channel], channel: Channel | None = None, feed: str = "feed") -> Composer:
    """A composer for a new thread, in one channel or in one of several."""
    place = f"channel:{channel.pk}" if channel and len(channels) == 1 else "new"
    return _resumed(_new(place, person, channels, channel, feed), person)


def _new(place: str, person: Person, channels: list[Channel], channel: Channel | None, feed: str) -> Composer:
    return Composer(
        id="write",
        action=reverse("web:publish"),
        place=place,
        label=_label(channel),
        button=_("Post"),
        takes_kinds=True,
        files=posts.draft_files(person, place),
        feed=feed,
        channels=channels if len(channels) > 1 else [],
        channel=channel or (channels[0] if channels else None),
        destinations=outside.choices_for(person),
    )


def _label(channel: Channel | None) -> str:
    """Say in whose name somebody writes, where it is not their own."""
    if channel is not None and channel.is_company:
        return _("Post in the name of %(name)s") % {"name": channel.title}
    return _("Write a post")


def for_quote(person: Person, source: Post, channels: list[Channel]) -> Composer:
    """A composer for what somebody has to say about a post, which stands under it."""
    composer = _new(f"quote:{source.pk}", person, channels, None, "")
    composer.quotes = source
    # There is no list here that its post could appear in: the browser goes to the post instead.
    composer.native = True
    # A quote is words about a post, now: as a poll, or posted later, it would lose what it is about.
    composer.takes_kinds = False
    return _resumed(composer, person)


def for_reply(person: Person, post: Post, feed: str) -> Composer:
    """A composer for an answer in a thread."""
    place = f"reply:{post.pk}"
    composer = Composer(
        id=f"reply-{post.pk}",
        action=reverse("web:publish"),
        place=place,
        label=_("Reply to %(name)s") % {"name": post.byline},
        button=_("Reply"),
        files=posts.draft_files(person, place),
        feed=feed,
        channel=post.channel,
        reply_to=post,
    )
    return _resumed(composer, person)


def for_edit(person: Person, post: Post) -> Composer:
    """A composer that holds what a post says. `version` finds out whether somebody edited meanwhile."""
    composer = Composer(
        id="edit",
        action=reverse("web:edit", args=[post.pk]),
        place=f"edit:{post.pk}",
        label=_("Edit your post"),
        button=_("Save"),
        text=post.text,
        channel=post.channel,
        version=post.version,
        cancel=reverse("web:thread", args=[post.pk]),
        native=True,
        takes_files=False,
        kept_files=posts.files_of(post),
        quotes=post.quotes,
        showing=quoting.showing_to(person, post),
    )
    return _resumed(composer, person)


def for_scheduled(person: Person, row: ScheduledPost) -> Composer:
    """A composer that holds a scheduled post."""
    place = f"scheduled:{row.pk}"
    composer = Composer(
        id="scheduled",
        action=reverse("web:scheduled_edit", args=[row.pk]),
        place=place,
        label=_("Edit a scheduled post"),
        button=_("Save"),
        takes_kinds=True,
        later=later_of({}, person, is_fixed=True),
        files=posts.draft_files(person, place),
        channels=writable_for(person),
        channel=row.channel,
        reason=row.reason,
        cancel=reverse("web:scheduled"),
        native=True,
    )
    said = row.fields | {"text": [row.text], "at": [f"{row.send_at.astimezone(person.zone):%Y-%m-%dT%H:%M}"]}
    for key, alt, is_decorative in row.files:
        said |= {f"alt_{key}": [alt]} | ({f"decorative_{key}": ["1"]} if is_decorative else {})
    said["file"] = [str(key) for key, _alt, _is_decorative in row.files]
    return _resumed(_filled(composer, MultiValueDict(said), person), person)


def _resumed(composer: Composer, person: Person) -> Composer:
    """The composer with what somebody began in its place, if they did."""
    draft = posts.draft_for(person, composer.place)
    if draft is None:
        return composer
    composer.stamp, composer.has_others = stamp_of(draft), bool(draft.others)
    typed = MultiValueDict({**draft.fields, "text": [draft.text or composer.text]})
    return _filled(composer, typed, person)


def again(composer: Composer, request: HttpRequest, error: CorpblogError | None = None) -> Composer:
    """The same composer with everything that was typed, and, where it did not go through, why."""
    composer = _filled(composer, request.POST, person_of(request))
    composer.client_key = request.POST.get("client_key", "")[:64] or composer.client_key
    composer.failure = error.message if error else ""
    if isinstance(error, PostBlocked):
        composer.verdict_html = present(composer.text, inside=error.verdict).html
        composer.needs_reason = isinstance(error, ReasonMissing)
    return composer


def _filled(composer: Composer, typed: "MultiValueDict[str, str]", person: Person) -> Composer:
    """The composer as a form or a draft says that it was left."""
    composer.text = typed.get("text", "")
    composer.reason = typed.get("reason", composer.reason)
    composer.outside = "outside" in typed
    composer.channel = next((one for one in composer.channels if str(one.pk) == typed.get("channel")), composer.channel)
    chosen = typed.getlist("destination")
    composer.destinations = [choice.chosen(choice.key in chosen) for choice in composer.destinations]
    composer.wishes = outside.wishes_typed(typed, person) if composer.destinations else None
    if composer.takes_kinds:
        fields, later = fields_of(typed), composer.later
        composer.part = form_of(fields, person)
        asks_later = later is not None or "at" in typed or "later" in typed
        is_fixed = bool(later and later.is_fixed)
        composer.later = later_of(fields, person, is_fixed=is_fixed) if asks_later else None
    order = {key: place for place, key in enumerate(typed.getlist("file"))}
    # What another device added since comes last, as it is.
    composer.files.sort(key=lambda file: order.get(str(file.pk), len(order)))
    for file in [*composer.files, *composer.kept_files]:
        if str(file.pk) in order:
            file.alt = typed.get(f"alt_{file.pk}", "")
            file.is_decorative = f"decorative_{file.pk}" in typed
    return composer


def writable_for(person: Person) -> list[Channel]:
    """Where somebody may start a thread."""
    return teams.writable(person)
