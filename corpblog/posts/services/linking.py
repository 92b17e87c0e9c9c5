"""Fetch what the pages say that posts link to; the worker does it, never who posts or reads.

What comes back is shown inside only: it is no part of a revision or of a share, so it never leaves (ADR 40).
"""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final
from urllib.parse import urljoin

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import blobs, clock, egress, sandbox
from corpblog.kernel.errors import CorpblogError, NotAllowed
from corpblog.people.models import Person
from corpblog.policy.engine import Outcome
from corpblog.policy.selectors import internal_hosts
from corpblog.policy.services import scan
from corpblog.posts import access, files, linking, passages
from corpblog.posts.models import ChannelEvent, LinkedPage, Post
from corpblog.posts.selectors import post_for
from corpblog.posts.services.log import log

structured = structlog.get_logger(__name__)

SECONDS: Final = 8.0  # for a page with its picture
LARGEST_PAGE: Final = 1024 * 1024  # its head is at its beginning
LARGEST_PICTURE: Final = 5 * 1024 * 1024
HOPS: Final = 3
LEAST_SIDE: Final = 48  # pixels: smaller ones count visitors, or are icons
AT_ONCE: Final = 4
LEASE: Final = timedelta(minutes=2)
FRESH: Final = timedelta(days=7)
FAILED_FOR: Final = timedelta(days=1)
MOST_REDRAWN: Final = 200
MOST_ASKED: Final = 5
NOT_ASKED: Final = "not asked"


def link(post: Post, before: str | None = None) -> None:
    """Say of which page the post shows a preview; part of the transaction that writes its words, before it has numbers.

    before: the text that it had; where the link stays, so does what its author made of the preview.
    """
    address = linking.page_of(post.text, post.channel)
    if before is not None and address is not None and linking.page_of(before, post.channel) == address:
        return
    post.linked_page = None if address is None else _wanted(address)


def _wanted(address: str) -> LinkedPage:
    now = clock.now()
    facts = {"url": address, "host": linking.shown_host(address), "wanted_at": now}
    # Locked: the daily sweep of pages without posts must not take away what this post is about to point at.
    rows = LinkedPage.objects.select_for_update(no_key=True)
    page, created = rows.get_or_create(digest=linking.digest_of(address), defaults=facts)
    is_old = page.fetched_at is not None and page.fetched_at < now - (FRESH if page.title else FAILED_FOR)
    if not created and page.wanted_at is None and is_old:
        # What it said last is shown until it says something else.
        LinkedPage.objects.filter(pk=page.pk).update(wanted_at=now)
    return page


@transaction.atomic
def remove_preview(*, by: Person, post_id: int) -> Post:
    """Show no preview of the page that one's own post links to; the link stays."""
    seen = post_for(by, post_id)
    if not access.can_edit(by, seen):
        raise NotAllowed(_("Only its author can edit a post."), post=seen.pk)
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    if post.linked_page_id is not None:
        post.linked_page = None
        post.save(update_fields=["linked_page"])
        log((ChannelEvent.Kind.CHANGED, post), by=by)
    return post


def is_due() -> bool:
    """Whether a page waits to be fetched."""
    return LinkedPage.objects.filter(wanted_at__lte=clock.now()).exists()


def fetch_due() -> None:
    """Fetch the pages that wait, oldest first, and redraw what shows them; see `periodic.on_demand`."""
    hosts = internal_hosts()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="preview") as threads:
        asked = {threads.submit(_fetched, page.url, hosts): page for page in _leased(hosts)}
        for done in as_completed(asked):
            page = asked[done]
            try:
                _keep(page, done.result())
            except Exception:
                structured.exception("preview_failed", page=page.pk)
                _keep(page, Said(problem="error"))


def _leased(hosts: tuple[str, ...]) -> Iterator[LinkedPage]:
    """Yield pages that are to be asked and that no other worker takes; those that may not be are settled here."""
    for page in LinkedPage.objects.filter(wanted_at__lte=clock.now()).order_by("wanted_at")[: AT_ONCE * 2]:
        mine = LinkedPage.objects.filter(pk=page.pk, wanted_at=page.wanted_at)
        if not mine.update(wanted_at=clock.now() + LEASE):
            continue
        if _may_be_asked(page, hosts):
            yield page
        else:
            _keep(page, Said(problem=NOT_ASKED))


def _may_be_asked(page: LinkedPage, hosts: tuple[str, ...]) -> bool:
    """Whether a post still stands for it whose policy lets the address out: it is judged as words that leave."""
    if not linking.is_of_a_host_to_ask(page.url) or linking.stays_inside(page.url, hosts):
        return False
    posts = Post.objects.alive().filter(linked_page=page).select_related("channel", "author").order_by("-pk")
    return any(linking.allows_asking(post.channel) and _policy_allows(page.url, post) for post in posts[:MOST_ASKED])


