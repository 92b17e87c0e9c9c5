"""Change what a post says; what it said stays in its history."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import NotAllowed
from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.posts import access, parts, passages, search
from corpblog.posts.cleaning import clean
from corpblog.posts.errors import Archived, StaleEdit, no_such_post
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, ChannelEvent, Mention, Post, PostRevision, PostTag
from corpblog.posts.selectors import post_for
from corpblog.posts.services import attaching, linking
from corpblog.posts.services.judging import EDITS, judge, keep
from corpblog.posts.services.log import log
from corpblog.posts.writing import Written, write


def edit(
    *, by: Person, post_id: int, text: str, version: int, reason: str = "", descriptions: Sequence[Wish] = ()
) -> Post:
    """Give a post other words, or its files other descriptions and names; the files themselves stay.

    version: the version the author looked at; raise StaleEdit where it is no longer the newest.
    descriptions: of some of its files; of the others they stay as they are.
    """
    post = post_for(by, post_id)
    _must_edit(by, post)
    cleaned = clean(text, may_be_empty=bool(post.files))
    if post.version != version:
        raise StaleEdit(current=post.version)
    described = attaching.redescribed(by, post, descriptions)
    carried = [row.facts for row in described]
    if cleaned == post.text and carried == post.files:
        return post
    EDITS.check(str(by.pk))
    beside = parts.beside(post.kind, post.part)
    verdict = judge(
        by=by,
        channel=post.channel,
        text=cleaned,
        carried=carried,
        beside=beside,
        quotes=post.quotes,
        reason=reason,
    )
    changed = Changed(write(cleaned, by, beside.values(), before=post.text, files=carried), described)
    return _store(by, post, changed, verdict, version=version, reason=reason)


@dataclass(frozen=True)
class Changed:
    """What an edit puts in a post's place."""

    written: Written
    described: list[Attachment]


@transaction.atomic
def _store(by: Person, seen: Post, changed: Changed, verdict: Verdict, *, version: int, reason: str) -> Post:
    EDITS.hit(str(by.pk))
    post: Post = Post.objects.for_cards().select_for_update(of=("self",), no_key=True).get(pk=seen.pk)
    # Under the lock: of two edits that saw the same version, one wins and the other is told.
    if post.is_deleted:
        raise no_such_post()
    if post.version != version:
        raise StaleEdit(current=post.version)
    _must_edit(by, post)
    search.unindex(post)
    search.keep_past(post)
    before = post.text
    changed.written.set_on(post)
    linking.link(post, before)
    Attachment.objects.bulk_update(changed.described, ["alt", "is_decorative", "name"])
    post.files = [row.facts for row in changed.described]
    post.version, post.edited_at = version + 1, clock.now()
    changes_of_post = ["text", "html", "folded", "stems", "language", "linked_page", "files", "version", "edited_at"]
    post.save(update_fields=changes_of_post)
    search.index(post)
    passages.note(post)
    revision = PostRevision(
        post=post,
        version=post.version,
        text=post.text,
        html=post.html,
        files=post.files,
        editor=by,
        created_at=post.edited_at,
    )
    keep(verdict, revision, by=by, reason=reason)
    revision.save(force_insert=True)
    Mention.objects.filter(post=post).delete()
    PostTag.objects.filter(post=post).delete()
    changed.written.name(post)
    changes = [(ChannelEvent.Kind.EDITED, post)]
    # The card of its question shows what the best answer says.
    changes += [(ChannelEvent.Kind.CHANGED, question) for question in Post.objects.filter(best=post)]
    log(*changes, by=by)
    return post


def _must_edit(by: Person, post: Post) -> None:
    if not post.channel.is_open:
        raise Archived
    if not access.can_edit(by, post):
        raise NotAllowed(_("Only its author can edit a post."), post=post.pk)
