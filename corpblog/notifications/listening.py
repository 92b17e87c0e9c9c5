"""Turn what happens below into notices.

Runs after the commit it tells of: a crash in between costs a notice, never a post. Each listener looks at how things
stand now, so that being told twice, late or out of order tells nobody twice.
"""

from django.conf import settings
from django.db import IntegrityError, transaction

from corpblog.kernel import clock
from corpblog.notifications.audience import Reason, audience, people_of
from corpblog.notifications.events import NoticeMade, notice_made
from corpblog.notifications.models import ChannelLevel, Notice, Reach
from corpblog.notifications.services import notify
from corpblog.notifications.wishes import how_far, plan
from corpblog.people.models import Person, Role
from corpblog.policy.events import PolicyChanged
from corpblog.policy.selectors import who_decides
from corpblog.posts.announcements import missing
from corpblog.posts.events import BestChosen, PollClosed, PostChanged, PostReported, ReminderDue, ScheduleReturned
from corpblog.posts.marks import report_of
from corpblog.posts.models import ChannelEvent, Post, Reaction
from corpblog.posts.polls import voters_of
from corpblog.teams.events import JoinAsked, MembershipChanged
from corpblog.teams.models import Channel
from corpblog.teams.selectors import members, owners_of, readers_among

Kind = Notice.Kind


def hear_of_post(change: PostChanged) -> None:
    """Tell who is named, who is answered, and whose post got a reaction."""
    post: Post | None = Post.objects.alive().for_cards().filter(pk=change.post_id).first()
    if post is None:
        return
    if change.kind == ChannelEvent.Kind.CREATED:
        if post.channel.is_direct:
            _tell_of_message(post)
        else:
            _tell_of_words(post, is_new=True)
    elif change.kind == ChannelEvent.Kind.EDITED and not post.channel.is_direct:
        _tell_of_words(post, is_new=False)
    elif change.kind == ChannelEvent.Kind.REACTED:
        _tell_of_reactions(post)


def hear_of_member(change: MembershipChanged) -> None:
    """Tell who is followed now, and who was brought into a channel by somebody else."""
    if not change.is_member or change.actor_id is None:
        return
    channel = Channel.objects.select_related("person").get(pk=change.channel_id)
    if channel.is_direct:
        # The first message tells of the conversation; one that was only opened is nothing to know.
        return
    if channel.is_storyline:
        _tell_of_follower(channel, change.person_id)
    elif change.actor_id != change.person_id:
        people = Person.objects.in_bulk([change.person_id, change.actor_id])
        person, actor = people[change.person_id], people[change.actor_id]
        notify(person=person, kind=Kind.INVITE, actor=actor, channel=channel, url=f"/c/{channel.slug}/")


def hear_of_request(asked: JoinAsked) -> None:
    """Tell the owners of a closed channel who asks to be let in."""
    channel, person = Channel.objects.get(pk=asked.channel_id), Person.objects.get(pk=asked.person_id)
    for owner in owners_of(channel.pk):
        notify(person=owner, kind=Kind.REQUEST, actor=person, channel=channel, url=f"/c/{channel.slug}/members/")


def hear_of_report(news: PostReported) -> None:
    """Tell every officer that a post was reported; what it says is on the page of the reports, not in the notice."""
    report = report_of(news.report_id)
    # Where the desk shows pseudonyms, a notice names nobody either; the page of the reports says which one.
    who = None if settings.DESK_PSEUDONYMS else report.person
    for officer in Person.objects.active().with_role(Role.COMPLIANCE).exclude(pk=report.post.author_id):
        notify(person=officer, kind=Kind.REPORT, actor=who, url="/reports/")


def hear_of_poll(closed: PollClosed) -> None:
    """Tell who asked and who voted that the result is there, as far as they still may read it."""
    post: Post | None = Post.objects.alive().for_cards().filter(pk=closed.post_id).first()
    if post is None:
        return
    for person in people_of(readers_among(post.channel, {post.author_id, *voters_of(post.pk)})):
        _tell_once(person, Reason(Kind.POLL), post)


def hear_of_best(chosen: BestChosen) -> None:
    """Tell who answered that theirs is the best answer."""
    reply: Post | None = Post.objects.alive().for_cards().filter(pk=chosen.post_id).first()
    if reply is None or not readers_among(reply.channel, [reply.author_id]):
        return
    if Notice.objects.filter(person=reply.author, post=reply, kind=Kind.BEST).exists():
        return
    actor = Person.objects.filter(pk=chosen.actor_id).first()
    notify(person=reply.author, kind=Kind.BEST, actor=actor, post=reply, url=f"/p/{reply.pk}/")


