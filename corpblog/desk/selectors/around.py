"""What stands around a post that is to leave: what it answers, what answers it, what it quotes and who quotes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from corpblog.desk import pseudonyms
from corpblog.people.models import Person
from corpblog.posts.models import Post
from corpblog.sharing.models import Share
from corpblog.teams.models import Channel

MOST: Final = 5  # of a kind: enough to see what it is about, few enough to read before deciding
Kin = Literal["root", "answered", "quoted", "reply", "quoting"]


@dataclass(frozen=True)
class Neighbour:
    """One post around the case's; its text is the one of now, and none where it was deleted.

    is_linked: whether the page may lead there. Not where the desk shows pseudonyms: the post's own page has names.
    """

    kin: Kin
    post: Post
    author: str
    place: str
    is_linked: bool


@dataclass(frozen=True)
class Around:
    """The neighbours that the reader may read, first what comes before the post.

    closed: ids of those in rooms that they do not read. is_cut: there are more answers or quotes than are shown.
    thread: the page of the whole thread; None where it is closed to the reader or would show names.
    """

    shown: list[Neighbour]
    closed: list[int]
    is_cut: bool
    thread: int | None


def around(reader: Person, share: Share, names: Mapping[int, str], *, is_masked: bool, opens: bool = False) -> Around:
    """Return what stands around the share's post: five answers and five quotes of it at most.

    names: what to call the share's author and requester. is_masked: the desk does not show the author's name.
    opens: also what stands in closed rooms, for a reader whose reading was logged. Who quotes the post in a closed room
    is no part of the case: neither shown nor counted.
    """
    post = share.post
    kin: dict[int | None, Kin] = {post.quotes_id: "quoted", post.answers_id: "answered", post.root_id: "root"}
    rows = Post.objects.select_related("author", "channel__person")
    above = list(rows.filter(pk__in=[pk for pk in kin if pk]).order_by("pk"))
    rooms = {post.channel_id, *(each.channel_id for each in above)}
    open_rooms = set(Channel.objects.visible_to(reader).filter(pk__in=rooms).values_list("pk", flat=True))
    answers = list(rows.alive().filter(answers=post).order_by("pk")[: MOST + 1])
    quotes = list(rows.alive().visible_to(reader).filter(quotes=post).order_by("-pk")[: MOST + 1])
    found: list[tuple[Kin, Post, bool]] = [
        *((kin[each.pk], each, each.channel_id in open_rooms) for each in above),
        *(("reply", each, post.channel_id in open_rooms) for each in answers[:MOST]),
        *(("quoting", each, True) for each in quotes[:MOST]),
    ]
    return Around(
        shown=[
            Neighbour(
                kind,
                each,
                names.get(each.author_id) or pseudonyms.called(reader, each.author),
                pseudonyms.place(reader, each),
                is_linked=is_readable and not is_masked,
            )
            for kind, each, is_readable in found
            if is_readable or opens
        ],
        closed=[each.pk for _kind, each, is_readable in found if not is_readable],
        is_cut=len(answers) > MOST or len(quotes) > MOST,
        thread=post.thread_id if post.channel_id in open_rooms and not is_masked else None,
    )
