"""Every component at once, for who works on the look: under DEBUG only, with made-up data, without the database."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from corpblog.people.models import Person
from corpblog.web.shell import Place

PEOPLE = [
    Person(pk=5, username="nadia", display_name="Nadia Benali", department="People · Paris"),
    Person(pk=13, username="amelie", display_name="Amélie Laurent", department="Product · Lyon"),
    Person(pk=4, username="tomas", display_name="Tomás Herrera", department="Site Reliability · Madrid"),
    Person(pk=3, username="marcus", display_name="Marcus Webb", department="Sales EMEA · London"),
    Person(pk=6, username="sofie", display_name="Sofie Lindqvist", department="Legal · Malmö"),
]
# Author, minutes ago, reactions, replies, words.
TEXTS: list[tuple[int, int, dict[str, int], int, str]] = [
    (
        *(1, 4, {"❤️": 41, "🎉": 7}, 12),
        (
            "The new returns portal is live for all EU customers. Median time to refund went from 9 days to "
            "2. Thank you to the 14 people who made this happen. <a class='tag' "
            "href='/tags/launch/'>#launch</a>"
        ),
    ),
    (
        *(2, 7, {"❤️": 18}, 7),
        (
            "Postmortem for Tuesday’s login slowdown is up. Short version: a connection pool sized for 2019 "
            "met traffic from 2026. Two follow-ups are merged, one needs a volunteer. <a class='tag' "
            "href='/tags/x/'>#postmortem</a>"
        ),
    ),
    (
        *(0, 16, {}, 0),
        (
            "La cantine ferme à 14 h vendredi pour travaux. Des paniers-repas seront distribués à l’accueil "
            "dès 11 h 30 : pensez à réserver avant jeudi midi. <a class='mention' href='/@sofie/'>@sofie</a>"
        ),
    ),
    (
        *(3, 31, {"👍": 63}, 15),
        (
            "Visited three hospitals this week. The thing they all showed me, unprompted, was a printed cheat"
            " sheet of our keyboard shortcuts taped to the monitor. We should print good ones."
        ),
    ),
]
HEIGHTS = [52, 58, 56, 74, 62, 56, 42, 68, 50, 60, 66, 62, 54, 54, 60] * 2


def _channel(pk: int, name: str, unread: int = 0, **more: Any) -> SimpleNamespace:
    channel = SimpleNamespace(
        pk=pk, slug=f"c{pk}", title=name, kind="team", is_private=False, is_announce_only=False, person=None
    )
    channel.__dict__.update(more)
    return SimpleNamespace(channel=channel, unread=unread)


CHANNELS = [
    _channel(1, "All company", 3, is_announce_only=True),
    _channel(2, "Engineering", 12),
    _channel(3, "Bureau de Lyon"),
    _channel(4, "Customer stories", 1),
    _channel(5, "Security", is_private=True),
]


def _posts() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            pk=1000 - index,
            author=PEOPLE[who],
            author_id=PEOPLE[who].pk,
            channel=CHANNELS[index].channel,
            channel_id=index + 1,
            number=50 - index,
            root_id=None,
            html=f"<p>{html}</p>",
            language="",
            reactions=reactions,
            reply_count=replies,
            created_at=timezone.now() - timedelta(minutes=minutes),
            edited_at=timezone.now() if index == 2 else None,
            is_deleted=False,
            deleted_at=None,
        )
        for index, (who, minutes, reactions, replies, html) in enumerate(TEXTS)
    ]


@login_not_required
def gallery(request: HttpRequest, page: str = "") -> HttpResponse:
    """Show the feed, the desk, the rule editor, or the parts."""
    places = [
        Place("home", "Home", "house", "/gallery/"),
        Place("desk", "Review", "shield-check", "/gallery/desk/", 7),
        Place("policies", "Policies", "sliders-horizontal", "/gallery/policy/"),
        Place("shares", "Shares", "share-2", "/shares/"),
    ]
    shell = SimpleNamespace(
        roles={"compliance"},
        person=PEOPLE[0],
        theme=request.GET.get("theme", ""),
        can_review=True,
        places=places,
        bar=places,
        channels=CHANNELS,
        unread_notices=1,
    )
    template = f"web/gallery_{page}.html" if page in {"desk", "policy", "parts"} else "web/gallery.html"
    bars = [(index * 10, 80 - height) for index, height in enumerate(HEIGHTS)]
    context = {"shell": shell, "posts": _posts(), "people": PEOPLE, "bars": bars}
    return render(request, template, context)
