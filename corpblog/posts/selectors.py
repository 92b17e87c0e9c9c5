"""What there is to read of posts, always as one person may see it, page by page from the newest."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Prefetch, Q

from corpblog.kernel import blobs
from corpblog.kernel.folding import fold
from corpblog.people.models import Person
from corpblog.posts import search as searching
from corpblog.posts.access import can_see_file
from corpblog.posts.errors import FileGone, no_such_file, no_such_post
from corpblog.posts.markup import LONGEST_TAG
from corpblog.posts.models import (
    CARD,
    ON_CARD,
    Attachment,
    Bookmark,
    ChannelEvent,
    Draft,
    Post,
    PostQuerySet,
    PostRevision,
    Reaction,
)
from corpblog.posts.timelines import home_ids
from corpblog.teams.access import must_read
from corpblog.teams.models import Channel, ChannelCounter
from corpblog.teams.selectors import newest_number

PAGE = 20
LARGEST_PAGE = 100
THREAD_PAGE = 200
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Page:
    """A stretch of a list. Ask for what comes after it with `next_cursor`; None means that this was the end.

    newest_number: on a channel's page, what to set the read mark to once it was shown.
    """

    items: list[Post]
    next_cursor: int | None = None
    newest_number: int = 0


@dataclass(frozen=True)
class Thread:
    """A thread's first post, maybe deleted, and its replies in the order they came."""

    root: Post
    replies: list[Post] = field(default_factory=list)
    next_cursor: int | None = None
    has_earlier: bool = False


