"""A policy as files, for whoever keeps it in version control: the YAML as it was typed, and its lists beside it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from corpblog.policy import dictionaries
from corpblog.policy.errors import BadDictionary
from corpblog.policy.models import PolicyVersion
from corpblog.policy.scanners import word_lists
from corpblog.policy.sources import Source

DOCUMENT: Final = "policy.yaml"
LISTS: Final = "lists"
SOURCES: Final = "sources.json"


@dataclass(frozen=True)
class Files:
    """What a folder says: the document, its lists by name, and what some of them follow."""

    source: str
    lists: dict[str, dictionaries.Report] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def write(version: PolicyVersion, folder: Path) -> None:
    """Write the version into the folder, made where it is missing; lists that it does not have go."""
    lists = folder / LISTS
    lists.mkdir(parents=True, exist_ok=True)
    (folder / DOCUMENT).write_text(version.source, encoding="utf-8")
    terms = word_lists(version.dictionaries)
    for name, lines in terms.items():
        (lists / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    for old in lists.iterdir():
        if old.is_file() and old.name not in terms:
            old.unlink()
    told = json.dumps(version.sources, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / SOURCES).write_text(told + "\n", encoding="utf-8")


def read(folder: Path) -> Files:
    """Return what the folder says; raise BadDictionary for a list that is none, OSError where a file is missing."""
    lists = {}
    for path in sorted((folder / LISTS).iterdir()) if (folder / LISTS).is_dir() else ():
        name = dictionaries.checked_name(path.name)
        lists[name] = dictionaries.prepared(name, dictionaries.decoded(path.read_bytes()))
    return Files((folder / DOCUMENT).read_text(encoding="utf-8"), lists, _sources(folder / SOURCES, set(lists)))


def _sources(path: Path, lists: set[str]) -> dict[str, Source]:
    try:
        told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        found = {name: Source(**facts) for name, facts in told.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise BadDictionary(_("%(file)s is not what an export writes.") % {"file": SOURCES}) from error
    if not found.keys() <= lists:
        raise BadDictionary(_("%(file)s names a list that is not in the folder.") % {"file": SOURCES})
    return found
