"""What a reaction may be: every emoji of Unicode, of which six are at hand."""

from functools import cache
from pathlib import Path
from typing import Final

QUICK: Final = ("👍", "❤️", "🎉", "😄", "😮", "🙏")
# More on one post is a wall, not a mood.
MOST_KINDS: Final = 20
_DATA: Final = Path(__file__).with_name("emoji.txt")
_COLOUR_SIGN: Final = "\ufe0f"


def known(emoji: str) -> str | None:
    """Return the emoji that was meant, as it is kept: keyboards leave out or add the sign that asks for colour."""
    return _emoji().get(_bare(emoji.strip()))


def by_name(name: str) -> str | None:
    """Return the emoji of that English name, as in `:red_heart:`; None where Unicode has none."""
    return _by_name().get(name)


def names_of_unicode() -> frozenset[str]:
    """Return the English names of all emoji, as `red_heart`."""
    return frozenset(_by_name())


@cache
def _by_name() -> dict[str, str]:
    return {name: emoji for emoji, name, *_toned in _rows()}


@cache
def _emoji() -> dict[str, str]:
    """Every emoji by itself without the sign that asks for colour."""
    return {_bare(one): one for emoji, _name, *toned in _rows() for one in (emoji, *toned)}


@cache
def _rows() -> list[list[str]]:
    """Unicode's own list, an emoji with its name and its tones of skin a row (scripts/make_emoji.py)."""
    lines = _DATA.read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("# ")]


def _bare(emoji: str) -> str:
    return emoji.replace(_COLOUR_SIGN, "")
