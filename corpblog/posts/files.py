"""Files of posts: the bounds, the names, and a file's facts as posts carry them and as they may leave."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from corpblog.kernel import blobs, sandbox
from corpblog.kernel.errors import Invalid
from corpblog.policy import files
from corpblog.policy.models import FileText

LARGEST: Final = 25 * 1024 * 1024
MOST: Final = 10
LONGEST_NAME: Final = 140  # of 150 in the database: a picture may get another ending
ROOM_INSIDE: Final = 800_000  # characters: a scan takes a million, and the post has words of its own
LONGEST_ALT: Final = 1_500  # characters, as Mastodon takes them
INLINE: Final = frozenset({"image/jpeg", "image/png", "image/webp"})  # what we encoded ourselves
# What a post carries of each of its files, and what leaves of it.
OUTGOING: Final = ("name", "kind", "sha256", "size", "alt", "width", "height")

_UNFIT_FOR_NAMES: Final = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"\\]'
)

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Wish:
    """One file that a post is to carry: its attachment, and how its author describes it.

    name: what a posted file is called from now on; empty keeps its name.
    """

    file_id: int
    alt: str = ""
    is_decorative: bool = False
    name: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture, encoded by us."""

    data: bytes
    kind: str
    width: int
    height: int
    thumbnail: bytes


def clean_name(name: str) -> str:
    """Return the last part of a path, without what hides or turns letters around."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = _UNFIT_FOR_NAMES.sub("", last).strip(" .") or _("file")
    if len(kept) <= LONGEST_NAME:
        return kept
    stem, ending = stem_and_ending(kept)
    return f"{stem[: LONGEST_NAME - len(ending)]}{ending}"


def stem_and_ending(name: str) -> tuple[str, str]:
    """Return a name in two: what people call the file, and the ending that says what it is, with its dot."""
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and 0 < len(ending) < 10 else (name, "")


def named_as(name: str, kind: str) -> str:
    """Return the picture's name with the ending of what it became."""
    ending = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}[kind]
    stem, dot, old = name.rpartition(".")
    if kind == "image/jpeg" and old.lower() in {"jpg", "jpeg"}:
        return name
    return (stem if dot and stem and len(old) < 6 else name) + ending


def clean_alt(alt: str) -> str:
    """Return a description fit to keep; raise Invalid where it is too long."""
    kept = re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "", alt.replace("\r\n", "\n")).strip()
    if len(kept) > LONGEST_ALT:
        raise Invalid(_("This description is too long. %(limit)s characters fit.") % {"limit": LONGEST_ALT})
    return kept


def encoded(data: bytes, side: int | None = None) -> Picture:
    """Return the picture written anew by a child process; raise Invalid in words.

    side: pixels of the thumbnail's longer side, where it is not the usual one.
    """
    try:
        answer = sandbox.run("corpblog.posts.reencoding", data, *([str(side)] if side else []))
    except sandbox.Failed as failure:
        raise Invalid(_("This picture could not be opened. Save it as JPEG or PNG, then add it again.")) from failure
    line, _newline, rest = answer.partition(b"\n")
    facts = json.loads(line)
    if facts.get("error") == "too_large":
        raise Invalid(_("This picture has more than 50 megapixels. Make it smaller, then add it again."))
    if "error" in facts:
        raise Invalid(_("This picture is damaged. Save it again as JPEG or PNG, then add it again."))
    return Picture(rest[: facts["size"]], facts["kind"], facts["width"], facts["height"], rest[facts["size"] :])


def outgoing(carried: Iterable[Facts]) -> list[dict[str, Any]]:
    """Return what leaves of a post's files: their names, descriptions and digests, in order."""
    return [{name: each[name] for name in OUTGOING} for each in carried]


def undescribed(carried: Iterable[Facts]) -> list[str]:
    """Return the names of the pictures among them that have no description."""
    return [each["name"] for each in carried if each["kind"].startswith("image/") and not each["alt"].strip()]


def kinds_of(carried: Iterable[Facts]) -> frozenset[str]:
    """Return what a rule's `attachments` calls them."""
    return frozenset(files.family_of(each["kind"]) for each in carried)


@dataclass(frozen=True)
class Judgeable:
    """What is judged of files beside their names and descriptions: their words by field, and why some are missing."""

    texts: dict[str, str]
    unread: dict[str, tuple[str, ...]]


def judgeable(carried: Sequence[Facts]) -> Judgeable:
    """Return the words in these files, by field: `attachments.0.text`. Looks up what was read before."""
    found = files.known(each["sha256"] for each in carried)
    texts, unread = {}, {}
    for index, each in enumerate(carried):
        field, row = f"attachments.{index}.text", found.get(each["sha256"])
        if row is not None and row.text:
            texts[field] = row.text
        if reasons := _reasons(each, row):
            unread[field] = reasons
    return Judgeable(texts, unread)


def _reasons(each: Facts, row: FileText | None) -> tuple[str, ...]:
    if row is None:
        return ("not_read",)
    return (*row.reasons, *(["name_lies"] if files.name_lies(each["name"], each["kind"]) else []))


def within(texts: Mapping[str, str], room: int = ROOM_INSIDE) -> dict[str, str]:
    """Return so much of these texts, in order, as one scan takes."""
    kept = {}
    for field, text in texts.items():
        kept[field], room = text[:room], room - len(text[:room])
    return {field: text for field, text in kept.items() if text}


def are_whole(carried: Iterable[Facts]) -> bool:
    """Whether the stored bytes of all of them are those that their digests name."""
    try:
        for each in carried:
            blobs.read(each["sha256"])
    except blobs.BlobError:
        return False
    return True
