"""Makes the demo company, through the services that people use, at the times at which it happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection

from corpblog.audit.models import AuditEntry
from corpblog.audit.services import record
from corpblog.config.demo import conversations, policy, shares
from corpblog.config.demo.dates import backdate
from corpblog.config.demo.people_and_places import bring_people, open_channels
from corpblog.config.demo.transcript import read_transcripts, working_day
from corpblog.kernel import clock
from corpblog.policy.models import PolicyVersion
from corpblog.sharing.models import Destination
from corpblog.teams.models import Channel, Membership

_POSTS = Path(__file__).with_name("posts")
_OPENED = 26
_MADE = "demo.made"


def is_made() -> bool:
    """Whether the company is complete."""
    return AuditEntry.objects.filter(action=_MADE).exists()


def make_company(now: datetime, tell: Callable[[str], None]) -> None:
    """Make what is not there yet; a start that was interrupted goes on where it stopped."""
    _hurry()
    with clock.standing_at(working_day(_OPENED, now) + timedelta(hours=8)):
        cast = bring_people()
        tell(f"{len(cast.everybody())} people from the directory")
        policy.put_in_force(cast)
        channels = open_channels(cast)
        tell(f"{len(channels)} channels and storylines")
        backdate((PolicyVersion, "created_at"), (PolicyVersion, "updated_at"), (Channel, "created_at"))
    said = read_transcripts(_POSTS, now)
    with clock.standing_at(working_day(_OPENED - 1, now) + timedelta(hours=8)):
        channels |= conversations.open_between(said, cast)
        conversations.join_where_they_speak(said, cast, channels)
        conversations.follow_each_other(said, cast)
        shares.connect_outside(cast)
        backdate((Channel, "created_at"), (Membership, "joined_at"), (Destination, "created_at"))
    named = conversations.tell_all(said, shares.steps(said, cast), cast, channels)
    conversations.schedule_one(cast, channels, now)
    shares.close_what_is_not_there(cast)
    tell(f"{len(said)} posts, {len(shares.STORIES)} shares")
    conversations.read_most(cast)
    conversations.read_old_notices(now)
    record(action=_MADE, actor_id=None, subject="demo", posts=len(said), named=sorted(named))


def _hurry() -> None:
    """Nothing here is lost that the next start would not make again, so SQLite need not wait for the disk each time."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
