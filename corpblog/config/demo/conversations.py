"""What people said, did with it, and have read of it."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial

from corpblog.config.demo.dates import backdate
from corpblog.config.demo.people_and_places import Cast
from corpblog.config.demo.shares import Step
from corpblog.config.demo.transcript import Said
from corpblog.kernel import clock
from corpblog.kernel.events import quietly
from corpblog.notifications.models import Notice
from corpblog.posts import parts
from corpblog.posts import services as posts
from corpblog.posts.models import Post, Reaction, ScheduledPost
from corpblog.sharing.models import Share
from corpblog.teams import services as teams
from corpblog.teams.models import Channel, Membership

_MOST_UNREAD = 4


def tell(said: Said, post: dict[int, Post], cast: Cast, channels: Mapping[str, Channel]) -> Post:
    """Post it as its author did, then react to it and keep it as others did."""
    with nullcontext() if said.is_news else quietly():
        made = posts.publish(
            by=cast[said.author],
            channel=channels[said.channel],
            text=said.text,
            answers=post[id(said.answers)] if said.answers else None,
            part=_part(said, cast),
            # A start that was interrupted goes on where it stopped.
            idempotency_key=f"demo-{zlib.crc32(f'{said.channel} {said.author} {said.text}'.encode()):08x}",
        )
        _take_part(said, made, cast)
    if said.is_news:
        for emoji, people in said.reactions.items():
            for name in people:
                posts.react(by=cast[name], post_id=made.pk, emoji=emoji)
    else:
        _count_old_reactions(said, made, cast)
    for name in said.kept_by:
        posts.bookmark(by=cast[name], post_id=made.pk)
    return made


def _part(said: Said, cast: Cast) -> parts.Part | None:
    """What it is beside a message, from the fields that its author would have filled in."""
    kind, *facts = said.kind or [""]
    author = cast[said.author]
    fields: dict[str, list[str]] = {"kind": [kind]}
    if kind == Post.Kind.POLL:
        ends = said.at.astimezone(author.zone) + timedelta(days=int(facts[0].removesuffix("d")))
        fields |= {"option": list(said.options), "ends": [f"{ends:%Y-%m-%dT%H:%M}"]}
    elif kind == Post.Kind.PRAISE:
        fields |= {"praise": facts[:1], "person": facts[1:]}
    return parts.read(fields, author)


def _take_part(said: Said, made: Post, cast: Cast) -> None:
    """Vote, acknowledge, and choose the best answer, as those did who are named."""
    for number, names in enumerate(said.options.values()):
        for name in names:
            posts.vote(by=cast[name], post_id=made.pk, choices=[number])
    if said.kind[:1] == [Post.Kind.ANNOUNCEMENT]:
        for name in said.kind[1:]:
            posts.acknowledge(by=cast[name], post_id=made.pk)
    if said.is_best and said.answers:
        posts.choose_best(by=cast[said.answers.author], post_id=made.pk)


def schedule_one(cast: Cast, channels: Mapping[str, Channel], now: datetime) -> None:
    """Somebody wrote today what is to be posted next week."""
    author = cast["alice"]
    if ScheduledPost.objects.filter(author=author).exists():
        return
    at = now.astimezone(author.zone) + timedelta(days=7)
    text = "Reminder: the relay workshop is this afternoon at two. Bring a board, a cable and your worst question."
    posts.schedule(by=author, wanted=posts.Wanted(channels["platform"], text, f"{at:%Y-%m-%d}T08:30", {}))


def _count_old_reactions(said: Said, made: Post, cast: Cast) -> None:
    """At once: nobody is told today who liked what five weeks ago, and a first start should be quick."""
    rows = [
        Reaction(post=made, person=cast[name], emoji=emoji) for emoji, names in said.reactions.items() for name in names
    ]
    Reaction.objects.bulk_create(rows, ignore_conflicts=True)
    Post.objects.filter(pk=made.pk).update(reactions={emoji: len(names) for emoji, names in said.reactions.items()})


def tell_all(
    conversations: list[Said], steps: Iterable[Step], cast: Cast, channels: Mapping[str, Channel]
) -> dict[str, Post]:
    """Everything, in the order and at the times at which it happened; the named posts by their name."""
    made: dict[int, Post] = {}
    named: dict[str, Post] = {}

    def say(said: Said) -> None:
        post = made[id(said)] = tell(said, made, cast, channels)
        if said.name:
            named[said.name] = post

    happened: list[tuple[datetime, Callable[[], None]]] = [(said.at, partial(say, said)) for said in conversations]
    happened += [(at, partial(step, named)) for at, step in steps]
    for at, act in sorted(happened, key=lambda moment: moment[0]):
        with clock.standing_at(at):
            act()
            backdate((Share, "created_at"), (Share, "changed_at"), (Notice, "created_at"))
    return named


def open_between(conversations: list[Said], cast: Cast) -> dict[str, Channel]:
    """The direct conversations, by the names of those who are in them."""
    wanted = {said.channel: said.channel.split(", ") for said in conversations if ", " in said.channel}
    return {
        names: teams.open_conversation(by=cast[first], people=[cast[name] for name in others])
        for names, (first, *others) in wanted.items()
    }


def join_where_they_speak(conversations: list[Said], cast: Cast, channels: Mapping[str, Channel]) -> None:
    """Whoever posts in an open channel has joined it before."""
    for slug, author in sorted({(said.channel, said.author) for said in conversations if not said.answers}):
        if not slug.startswith("@") and not channels[slug].is_private:
            teams.join(by=cast[author], channel=channels[slug])


def follow_each_other(conversations: list[Said], cast: Cast) -> None:
    """Everybody follows the chief executive, and whoever reacted on a storyline follows it."""
    wanted = {(person.username, "helene") for person in cast.everybody()}
    for said in conversations:
        if said.channel.startswith("@"):
            wanted |= {(name, said.channel[1:]) for names in said.reactions.values() for name in names}
    for follower, followed in sorted(wanted):
        if follower != followed:
            teams.follow(by=cast[follower], person=cast[followed])


def read_old_notices(now: datetime) -> None:
    """Who was told of something before yesterday has looked at it since."""
    Notice.objects.filter(created_at__lt=now - timedelta(days=1), read_at=None).update(read_at=now)


def read_most(cast: Cast) -> None:
    """Everybody has read nearly everything: a few channels have some unread posts, the same ones at each start."""
    rows = Membership.objects.select_related("channel__counter", "person").exclude(channel__person=None, person=None)
    for row in rows.filter(person__in=[person.pk for person in cast.everybody()]):
        chance = zlib.crc32(f"{row.person.username} {row.channel.slug}".encode())
        unread = (chance // 16) % _MOST_UNREAD + 1 if chance % 16 < 5 else 0
        newest = row.channel.counter.posts
        teams.mark_read(by=row.person, channel=row.channel, number=max(0, newest - min(unread, newest)))
