"""Who is there and where they meet: directory, channels, memberships, storylines."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from corpblog.people.directory.sync import sync_directory
from corpblog.people.models import DirectoryGroup, Person
from corpblog.teams import services as teams
from corpblog.teams.models import Channel

_CHANNELS = Path(__file__).with_name("channels.yaml")
_KEEPER = "irene"


class Cast:
    """The people of the company by username, read once."""

    def __init__(self) -> None:
        self._people = {person.username: person for person in Person.objects.active()}

    def __getitem__(self, username: str) -> Person:
        return self._people[username]

    def of(self, departments: list[str]) -> list[Person]:
        return [person for person in self._people.values() if person.department in departments]

    def everybody(self) -> list[Person]:
        return list(self._people.values())


def bring_people() -> Cast:
    """Read the directory; a company that is there already stays as it is."""
    if not Person.objects.filter(username=_KEEPER).exists():
        sync_directory()
    return Cast()


def open_channels(cast: Cast) -> dict[str, Channel]:
    """Every team channel with its people, and a storyline for everybody."""
    wanted: list[dict[str, Any]] = YAML(typ="safe", pure=True).load(_CHANNELS.read_text(encoding="utf-8"))
    channels = {entry["slug"]: _open(entry, cast) for entry in wanted}
    for person in cast.everybody():
        channels[f"@{person.username}"] = teams.ensure_storyline(person)
    return channels


def _open(entry: dict[str, Any], cast: Cast) -> Channel:
    found = Channel.objects.filter(slug=entry["slug"]).first()
    if found is not None:
        return found
    if entry.get("kind") == Channel.Kind.COMPANY:
        return _open_account(entry, cast)
    group = DirectoryGroup.objects.filter(name=entry.get("mirrors", "")).first()
    owner = cast[entry["owner"]]
    # Only a system admin ties a channel to the directory; afterwards it is its owner's, and the admin leaves.
    maker = cast[_KEEPER] if group else owner
    told = {
        name: entry[name] for name in ("name", "slug", "description", "is_private", "is_announce_only") if name in entry
    }
    channel = teams.create_channel(
        by=maker, mirrors=group, classification=entry.get("classification", "internal"), **told
    )
    _people_it(channel, maker, owner, entry, cast)
    return channel


def _open_account(entry: dict[str, Any], cast: Cast) -> Channel:
    """A company account with its delegates, and who follows it."""
    by = cast[entry["owner"]]
    told = {name: entry[name] for name in ("name", "slug", "description")}
    account = teams.open_account(by=by, **told)
    for name in entry["also_owners"]:
        teams.name_delegate(by=by, account=account, person=cast[name])
    for person in [*cast.of(entry["departments"]), *(cast[name] for name in entry["people"])]:
        teams.join(by=person, channel=account)
    return account


def _people_it(channel: Channel, maker: Person, owner: Person, entry: dict[str, Any], cast: Cast) -> None:
    joining = [*cast.of(entry.get("departments", [])), *(cast[name] for name in entry.get("people", ()))]
    for person in [owner, *joining]:
        teams.invite(by=maker, channel=channel, person=person)
    for name in [owner.username, *entry.get("also_owners", ())]:
        teams.set_owner(by=maker, channel=channel, person=cast[name])
    if maker != owner and not entry.get("keeps_maker"):
        teams.set_owner(by=maker, channel=channel, person=maker, is_owner=False)
        if channel.is_private:
            teams.leave(by=maker, channel=channel)
