"""What this package keeps of somebody, for the export."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from corpblog.people.exports import File, Table
from corpblog.people.models import Person
from corpblog.posts.models import (
    Acknowledgement,
    Attachment,
    Ballot,
    Bookmark,
    Draft,
    FollowedTag,
    Post,
    Reaction,
    Report,
    SavedSearch,
    ScheduledPost,
    ThreadChoice,
)
from corpblog.teams.models import Channel

_AT_ONCE = 500


def gather(person: Person) -> Iterator[Table | File]:
    """What somebody wrote, in every version that is kept, and what they marked, voted and kept for later.

    Channels are named where they may still see them; of others' posts there is the number alone.
    """
    readable = set(Channel.objects.visible_to(person).values_list("pk", flat=True))
    written = Post.objects.filter(author=person)
    direct = Channel.Kind.DIRECT
    yield Table("posts", _posts(written.exclude(channel__kind=direct), readable), template="export/_post.html")
    yield Table("conversations", _posts(written.filter(channel__kind=direct), readable), template="export/_post.html")
    reactions = Reaction.objects.filter(person=person).order_by("pk")
    yield Table("reactions", reactions.values("post_id", "emoji", "created_at").iterator())
    bookmarks = Bookmark.objects.filter(person=person).order_by("pk")
    yield Table("bookmarks", bookmarks.values("post_id", "folder__name", "created_at").iterator())
    ballots = (
        Ballot.objects.filter(person=person).order_by("pk").select_related("poll").prefetch_related("choices__option")
    )
    yield Table("votes", [_vote(ballot) for ballot in ballots])
    yield Table("drafts", list(Draft.objects.filter(person=person).values("place", "text", "fields", "updated_at")))
    scheduled = ScheduledPost.objects.filter(author=person).order_by("pk").select_related("channel")
    yield Table("scheduled", [_scheduled(row, readable) for row in scheduled])
    acknowledged = Acknowledgement.objects.filter(person=person).order_by("pk")
    yield Table("acknowledgements", list(acknowledged.values("announcement__post_id", "at")))
    threads = ThreadChoice.objects.filter(person=person).order_by("pk")
    yield Table("threads", list(threads.values("root_id", "choice")))
    reported = Report.objects.filter(person=person).order_by("pk")
    yield Table("reports", list(reported.values("post_id", "reason", "note", "created_at")))
    kept = [{"search": row.query} for row in SavedSearch.objects.filter(person=person).order_by("pk")]
    kept += [{"tag": row.tag} for row in FollowedTag.objects.filter(person=person).order_by("pk")]
    yield Table("searches_and_tags", kept)
    for file in Attachment.objects.filter(owner=person).order_by("pk").iterator(_AT_ONCE):
        yield File(_path(file), file.sha256)


def _posts(posts: QuerySet[Post], readable: set[int]) -> Iterator[dict[str, Any]]:
    rows = posts.select_related("channel").prefetch_related("revisions", "attachments").order_by("pk")
    for post in rows.iterator(_AT_ONCE):
        yield {
            "id": str(post.pk),
            "channel": post.channel.name if post.channel_id in readable else None,
            "thread": str(post.thread_id),
            "posted_at": post.created_at,
            "edited_at": post.edited_at,
            "deleted_at": post.deleted_at,
            "text": post.text,
            "kind": post.kind,
            "part": post.part,
            "files": [_path(file) for file in post.attachments.all()],
            "versions": [
                {"version": old.version, "text": old.text, "at": old.created_at, "reason": old.reason}
                for old in sorted(post.revisions.all(), key=lambda old: old.version)
            ],
        }


def _scheduled(row: ScheduledPost, readable: set[int]) -> dict[str, Any]:
    return {
        "channel": row.channel.name if row.channel_id in readable else None,
        "text": row.text,
        "fields": row.fields,
        "at": row.send_at,
        "zone": row.zone,
        "state": row.state,
    }


def _vote(ballot: Ballot) -> dict[str, Any]:
    return {"post_id": ballot.poll.post_id, "options": [choice.option.position for choice in ballot.choices.all()]}


def _path(file: Attachment) -> str:
    """Where it lies in the export: its number keeps two of one name apart, and no name leads out of the folder."""
    return f"files/{file.pk}-{file.name.replace('/', '_').replace(chr(92), '_')}"
