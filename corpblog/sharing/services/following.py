"""Follow the short links of what would leave, before a transaction begins that would hold locks meanwhile."""

import time
from datetime import timedelta
from typing import Final

from corpblog.kernel import clock
from corpblog.policy.selectors import internal_hosts
from corpblog.posts.models import Post
from corpblog.sharing import short_links
from corpblog.sharing.models import Destination, FollowedLink, Job, Share
from corpblog.sharing.services import judging
from corpblog.sharing.wishes import Wish

SECONDS: Final = 10.0
MOST: Final = 10
KEPT: Final = timedelta(days=1)
# One post that is asked for at several destinations has its links followed once.
ASKED_TWICE: Final = timedelta(minutes=1)


def follow_links_of_wish(post: Post, destination: Destination, wish: Wish) -> None:
    """Find out where the short links lead of what this post would send there."""
    _follow(judging.form_of(post, destination, wish))


def follow_links_of_job(job_id: int) -> None:
    """Find it out anew before sealing: a short link may lead elsewhere by now."""
    form = Job.objects.filter(pk=job_id).values_list("share__revision__canonical", flat=True).first()
    if form:
        _follow(form, known_for=timedelta(0))


def follow_links_of_open_shares(post_id: int) -> None:
    """Find it out for the new words of an edited post that waits to leave."""
    for share in Share.objects.may_still_be_stopped().filter(post_id=post_id).for_rows():
        follow_links_of_wish(share.post, share.destination, share.wish)


def _follow(form: str, known_for: timedelta = ASKED_TWICE) -> None:
    links = {link.digest: link.url for link in short_links.short_links_in(form)}
    fresh = FollowedLink.objects.filter(pk__in=links, followed_at__gt=clock.now() - known_for)
    unknown = [digest for digest in links if digest not in set(fresh.values_list("pk", flat=True))]
    if not unknown:
        return
    hosts, until = internal_hosts(), time.monotonic() + SECONDS
    for digest in unknown[:MOST]:
        way = short_links.follow(links[digest], hosts, until)
        facts = {"way": list(way.addresses), "end": way.end, "followed_at": clock.now()}
        FollowedLink.objects.update_or_create(digest=digest, defaults=facts)
    FollowedLink.objects.filter(followed_at__lt=clock.now() - KEPT).delete()
