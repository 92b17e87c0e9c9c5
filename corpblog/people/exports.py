"""What each package keeps of somebody: they register here, and the export asks them all."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from corpblog.people.models import Person


@dataclass(frozen=True)
class Table:
    """A JSON file of the export: its name without ending, and its rows; with a template a page for people as well."""

    name: str
    rows: Iterable[Mapping[str, object]]
    template: str = ""


@dataclass(frozen=True)
class File:
    """A file that somebody added: its path in the export, and the digest of its bytes."""

    path: str
    digest: str


Gather = Callable[[Person], Iterator[Table | File]]
_gatherers: list[Gather] = []


def told_by(gather: Gather) -> Gather:
    """Register what tells its part. Call it in `AppConfig.ready`.

    It gives what somebody wrote, chose or was given, and nobody else's words: those may be hidden from them tomorrow,
    and an export outlives that.
    """
    if gather not in _gatherers:
        _gatherers.append(gather)
    return gather


def gatherers() -> list[Gather]:
    """Everybody who has something to tell."""
    return list(_gatherers)
