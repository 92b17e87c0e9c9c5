"""What in the packages below is worth waking pages for. Each listener only turns news into a wake-up."""

from corpblog.notifications import events as notifications
from corpblog.notifications.events import NoticeMade, NoticesRead
from corpblog.people import events as people
from corpblog.people.events import CutOff, SessionsEnded
from corpblog.posts import events as posts
from corpblog.posts.events import PostChanged
from corpblog.realtime.wakeups import Kind, Wakeup, announce
from corpblog.sharing import events as sharing
from corpblog.sharing.events import ShareChanged
from corpblog.teams import events as teams
from corpblog.teams.events import ChannelChanged, MembershipChanged, ReadMarkMoved


def subscribe() -> None:
    """Begin to listen; called once, when the process starts."""
    posts.post_changed.subscribe(_post_changed)
    notifications.notice_made.subscribe(_notice_made)
    notifications.notices_read.subscribe(_read_on)
    sharing.share_changed.subscribe(_share_changed)
    teams.membership_changed.subscribe(_membership_changed)
    teams.channel_changed.subscribe(_channel_changed)
    teams.read_mark_moved.subscribe(_read_on)
    people.sessions_ended.subscribe(_sessions_ended)
    people.person_cut_off.subscribe(_person_cut_off)


def _post_changed(news: PostChanged) -> None:
    announce(Wakeup(Kind.POST, news.channel_id, news.seq))


def _notice_made(news: NoticeMade) -> None:
    announce(Wakeup(Kind.NOTICE, news.person_id, news.notice_id))


def _read_on(news: NoticesRead | ReadMarkMoved) -> None:
    announce(Wakeup(Kind.READ, news.person_id))


def _share_changed(news: ShareChanged) -> None:
    announce(Wakeup(Kind.SHARE, news.share_id))


def _membership_changed(news: MembershipChanged) -> None:
    if not news.is_member:
        announce(Wakeup(Kind.RIGHTS, news.person_id))


def _channel_changed(news: ChannelChanged) -> None:
    """A channel that became private has readers who may read it no longer."""
    announce(Wakeup(Kind.CHANNEL, news.channel_id))


def _sessions_ended(news: SessionsEnded) -> None:
    announce(Wakeup(Kind.RIGHTS, news.person_id))


def _person_cut_off(news: CutOff) -> None:
    announce(Wakeup(Kind.RIGHTS, news.person_id))