def hear_of_reminder(due: ReminderDue) -> None:
    """Remind everybody who has not acknowledged: the notice of it becomes the newest, and there is one each."""
    post: Post | None = Post.objects.alive().for_cards().filter(pk=due.post_id).first()
    if post is None:
        return
    facts = {"is_reminder": True}
    for person in missing(post):
        unread = Notice.objects.filter(person=person, post=post, kind=Kind.ANNOUNCEMENT, read_at__isnull=True)
        with transaction.atomic():
            unread.delete()
            notify(
                person=person, kind=Kind.ANNOUNCEMENT, actor=post.author, post=post, facts=facts, url=f"/p/{post.pk}/"
            )


def hear_of_return(returned: ScheduleReturned) -> None:
    """Tell who scheduled a post that it was not posted; why is on the page of their scheduled posts."""
    person = Person.objects.get(pk=returned.person_id)
    notify(person=person, kind=Kind.SCHEDULED, url="/scheduled/")


def hear_of_policy(change: PolicyChanged) -> None:
    """Tell everybody who decides on policies of each step, so that a colleague can object before it counts."""
    actor = Person.objects.filter(pk=change.actor_id).first() if change.actor_id else None
    facts = {"number": change.number, "step": change.step, "weaker": change.weaker}
    for person in who_decides():
        notify(person=person, kind=Kind.POLICY, actor=actor, facts=facts, url=f"/policies/{change.number}/")


def _tell_of_words(post: Post, *, is_new: bool) -> None:
    reasons = audience(post, is_new=is_new)
    for person in people_of(reasons):
        _tell_once(person, reasons[person.pk], post)


def _tell_of_message(post: Post) -> None:
    """Keep one unread notice per conversation, which leads to the newest message."""
    told = Notice.objects.filter(kind=Kind.DIRECT, channel=post.channel, post__gte=post.pk).values("person")
    silent = ChannelLevel.objects.filter(channel=post.channel, level=ChannelLevel.Level.NONE).values("person")
    others = members(post.channel).exclude(person=post.author_id).exclude(person__in=told).exclude(person__in=silent)
    for membership in others:
        if how_far(membership.person, Kind.DIRECT) == Reach.How.OFF:
            continue
        values = {"actor": post.author, "post": post, "url": f"/c/{post.channel.slug}/", "created_at": clock.now()}
        with transaction.atomic():
            notice, created = Notice.objects.update_or_create(
                person=membership.person, channel=post.channel, kind=Kind.DIRECT, read_at=None, defaults=values
            )
            if created:
                plan(notice)
                notice_made.publish(NoticeMade(notice.person_id, notice.pk))


def _tell_once(person: Person, reason: Reason, post: Post) -> None:
    try:
        # Its own savepoint: the database refuses the second of two notices, and the others go on.
        with transaction.atomic():
            facts = {"word": reason.word} if reason.word else {}
            # A poll ends by itself: its author is told like everybody who voted.
            actor = None if reason.kind == Kind.POLL else post.author
            notify(person=person, kind=reason.kind, actor=actor, post=post, facts=facts, url=f"/p/{post.pk}/")
    except IntegrityError:
        return


@transaction.atomic
def _tell_of_reactions(post: Post) -> None:
    """Keep one unread notice in step with the reactions that came since the author last read one."""
    mine = Notice.objects.filter(person_id=post.author_id, kind=Kind.REACTION, post=post)
    last_read = mine.filter(read_at__isnull=False).order_by("-read_at").values_list("read_at", flat=True).first()
    given = Reaction.objects.filter(post=post).exclude(person_id=post.author_id)
    if last_read:
        given = given.filter(created_at__gt=last_read)
    newest = list(given.order_by("-pk").values_list("person_id", "emoji"))
    if not newest:
        mine.unread().delete()
        return
    people, emoji = dict(newest), list(dict.fromkeys(sign for _person, sign in newest))
    values = {
        "actor_id": next(iter(people)),
        "facts": {"people": len(people), "emoji": emoji},
        "url": f"/p/{post.pk}/",
        "created_at": clock.now(),
    }
    if not readers_among(post.channel, [post.author_id]) or how_far(post.author, Kind.REACTION) == Reach.How.OFF:
        return
    notice, created = Notice.objects.update_or_create(
        person_id=post.author_id, kind=Kind.REACTION, post=post, read_at=None, defaults=values
    )
    if created:
        plan(notice)
        notice_made.publish(NoticeMade(notice.person_id, notice.pk))


def _tell_of_follower(storyline: Channel, follower_id: int) -> None:
    followed, follower = storyline.person, Person.objects.get(pk=follower_id)
    if followed is None or Notice.objects.filter(person=followed, actor=follower, kind=Kind.FOLLOW).exists():
        return
    notify(person=followed, kind=Kind.FOLLOW, actor=follower, url=f"/@{follower.username}/")
