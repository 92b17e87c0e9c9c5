"""The company's own emoji: their names, which of them a text may show, and their pictures."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid, NotFound
from corpblog.posts.models import CustomEmoji
from corpblog.posts.reactions import names_of_unicode

MOST: Final = 300
LARGEST: Final = 512 * 1024
SIDE: Final = 128  # pixels: four times the height of a line, for screens of high density
NAME: Final = re.compile(r"[a-z0-9_]{2,30}")
CODE: Final = re.compile(r":[a-z0-9_]{2,30}:")
# What people would take for a way to call somebody, or for the name of another thing.
RESERVED: Final = frozenset({"all", "channel", "company", "everybody", "everyone", "here", "team"})


def clean_name(typed: str) -> str:
    """Return the name as it is kept; raise Invalid in words where it cannot be one."""
    name = typed.strip().strip(":").lower().replace("-", "_").replace(" ", "_")
    if not NAME.fullmatch(name):
        raise Invalid(_("A name has 2 to 30 letters a to z, digits or _, for example ship_it."))
    if name in RESERVED or name.isdigit():
        raise Invalid(_("“%(name)s” is reserved. Choose another name.") % {"name": name})
    if name in names_of_unicode():
        raise Invalid(_("“%(name)s” is the name of an emoji that everybody has. Choose another name.") % {"name": name})
    return name


def offered() -> list[CustomEmoji]:
    """Return those that may be used, by name."""
    return list(CustomEmoji.objects.offered().order_by("name"))


def all_of_them() -> list[CustomEmoji]:
    """Return the retired ones, too, with who made them; those that are offered come first."""
    rows = CustomEmoji.objects.select_related("made_by").order_by("name")
    return sorted(rows, key=lambda each: each.retired_at is not None)


def shown_of(names: Iterable[str], before: Iterable[str] = ()) -> frozenset[str]:
    """Return which of these names a text shows as pictures; one query, where there are names.

    before: names that it showed before it was edited: those stay, retired or not.
    """
    wanted, kept = set(names), set(before)
    if not wanted:
        return frozenset()
    rows = CustomEmoji.objects.filter(name__in=wanted).values_list("name", "retired_at")
    return frozenset(name for name, retired_at in rows if retired_at is None or name in kept)


def existing(names: Collection[str]) -> frozenset[str]:
    """Return which of these names the company's emoji have or had; one query, where there are names."""
    rows = CustomEmoji.objects.filter(name__in=names) if names else CustomEmoji.objects.none()
    return frozenset(rows.values_list("name", flat=True))


def picture_of(name: str) -> str:
    """Return the digest of an emoji's picture; retired ones are shown where they stand."""
    row: CustomEmoji | None = CustomEmoji.objects.filter(name=name).first()
    if row is None:
        raise NotFound(_("There is no emoji by that name."))
    return row.picture


def meant(typed: str) -> CustomEmoji | None:
    """Return the company's emoji that was written as `:name:`, retired or not."""
    code = typed.strip()
    if not CODE.fullmatch(code):
        return None
    found: CustomEmoji | None = CustomEmoji.objects.filter(name=code[1:-1]).first()
    return found
