"""Post something: one transaction, once, however often it is sent."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from corpblog.kernel import clock
from corpblog.kernel.errors import Invalid, NotAllowed
from corpblog.people.models import Person
from corpblog.policy.engine import Verdict
from corpblog.posts import parts, passages, search
from corpblog.posts.access import can_quote, shows_to_all
from corpblog.posts.cleaning import clean
from corpblog.posts.errors import Archived, KeyReused, no_such_post
from corpblog.posts.files import Wish
from corpblog.posts.models import Attachment, ChannelEvent, IdempotencyKey, Post, PostRevision
from corpblog.posts.parts import Part
from corpblog.posts.services import attaching, linking, log
from corpblog.posts.services.judging import POSTS, judge, keep
from corpblog.posts.writing import Written, write
from corpblog.teams import access
from corpblog.teams.models import Channel
from corpblog.teams.services import advance_own_mark, take

KEYS_ARE_KEPT = timedelta(hours=48)
LONGEST_KEY = 64


def publish(
    *,
    by: Person,
    channel: Channel,
    text: str,
    answers: Post | None = None,
    quotes: Post | None = None,
    idempotency_key: str = "",
    client_key: str = "",
    reason: str = "",
    files: Sequence[Wish] = (),
    part: Part | None = None,
) -> Post:
    """Post a text in a channel, or answer a post in it.

    quotes: a post that it shows under its words, to who may see that as well; without words or files it is a repost.

    idempotency_key: the client's name for this act; sent again it returns the first answer, and with other words it is
        refused.
    client_key: echoed in the live frame, so that the composer knows its own post.
    reason: what the author answers where policy asks why.
    files: what was added before with `attach`, in the order in which they are shown.
    part: what the post is beside a message: a poll, for example.
    """
    if max(len(idempotency_key), len(client_key)) > LONGEST_KEY:
        raise Invalid(_("A key is at most %(limit)s characters long.") % {"limit": LONGEST_KEY})
    is_repost = quotes is not None and answers is None and part is None and not files and not text.strip()
    cleaned = clean(text, may_be_empty=bool(files) or is_repost)
    claim = Claim(by, idempotency_key, _digest(channel, answers, cleaned, files, _beside(part, quotes)))
    first = claim.first_answer()
    if first is not None:
        return first
    must_write(by, channel, answers)
    if part is not None and answers is not None:
        raise Invalid(_("An answer is a plain message. Start a thread with this."))
    if part is not None:
        part.check(channel)
    _must_quote(by, quotes, channel, is_repost=is_repost)
    POSTS.check(str(by.pk))
    attachments = attaching.wished(by, files)
    carried = [attachment.facts for attachment in attachments]
    beside = parts.beside(part.kind, part.facts) if part else {}
    verdict = judge(by=by, channel=channel, text=cleaned, carried=carried, beside=beside, quotes=quotes, reason=reason)
    post = Post(
        channel=channel,
        author=by,
        answers=answers,
        root_id=answers.thread_id if answers else None,
        quotes=quotes,
        is_repost=is_repost,
        is_listed=answers is None,
        files=carried,
        kind=part.kind if part else "",
        part=part.facts if part else {},
        client_key=client_key,
        created_at=clock.now(),
    )
    stored = Stored(write(cleaned, by, beside.values(), files=carried), attachments, part)
    return _store(post, stored, verdict=verdict, claim=claim, reason=reason)


@dataclass(frozen=True)
class Stored:
    """Everything that is written with a post."""

    written: Written
    attachments: list[Attachment]
    part: Part | None


class Claim:
    """One act's name. Whoever writes it down first acts; the others get the answer."""

    def __init__(self, person: Person, key: str, digest: str) -> None:
        self.person, self.key, self.digest = person, key, digest

    def first_answer(self) -> Post | None:
        """Return what the first act with this name made, if there was one."""
        if not self.key:
            return None
        row = IdempotencyKey.objects.filter(person=self.person, key=self.key).first()
        if row is None:
            return None
        if row.body_digest != self.digest:
            raise KeyReused
        answer: Post = Post.objects.for_cards().get(pk=row.post_id)
        return answer

    def stake(self, post: Post) -> bool:
        """Write the name down for this post; False where somebody was faster.

        The unique row is what makes fifty retries at once one post: on PostgreSQL the others wait here for the first
        to commit, on SQLite they wait for the database.
        """
        if not self.key:
            return True
        try:
            with transaction.atomic():
                IdempotencyKey.objects.create(
                    person=self.person, key=self.key, body_digest=self.digest, post_id=post.pk
                )
        except IntegrityError:
            return False
        return True


