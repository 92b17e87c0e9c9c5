"""Repost and take it back; keep what quotes a post in step with it."""

from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.posts import access, quoting
from corpblog.posts.events import PostChanged
from corpblog.posts.models import ChannelEvent, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.deleting import delete
from corpblog.posts.services.log import log
from corpblog.posts.services.publishing import publish
from corpblog.teams.models import Channel
from corpblog.teams.services import ensure_storyline

Kind = ChannelEvent.Kind
# Pages that show older quotes learn of a change when they are loaded anew.
MOST_REDRAWN: Final = 500


def repost(*, by: Person, post_id: int) -> Post:
    """Put a post on one's storyline as it is; doing it twice is doing it once."""
    source = quoting.quotable(by, post_id)
    channel = ensure_storyline(by)
    if not access.shows_to_all(source, channel):
        raise NotAllowed(
            _("This post is from a closed channel: your followers could not see it. Quote it there instead.")
        )
    existing = _repost_of(by, source, channel)
    if existing is not None:
        return existing
    try:
        return publish(by=by, channel=channel, text="", quotes=source)
    except IntegrityError:
        # Two presses at once: the database let one of them through.
        found = _repost_of(by, source, channel)
        if found is None:
            raise
        return found


def unrepost(*, by: Person, post_id: int) -> None:
    """Take one's repost back; taking back what is not there is no mistake."""
    source = quoting.source_of(post_for(by, post_id))
    existing = _repost_of(by, source, ensure_storyline(by))
    if existing is not None:
        delete(by=by, post_id=existing.pk)


def _repost_of(by: Person, source: Post, channel: Channel) -> Post | None:
    rows = Post.objects.alive().filter(author=by, quotes=source, channel=channel, is_repost=True)
    found: Post | None = rows.for_cards().first()
    return found


def follow_quotes(change: PostChanged) -> None:
    """Count the quotes of what was quoted, and redraw the quotes of what changed; told once it is committed.

    In transactions of their own, one channel each: numbers of two channels taken together could wait for each other.
    Should this fail, counts are right again with the next quote, and pages when they are loaded.
    """
    if change.kind in {Kind.CREATED, Kind.DELETED}:
        quoted = Post.objects.filter(pk=change.post_id).values_list("quotes_id", flat=True).first()
        if quoted:
            _count(quoted, change.actor_id)
    if change.kind in {Kind.EDITED, Kind.DELETED}:
        _redraw_quotes_of(change.post_id, change.actor_id)


def _person(actor_id: int | None) -> Person | None:
    return Person.objects.filter(pk=actor_id).first() if actor_id else None


@transaction.atomic
def _count(source_id: int, actor_id: int | None) -> None:
    source: Post = Post.objects.select_related("channel").select_for_update(of=("self",), no_key=True).get(pk=source_id)
    count = quoting.counted(source)
    if source.is_deleted or count == source.quote_count:
        return
    source.quote_count = count
    source.save(update_fields=["quote_count"])
    log((Kind.CHANGED, source), by=_person(actor_id))


def _redraw_quotes_of(source_id: int, actor_id: int | None) -> None:
    quotes = Post.objects.alive().filter(quotes=source_id).order_by("-pk")[:MOST_REDRAWN]
    actor = _person(actor_id)
    for _channel, group in groupby(sorted(quotes, key=attrgetter("channel_id")), key=attrgetter("channel_id")):
        with transaction.atomic():
            log(*((Kind.CHANGED, quote) for quote in group), by=actor)
