"""The one set of reactions. Small on purpose: a set that everybody knows is read at a glance."""

from typing import Final

EMOJI: Final = ("👍", "❤️", "🎉", "😄", "😮", "🙏")

_COLOUR_SIGN = "\ufe0f"


def known(emoji: str) -> str | None:
    """Return the emoji of the set that was meant: keyboards leave out or add the sign that asks for colour."""
    bare = emoji.strip().replace(_COLOUR_SIGN, "")
    return next((ours for ours in EMOJI if ours.replace(_COLOUR_SIGN, "") == bare), None)