@transaction.atomic
def _store(post: Post, stored: Stored, *, verdict: Verdict, claim: Claim, reason: str) -> Post:
    if not claim.stake(post):
        first = claim.first_answer()
        assert first is not None
        return first
    POSTS.hit(str(post.author_id))
    # Asked again under the locks: the scan took time, in which a member may have been removed or the thread deleted.
    root = _lock_thread(post, post.answers) if post.answers else None
    must_write(post.author, post.channel, post.answers)
    if post.quotes is not None:
        post.quotes = Post.objects.for_cards().get(pk=post.quotes.pk)
    _must_quote(post.author, post.quotes, post.channel, is_repost=post.is_repost)
    stored.written.set_on(post)
    linking.link(post)
    revision = PostRevision(
        post=post,
        version=1,
        text=post.text,
        html=post.html,
        files=post.files,
        part=post.part,
        editor=post.author,
        created_at=post.created_at,
    )
    keep(verdict, revision, by=post.author, reason=reason)
    revision.save(force_insert=True)
    stored.written.name(post)
    attaching.bind(post, stored.attachments)
    if stored.part:
        stored.part.store(post)
    search.index(post)
    passages.note(post)
    _number(post, root)
    return post


def _number(post: Post, root: Post | None) -> None:
    """Take the numbers and write what carries them; nothing but the commit comes after."""
    created = (ChannelEvent.Kind.CREATED, post)
    if root is not None:
        taken = take(post.channel_id, events=2)
        post.save(force_insert=True)
        log.write(taken, [created, (ChannelEvent.Kind.REPLIED, root)], post.author)
        return
    taken = take(post.channel_id, thread=post.pk, at=post.created_at)
    post.number = taken.posts
    post.save(force_insert=True)
    log.write(taken, [created], post.author)
    advance_own_mark(person=post.author, channel_id=post.channel_id, number=taken.posts)


def _lock_thread(post: Post, answers: Post) -> Post:
    """Lock the thread's first post, so that what is answered cannot be deleted before the answer is there."""
    root: Post = Post.objects.select_for_update(no_key=True).get(pk=answers.thread_id)
    if not Post.objects.alive().filter(pk=answers.pk).exists():
        raise no_such_post()
    Post.objects.filter(pk=root.pk).update(reply_count=F("reply_count") + 1, last_reply_at=post.created_at)
    return root


def must_write(by: Person, channel: Channel, answers: Post | None) -> None:
    """Raise where somebody may not post here, or not answer this."""
    if not channel.is_open:
        access.must_read(by, channel)
        raise Archived
    if answers is None:
        access.must(by, channel, access.can_write(by, channel), _start_refusal(channel))
        return
    # A post of another channel, hidden perhaps, must not become the start of a thread here.
    if answers.channel_id != channel.pk or answers.is_deleted:
        raise no_such_post()
    access.must(by, channel, access.can_reply(by, channel), _("You cannot reply in this channel."))


def _must_quote(by: Person, source: Post | None, channel: Channel, *, is_repost: bool) -> None:
    if source is None:
        return
    if source.is_repost or not can_quote(by, source):
        raise no_such_post()
    if is_repost and not shows_to_all(source, channel):
        raise NotAllowed(
            _("This post is from a closed channel: people here could not see it. Write what you think of it.")
        )


def _start_refusal(channel: Channel) -> str:
    if channel.is_storyline:
        return _("Only its person posts on a storyline; you can reply.")
    if channel.is_company:
        return _("Only its delegates post in the name of %(name)s; you can reply.") % {"name": channel.title}
    if channel.is_announce_only:
        return _("Only owners start threads in this channel; you can reply.")
    return _("Join the channel to post in it.")


def _beside(part: Part | None, quotes: Post | None) -> list[object]:
    """What an act has beside words and files, for its digest: nothing for most, so that old digests stay theirs."""
    return [*([part.facts] if part else []), *([{"quotes": quotes.pk}] if quotes else [])]


def _digest(
    channel: Channel, answers: Post | None, text: str, files: Sequence[Wish], beside: Sequence[object] = ()
) -> str:
    said = [[wish.file_id, wish.alt, wish.is_decorative] for wish in files]
    body = json.dumps([channel.pk, answers.pk if answers else None, text, *([said] if said else []), *beside])
    return hashlib.sha256(body.encode()).hexdigest()


def forget_old_keys() -> int:
    """Drop the names of acts that no client retries any more; the worker calls this daily."""
    return int(IdempotencyKey.objects.filter(created_at__lt=clock.now() - KEYS_ARE_KEPT).delete()[0])