def home(person: Person, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return what is new in the channels somebody is a member of."""
    limit = _bounded(limit)
    if not person.is_active:
        return Page([])
    ids = home_ids(person, _cursor(cursor), limit + 1)
    return page_of(Post.objects.filter(pk__in=ids), None, limit)


def channel_page(person: Person, channel: Channel, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return a channel's threads; NotFound where it is hidden."""
    must_read(person, channel)
    # Asked before the posts: a post that comes in between is then shown and still unread, never hidden and read.
    number = newest_number(channel)
    page = page_of(Post.objects.in_channel(channel).listed(), cursor, limit)
    return Page(page.items, page.next_cursor, number)


def thread(person: Person, post_id: int, after: int | None = None, limit: int = THREAD_PAGE) -> Thread:
    """Return the thread that a post is in, at the page that holds it; NotFound where it is hidden or nothing is left.

    after: the cursor of the page before; then what follows that, wherever the post is.
    """
    rows = _visible(person).filter(pk=_id(post_id)).for_cards()
    post = rows.select_related(*(f"root__{path}" for path in CARD)).first()
    if post is None:
        raise no_such_post()
    root = post.root or post
    rows = _replies(root)
    replies = list(rows.filter(pk__gt=_cursor(after) or 0)[: limit + 1])
    first = 0
    if after is None and len(replies) > limit and post.pk > replies[limit - 1].pk:
        before = rows.filter(pk__lt=post.pk).count()
        first = before - before % limit
        replies = list(rows[first : first + limit + 1])
    if root.is_deleted and not root.is_listed:
        raise no_such_post()
    more = len(replies) > limit
    return Thread(root, replies[:limit], replies[limit - 1].pk if more else None, after is not None or first > 0)


def _replies(root: Post) -> PostQuerySet:
    """Replies, with the stones of those that somebody answered: an answer to nothing reads like nonsense."""
    answer = Post.objects.alive().filter(answers=OuterRef("pk"))
    rows: PostQuerySet = Post.objects.filter(Q(deleted_at__isnull=True) | Exists(answer), root=root)
    return rows.for_cards().order_by("pk")


def person_page(person: Person, author: Person, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return what somebody wrote, replies too, as far as the reader may see it."""
    return page_of(_visible(person).filter(author=author).alive(), cursor, limit)


def leaders_page(person: Person, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return what leaders posted."""
    return page_of(_visible(person).filter(author__is_leader=True).listed().alive(), cursor, limit)


def tag_page(person: Person, tag: str, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return posts with a hashtag, whatever its accents and case."""
    folded = fold(tag.removeprefix("#"))[:LONGEST_TAG]
    return page_of(_visible(person).filter(tags__tag=folded).alive(), cursor, limit)


def bookmarks_page(person: Person, cursor: int | None = None, limit: int = PAGE, *, folder: str = "") -> Page:
    """Return what somebody keeps, last kept first, as far as they still may see it; in one folder, if it is named."""
    limit = _bounded(limit)
    kept = Bookmark.objects.filter(person=person, post__in=_visible(person).alive())
    if folder:
        kept = kept.filter(folder__name=folder)
    if (before := _cursor(cursor)) is not None:
        kept = kept.filter(pk__lt=before)
    rows = list(kept.select_related(*ON_CARD).order_by("-pk")[: limit + 1])
    return Page([row.post for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None)


def search(person: Person, query: str, cursor: int | None = None, limit: int = PAGE) -> Page:
    """Return posts with all words of the query; see `posts.search` for the operators."""
    return page_of(searching.narrow(_visible(person).alive(), searching.read(query), person), cursor, limit)


def post_for(person: Person, post_id: int) -> Post:
    """Return a living post that the person may see; NotFound for every other number."""
    post: Post | None = _visible(person).alive().filter(pk=_id(post_id)).for_cards().first()
    if post is None:
        raise no_such_post()
    return post


def history(person: Person, post_id: int) -> list[PostRevision]:
    """Return what a post said, newest version first, to whoever may see the post."""
    versions = PostRevision.objects.select_related("editor").order_by("-version")
    found = _visible(person).alive().filter(pk=_id(post_id)).prefetch_related(Prefetch("revisions", versions)).first()
    if found is None:
        raise no_such_post()
    return list(found.revisions.all())


def mine(person: Person, post_ids: Iterable[int]) -> tuple[dict[int, list[str]], set[int]]:
    """Return which of these posts somebody reacted to, with what, and which they keep; two queries."""
    ids = [number for number in post_ids if 0 < number <= _LARGEST_ID][: LARGEST_PAGE * 5]
    reacted: dict[int, list[str]] = {}
    for post_id, emoji in Reaction.objects.filter(person=person, post__in=ids).values_list("post_id", "emoji"):
        reacted.setdefault(post_id, []).append(emoji)
    return reacted, set(Bookmark.objects.filter(person=person, post__in=ids).values_list("post_id", flat=True))


def draft_for(person: Person, place: str) -> Draft | None:
    """Return what somebody typed in a place and did not post."""
    return Draft.objects.filter(person=person, place=place).first()


def drafts(person: Person) -> list[Draft]:
    """Return everything somebody typed and did not post, last touched first."""
    return list(Draft.objects.filter(person=person).order_by("-updated_at", "-pk"))


def draft_files(person: Person, place: str) -> list[Attachment]:
    """Return what somebody added in a place and did neither post nor remove, in its order."""
    there = Attachment.objects.filter(owner=person, place=place, post__isnull=True, removed_at__isnull=True)
    return list(there.order_by("position", "pk"))


def files_of(post: Post) -> list[Attachment]:
    """Return the files of a post that was asked for by its reader, in their order."""
    return list(Attachment.objects.filter(post=post).order_by("position", "pk"))


def file_for(person: Person, file_id: int) -> Attachment:
    """Return a file that the person may see; NotFound for every other number."""
    found = Attachment.objects.filter(pk=_id(file_id)).select_related("post__channel").first()
    if found is None or not can_see_file(person, found):
        raise no_such_file()
    return found


def file_bytes(file: Attachment, *, small: bool = False) -> bytes:
    """Return the file's bytes, or its thumbnail's, as they were written; raise FileGone."""
    digest = file.thumbnail if small and file.thumbnail else file.sha256
    try:
        return blobs.read(digest)
    except blobs.BlobError as error:
        raise FileGone(digest) from error


def preview_picture(person: Person, post_id: int) -> str:
    """Return the digest of the picture of a post's preview; NotFound where there is none that the person may see."""
    page = post_for(person, post_id).linked_page
    if page is None or not page.picture:
        raise no_such_file()
    return page.picture


def events_after(channel_id: int, after: int, limit: int = 200) -> list[ChannelEvent]:
    """Return a channel's events after a number, each with its post ready to be drawn; the caller asked for access."""
    rows = ChannelEvent.objects.filter(channel_id=channel_id, seq__gt=after).order_by("seq")
    return list(rows.select_related(*ON_CARD)[:limit])


def heads(channel_ids: Iterable[int]) -> dict[int, int]:
    """Return the number of each channel's last event."""
    return dict(ChannelCounter.objects.filter(channel__in=set(channel_ids)).values_list("channel_id", "last_seq"))


def _visible(person: Person) -> PostQuerySet:
    posts: PostQuerySet = Post.objects.visible_to(person)
    return posts


def page_of(posts: PostQuerySet, cursor: int | None, limit: int) -> Page:
    """Return a stretch of posts that were narrowed to what their reader may see.

    Which posts is asked before what their cards show. A card joins more tables than PostgreSQL puts in order
    (`join_collapse_limit`, 8): in one query it joined every post there is before it looked which ones are meant.
    """
    limit = _bounded(limit)
    # One more than asked for tells whether there is a next page; counting would read them all.
    ids = list(posts.older_than(_cursor(cursor)).newest_first().values_list("pk", flat=True)[: limit + 1])
    rows = list(Post.objects.filter(pk__in=ids[:limit]).for_cards().newest_first())
    return Page(rows, ids[limit - 1] if len(ids) > limit else None)


def _bounded(limit: int) -> int:
    return max(1, min(limit, LARGEST_PAGE))


def _cursor(cursor: int | None) -> int | None:
    """Cursors come from addresses: a number that no column holds must not be a 500."""
    return None if cursor is None else max(0, min(cursor, _LARGEST_ID))


def _id(post_id: int) -> int:
    return post_id if 0 < post_id <= _LARGEST_ID else 0
