"""A list of posts as pages show it: which posts, what follows, what keeps it live, what is the reader's own in it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from corpblog.kernel import epoch
from corpblog.kernel.ids import first_id_at
from corpblog.people.models import Person
from corpblog.posts import quoting
from corpblog.posts import selectors as posts
from corpblog.posts.models import Post
from corpblog.posts.selectors import Page


@dataclass
class Feed:
    """Everything that `posts/_feed.html` shows.

    live: where new posts come in: `top`, `end` or `none`.
    read: the number up to which the reader has read the channel; 0 where that means nothing.
    marks: whether what is seen here counts as read.
    author: whose posts alone come in live; 0 for everybody's.
    found: the words that these posts were found by, which the page marks.
    day: the day that the list begins with, where its reader went to one.
    earlier_url: where a thread begins, on a page that leaves its beginning out.
    """

    id: str
    posts: list[Post]
    label: str
    next_url: str = ""
    earlier_url: str = ""
    live: str = "none"
    thread: str = ""
    heads: dict[int, int] = field(default_factory=dict)
    read: int = 0
    marks: bool = False
    remembers: str = ""
    author: int = 0
    day: date | None = None
    found: str = ""
    as_root: bool = False
    mine: dict[str, Any] = field(default_factory=dict)

    @property
    def heads_json(self) -> str:
        return json.dumps({str(channel): seq for channel, seq in self.heads.items()})

    @property
    def mine_json(self) -> str:
        # An attribute, not a JSON script: htmx makes each script anew that it swaps in, and the page's policy refuses.
        return json.dumps(self.mine)

    @property
    def epoch(self) -> str:
        """Which life of the database the numbers count in; a page from another one loads itself afresh."""
        return epoch.current()


def mine_of(person: Person, shown: Iterable[Post]) -> dict[str, Any]:
    """What scripts need to mark the reader's own reactions, bookmarks and reposts."""
    return mine_among(person, [post.pk for post in shown])


def mine_among(person: Person, ids: list[int]) -> dict[str, Any]:
    """The same for posts of which only the ids are known; as text, 63 bits do not fit into a script's numbers."""
    reacted, kept = posts.mine(person, ids)
    return {
        "reacted": {str(pk): emoji for pk, emoji in reacted.items()},
        "bookmarked": [str(pk) for pk in kept],
        "reposted": [str(pk) for pk in quoting.reposted(person, ids)],
    }


def feed_of(request: HttpRequest, person: Person, page: Page, *, label: str, **more: Any) -> Feed:
    """A page of posts with the address of what comes after it."""
    feed = Feed(id="feed", posts=page.items, label=label, mine=mine_of(person, page.items), **more)
    if day_of(request) is not None:
        # Somewhere in the past nothing comes in at the top, nothing is read up to there, and nobody "was here".
        feed.live, feed.marks, feed.remembers = "none", False, ""
        feed.day = parse_date(request.GET["on"])
    if page.next_cursor is not None:
        query = request.GET.copy()
        query.pop("on", None)
        query["before"] = str(page.next_cursor)
        feed.next_url = f"{request.path}?{query.urlencode()}"
    return feed


def heads_of(person: Person, post_id: int) -> str:
    """Where the channel of a post stands, for a part of a page that follows it; asked before what the part shows."""
    post = posts.post_for(person, post_id)
    return json.dumps({str(channel): seq for channel, seq in posts.heads([post.channel_id]).items()})


def cursor_of(request: HttpRequest) -> int | None:
    """The cursor in the address; what is no number means the beginning, for addresses get cut and retyped."""
    given = request.GET.get("before", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 20 else None


def start_of(request: HttpRequest) -> int | None:
    """The cursor to begin at: what comes after a page, or a day to go to."""
    cursor = cursor_of(request)
    return day_of(request) if cursor is None else cursor


def day_of(request: HttpRequest) -> int | None:
    """The cursor of the end of the day that `on` names, by the reader's clock; None where it names none."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
        end = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_current_timezone())
        return max(0, first_id_at(end))
    except (ValueError, OverflowError):
        return None
