"""What people said, did with it, and have read of it."""

import zlib
from collections.abc import Mapping

from corpblog.config.demo.people_and_places import Cast
from corpblog.config.demo.transcript import Said
from corpblog.kernel import clock
from corpblog.posts import services as posts
from corpblog.posts.models import Post
from corpblog.teams import services as teams
from corpblog.teams.models import Channel, Membership

_MOST_UNREAD = 4


def tell(said: Said, post: dict[int, Post], cast: Cast, channels: Mapping[str, Channel]) -> Post:
    """Post it as its author did, then react to it and keep it as others did."""
    channel = channels[said.channel]
    answers = post[id(said.answers)] if said.answers else None
    made = posts.publish(
        by=cast[said.author],
        channel=channel,
        text=said.text,
        answers=answers,
        # A start that was interrupted goes on where it stopped.
        idempotency_key=f"demo-{zlib.crc32(f'{said.channel} {said.author} {said.text}'.encode()):08x}",
    )
    for emoji, people in said.reactions.items():
        for name in people:
            posts.react(by=cast[name], post_id=made.pk, emoji=emoji)
    for name in said.kept_by:
        posts.bookmark(by=cast[name], post_id=made.pk)
    return made


def tell_all(conversations: list[Said], cast: Cast, channels: Mapping[str, Channel]) -> dict[str, Post]:
    """Everything, in the order and at the times at which it was said; the named posts by their name."""
    made: dict[int, Post] = {}
    for said in conversations:
        with clock.standing_at(said.at):
            made[id(said)] = tell(said, made, cast, channels)
    return {said.name: made[id(said)] for said in conversations if said.name}


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


def read_most(cast: Cast) -> None:
    """Everybody has read nearly everything: a few channels have some unread posts, the same ones at each start."""
    rows = Membership.objects.select_related("channel__counter", "person").exclude(channel__person=None, person=None)
    for row in rows.filter(person__in=[person.pk for person in cast.everybody()]):
        chance = zlib.crc32(f"{row.person.username} {row.channel.slug}".encode())
        unread = (chance // 16) % _MOST_UNREAD + 1 if chance % 16 < 5 else 0
        newest = row.channel.counter.posts
        teams.mark_read(by=row.person, channel=row.channel, number=max(0, newest - min(unread, newest)))
