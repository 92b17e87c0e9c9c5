"""The source that reads the real database, through the packages below."""

from collections.abc import Collection, Iterable, Mapping

from django.utils import translation
from django.utils.html import escape

from corpblog.kernel import epoch
from corpblog.notifications import selectors as notifications
from corpblog.notifications.wording import sentence
from corpblog.people import selectors as people
from corpblog.people.models import Person, Role
from corpblog.posts import selectors as posts
from corpblog.posts.live import messages_after
from corpblog.realtime.frames import DESK, Parcel, frame, parcel
from corpblog.realtime.recent import RecentNews
from corpblog.realtime.source import Language, Reading
from corpblog.realtime.wakeups import Wakeup
from corpblog.sharing import selectors as sharing
from corpblog.teams import selectors as teams


class Database:
    """Implements `Source`; every method runs on a reader's thread."""

    def __init__(self) -> None:
        self._recent = RecentNews()

    def epoch(self) -> str:
        return epoch.current()

    def opening(self, person: Person, channel_ids: Collection[int]) -> Mapping[int, int]:
        """Return where those channels stand that the person may read."""
        readable = teams.readable_ids(person, channel_ids)
        heads = posts.heads(readable)
        return {number: heads.get(number, 0) for number in readable}

    def read(self, channel_id: int, after: int, upto: int | None, languages: Iterable[Language]) -> Reading:
        """Read what came after, render it once per language, and encode it once."""
        found = messages_after(channel_id, after, languages, upto=upto)
        frames = {
            language: [(each.seq, frame(each.message)) for each in numbered] for language, numbered in found.items()
        }
        last = max((numbered[-1][0] for numbered in frames.values() if numbered), default=after)
        return Reading(last, frames)

    def heads(self, channel_ids: Collection[int]) -> Mapping[int, int]:
        return posts.heads(channel_ids)

    def readers(self, wanted: Mapping[int, Collection[int]]) -> Mapping[int, Collection[int]]:
        return teams.readers_of(wanted)

    def live_sessions(self, keys: Collection[str]) -> Mapping[str, int]:
        return {key: person.pk for key, person in people.live_sessions(keys).items()}

    def notice(self, person: Person, notice_id: int, languages: Iterable[Language]) -> Mapping[Language, Parcel]:
        """Return the notice in each language, unless the person may not see it any more."""
        notice = notifications.notice_for(person, notice_id)
        if notice is None:
            return {}
        unread = notifications.unread_count(person)
        found = {}
        for language in languages:
            with translation.override(language):
                html = f"<p>{escape(sentence(notice))}</p>"
            found[language] = parcel([frame({"t": "notice", "kind": notice.kind, "html": html, "unread": unread})])
        return found

    def unread(self, person: Person) -> Parcel:
        """Return what is unread now, for all devices of a person: by channel, where anything is, and of notices."""
        by_channel = {str(number): count for number, count in teams.unread_by_channel(person).items()}
        told = {"t": "read", "unread": by_channel, "notices": notifications.unread_count(person)}
        return parcel([frame(told)])

    def share(self, share_id: int, person_ids: Collection[int]) -> Mapping[int, Parcel]:
        """Return what to tell whom: its state to its people, and to officers only that the queue looks different."""
        news = sharing.news_of(share_id)
        if news is None:
            return {}
        told = parcel([frame({"t": "share", "id": str(share_id), "state": news.state})])
        found = {number: told for number in person_ids if number in news.people}
        if news.concerns_desk:
            for officer in people.having_role(person_ids, Role.COMPLIANCE):
                found[officer] = parcel([*found[officer].frames, *DESK.frames]) if officer in found else DESK
        return found

    def news(self, person_ids: Collection[int]) -> Iterable[Wakeup]:
        return self._recent.look(person_ids)
