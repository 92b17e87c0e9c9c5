"""The source that reads the real database, through the packages below."""

from collections.abc import Collection, Iterable, Mapping

from corpblog.kernel import epoch
from corpblog.people import selectors as people
from corpblog.people.models import Person
from corpblog.posts import selectors as posts
from corpblog.posts.live import messages_after
from corpblog.realtime.frames import Frame, frame
from corpblog.realtime.source import Language, Reading
from corpblog.realtime.wakeups import Wakeup
from corpblog.teams import selectors as teams


class Database:
    """Implements `Source`; every method runs on a reader's thread."""

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

    def notice(self, person_id: int, notice_id: int, languages: Iterable[Language]) -> Mapping[Language, Frame]:
        return {}

    def share(self, share_id: int, person_ids: Collection[int]) -> Mapping[int, Frame]:
        return {}

    def news(self, person_ids: Collection[int]) -> Iterable[Wakeup]:
        return ()
