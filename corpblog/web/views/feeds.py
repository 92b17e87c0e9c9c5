"""Pages of posts: home, channel, leaders, hashtag, search, bookmarks."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from corpblog.notifications import wishes
from corpblog.notifications.models import ChannelLevel
from corpblog.people import selectors as people
from corpblog.posts import discovery, marks
from corpblog.posts import search as searching
from corpblog.posts import selectors as posts
from corpblog.posts.services import look_at_search
from corpblog.teams import access
from corpblog.teams import selectors as teams
from corpblog.teams.models import Channel, Membership
from corpblog.web import composers
from corpblog.web.feeds import Feed, cursor_of, feed_of, start_of
from corpblog.web.search_hints import unknown_names
from corpblog.web.shell import shell_of
from corpblog.web.templatetags.ui import channel_address
from corpblog.web.views.asking import person_of


def show(request: HttpRequest, template: str, feed: Feed, **context: Any) -> HttpResponse:
    """The page; or, when a feed asks for older posts, those posts alone."""
    if request.headers.get("HX-Request") and cursor_of(request) is not None:
        template = "posts/_older.html"
    return render(request, template, {"feed": feed, **context})


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What is new in one's channels."""
    person = person_of(request)
    # Direct conversations stay where they are; see posts.timelines.
    heads = posts.heads(entry.channel.pk for entry in shell_of(request).channels if not entry.channel.is_direct)
    page = posts.home(person, start_of(request))
    feed = feed_of(request, person, page, label=_("Posts"), live="top", heads=heads, marks=True, remembers="home")
    composer = composers.for_new(person, channels=composers.writable_for(person))
    return show(request, "web/home.html", feed, composer=composer)


@require_GET
def channel(request: HttpRequest, slug: str) -> HttpResponse:
    """A channel's threads."""
    person = person_of(request)
    shown = teams.channel_by_address(person, slug)
    if shown.slug != slug:
        return HttpResponseRedirect(channel_address(shown))
    membership = access.membership_of(person, shown)
    title = teams.title_for(person, shown)
    heads = posts.heads([shown.pk])
    feed = feed_of(
        request,
        person,
        posts.channel_page(person, shown, start_of(request)),
        label=title,
        live="top",
        heads=heads,
        read=membership.read_posts if membership else 0,
        marks=membership is not None,
    )
    may_write = access.can_write(person, shown)
    composer = composers.for_new(person, channels=[shown], channel=shown) if may_write else None
    return show(
        request,
        "web/channel.html",
        feed,
        composer=composer,
        title=title,
        **_facts(request, shown, membership),
    )


def _facts(request: HttpRequest, shown: Channel, membership: Membership | None) -> dict[str, Any]:
    person = person_of(request)
    return {
        "channel": shown,
        "membership": membership,
        "member_count": teams.members(shown).count(),
        "can_join": membership is None and access.can_join(person, shown),
        "can_leave": access.can_leave(person, shown),
        "can_manage": access.can_manage(person, shown),
        "pinned": marks.pinned_in(shown),
        "level": wishes.level_for(person, shown),
        "levels": ChannelLevel.Level.choices,
    }


@require_GET
def leaders(request: HttpRequest) -> HttpResponse:
    """What leaders posted."""
    person = person_of(request)
    feed = feed_of(request, person, posts.leaders_page(person, start_of(request)), label=_("Leaders"))
    return show(
        request,
        "web/list.html",
        feed,
        tab="leaders",
        title=_("Leaders"),
        lede=_("Posts by the people who lead the company."),
    )


@require_GET
def tag(request: HttpRequest, name: str) -> HttpResponse:
    """Posts with a hashtag."""
    person = person_of(request)
    feed = feed_of(request, person, posts.tag_page(person, name, start_of(request)), label=f"#{name}", as_root=True)
    return show(
        request,
        "web/list.html",
        feed,
        title=f"#{name[:100]}",
        tag=name[:100],
        follows=discovery.follows_tag(person, name),
        empty=_("No post that you may read has this hashtag."),
    )


@require_GET
def bookmarks(request: HttpRequest) -> HttpResponse:
    """What one keeps for later."""
    person = person_of(request)
    folder = request.GET.get("folder", "")[:60].replace("\0", "")
    page = posts.bookmarks_page(person, cursor_of(request), folder=folder)
    feed = feed_of(request, person, page, label=_("Bookmarks"), as_root=True)
    return show(
        request,
        "web/list.html",
        feed,
        title=_("Bookmarks"),
        folder=folder,
        folders=discovery.folders(person),
        lede=_("Only you see what you keep."),
        empty=_("Nothing here yet. Choose “Bookmark” in the menu of a post to keep it."),
    )


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Posts with words, by somebody, in a channel, from a time."""
    person, query = person_of(request), request.GET.get("q", "")[:200].strip()
    question, page = searching.read(query), posts.search(person, query, cursor_of(request))
    said = " ".join(searching.answering_words(question, page.items))
    feed = feed_of(request, person, page, label=_("Results"), as_root=True, found=said)
    found: dict[str, Any] = {}
    if query and cursor_of(request) is None:
        plain = " ".join(part for part in query.split() if ":" not in part)
        found = {
            "channels": teams.browse(person, plain, limit=5) if plain else [],
            "people": people.named_like(plain, most=5),
            "tags": discovery.tags_like(person, plain),
        }
    if query and page.items and cursor_of(request) is None:
        look_at_search(by=person, query=query, newest=page.items[0].pk)
    found["not_understood"] = question.impossible
    if not page.items and cursor_of(request) is None:
        found["unknown"] = unknown_names(person, query, question)
    return show(request, "web/search.html", feed, query=query, **found)