def _policy_allows(address: str, post: Post) -> bool:
    if linking.is_own_server(address):
        return True
    verdict = scan(
        fields=address,
        audience="external",
        by=post.author,
        channel_classification=post.channel.classification,
        known_texts=lambda texts: passages.known_texts(texts, post.channel),
    )
    return verdict.outcome == Outcome.ALLOW


@dataclass(frozen=True)
class Said:
    """What a page says of itself; nothing but why not, where it cannot be had: no error, the link is there."""

    host: str = ""
    title: str = ""
    description: str = ""
    picture: str = ""
    problem: str = ""


def _fetched(address: str, hosts: tuple[str, ...]) -> Said:
    """Ask a page what it says; runs on a thread of its own and touches no database."""
    until = time.monotonic() + SECONDS
    try:
        answer = _asked(address, hosts, until, LARGEST_PAGE, cuts=True)
        if answer.status != 200:
            return Said(problem=f"status {answer.status}")
        content_type = answer.headers.get("content-type", "")
        if "html" not in content_type:
            return Said(problem="no page")
        facts = json.loads(sandbox.run("corpblog.posts.page_facts", answer.body, content_type[:200], seconds=SECONDS))
        if not facts["title"]:
            return Said(problem="no title")
        picture = _picture(urljoin(answer.url, facts["picture"]), hosts, until) if facts["picture"] else ""
    except (egress.EgressError, sandbox.Failed, ValueError) as error:
        return Said(problem=str(error)[:60] or type(error).__name__)
    return Said(linking.shown_host(answer.url), facts["title"], facts["description"], picture)


def _picture(address: str, hosts: tuple[str, ...], until: float) -> str:
    """Return the digest of the page's picture, small and written anew; nothing where it is none."""
    try:
        answer = _asked(address, hosts, until, LARGEST_PICTURE)
        if answer.status != 200:
            return ""
        picture = files.encoded(answer.body)
    except (egress.EgressError, CorpblogError, ValueError):
        return ""
    return blobs.write(picture.thumbnail) if min(picture.width, picture.height) >= LEAST_SIDE else ""


def _asked(address: str, hosts: tuple[str, ...], until: float, largest: int, *, cuts: bool = False) -> egress.Answer:
    """Ask an address, and where it leads; each stop is judged before it is asked. Says who asks, and nothing else."""
    for _hop in range(HOPS + 1):
        if not linking.is_of_a_host_to_ask(address) or linking.stays_inside(address, hosts):
            raise egress.Forbidden("leads where nobody is asked")
        answer = egress.send(
            "GET",
            _encrypted(address),
            headers={"Accept": "text/html, image/*;q=0.9"},
            seconds=until - time.monotonic(),
            largest=largest,
            follows=False,
            public_only=not linking.is_own_server(address),
            cuts=cuts,
        )
        if answer.status not in egress.REDIRECTING:
            return answer
        address = urljoin(answer.url, answer.headers.get("location", ""))
    raise egress.Forbidden("more than three redirects")


def _encrypted(address: str) -> str:
    # The way out speaks TLS only; the same host answers there, or there is no preview. Servers inside are as named.
    is_plain = address[:7].lower() == "http://" and not linking.is_own_server(address)
    return "https://" + address[len("http://") :] if is_plain else address


def _keep(page: LinkedPage, said: Said) -> None:
    """Write down what became of a page, and redraw the posts that showed something else of it."""
    shown = (page.host, page.title, page.description, page.picture)
    # A server that is away for a day does not take back what it said; a host that may not be asked any more does.
    if said.title or said.problem == NOT_ASKED:
        page.host, page.title = said.host or page.host, said.title
        page.description, page.picture = said.description, said.picture
    page.problem, page.wanted_at, page.fetched_at = said.problem, None, clock.now()
    page.save()
    # Where there is nothing to show, open pages keep the room with the address in it: nothing moves under their reader.
    if page.title and shown != (page.host, page.title, page.description, page.picture):
        _redraw(page)


def _redraw(page: LinkedPage) -> None:
    posts = Post.objects.alive().filter(linked_page=page).order_by("-pk")[:MOST_REDRAWN]
    for _channel, group in groupby(sorted(posts, key=attrgetter("channel_id")), key=attrgetter("channel_id")):
        with transaction.atomic():
            log(*((ChannelEvent.Kind.CHANGED, post) for post in group), by=None)


def forget_unlinked() -> int:
    """Drop what is known of pages that no post links to any more; the worker calls this daily. Return how many."""
    return int(LinkedPage.objects.filter(posts__isnull=True).delete()[0])


def needed_pictures(digests: set[str]) -> set[str]:
    """Return those of these digests that a preview shows; see `blobs.kept_by`."""
    return set(LinkedPage.objects.filter(picture__in=digests).values_list("picture", flat=True))
