"""How somebody wants a post to leave: in which words, when, and in the place of what."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.kernel.instants import instant

LONGEST_WORDS: Final = 10_000
_NINE: Final = time(9)


@dataclass(frozen=True)
class Wish:
    """words: for this destination, empty for the post's own; zone: in which `send_at` was chosen.

    is_trial: an admin tries the destination, so it is as private as the network can.
    corrects: the share that is out and whose words these replace, by its id.
    as_thread: what is too long there leaves as several posts, one under the other; comment: what is posted under it.
    revoices: the company's share that these words say in another way, by its id.
    in_next_slot: at the destination's next free slot, which is chosen once nobody else can take it.
    """

    words: str = ""
    send_at: datetime | None = None
    zone: str = ""
    is_trial: bool = False
    corrects: int | None = None
    as_thread: bool = False
    comment: str = ""
    revoices: int | None = None
    in_next_slot: bool = False


AS_POSTED: Final = Wish()


def moved_to(wish: Wish, day: str) -> Wish:
    """Return the wish for another day, at the same time of that day; at nine where it had none. Raises Invalid."""
    zone = wish.zone or get_default_timezone_name()
    at = wish.send_at.astimezone(ZoneInfo(zone)).time() if wish.send_at else _NINE
    try:
        chosen = date.fromisoformat(day)
    except ValueError as error:
        raise Invalid(_("Choose a day.")) from error
    return replace(wish, send_at=instant(chosen, at, zone), zone=zone)


def checked(wish: Wish, own: str) -> Wish:
    """Return the wish with its words as they are kept: none where they are those of the post, `own`. Raises Invalid.

    A correction keeps its words: the post may be edited later, and what was approved outside stays what it is.
    """
    words, comment = _plain(wish.words), _plain(wish.comment)
    stands_alone = wish.corrects is not None or wish.revoices is not None
    if stands_alone and not words:
        raise Invalid(_("Write the words that shall stand there."))
    if wish.revoices and (wish.as_thread or comment):
        raise Invalid(_("What colleagues say on their own accounts is one post, without a first comment."))
    return replace(wish, words="" if words == own.strip() and not stands_alone else words, comment=comment)


def _plain(words: str) -> str:
    words = words.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(words) > LONGEST_WORDS or "\0" in words:
        raise Invalid(_("These words are too long or contain characters that are not text."))
    return words
