"""What a draft keeps beside its text: all that a composer holds, under the composer's names."""

from typing import Final, Protocol

from corpblog.posts.files import LONGEST_ALT, MOST
from corpblog.posts.parts import Fields, fields_of

_LONGEST: Final = 10_000
_MOST_PLACES: Final = 40
# How it leaves; of no account while the switch to the outside is off.
_OUTSIDE: Final = ("outside", "as_thread", "comment", "when", "day", "time", "zone")


class Form(Protocol):
    """What a door was sent."""

    def getlist(self, name: str, /) -> list[str]: ...


def draft_of(form: Form) -> Fields:
    """Return what a composer's form holds beside the text, bounded, without what is empty.

    That is its kind and time, the audience, where it shall go and in which words, and its files in their order with
    their descriptions.
    """
    kept = fields_of(form)
    kept |= _some(form, "channel", "reason")
    files = [key for key in form.getlist("file")[: MOST + 1] if key.isascii() and key.isdecimal() and len(key) < 20]
    if files:
        kept["file"] = files
        kept |= _some(form, *(f"{name}_{key}" for key in files for name in ("alt", "decorative")), longest=LONGEST_ALT)
    if form.getlist("outside"):
        places = form.getlist("destination")[:_MOST_PLACES]
        kept |= _some(form, *_OUTSIDE, *(f"words_{key}" for key in places))
        kept["destination"] = places
    return kept


def holds_words(fields: Fields) -> bool:
    """Whether somebody would miss these fields where there is no text: an audience alone is none."""
    return bool(fields.keys() & {"kind", "at", "file"})


def _some(form: Form, *names: str, longest: int = _LONGEST) -> Fields:
    found = {name: [value[:longest] for value in form.getlist(name)[-1:]] for name in names}
    return {name: values for name, values in found.items() if any(value.strip() for value in values)}
