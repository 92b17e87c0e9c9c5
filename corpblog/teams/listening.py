"""What channels do when something happens below them."""

from corpblog.people.events import GroupsChanged
from corpblog.teams.services import mirror_person


def follow_the_directory(change: GroupsChanged) -> None:
    """Mirror somebody's groups as they are now: the news may be older than the next change."""
    mirror_person(change.person_id)
