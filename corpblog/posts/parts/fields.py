"""What a composer holds beside the text, as it was typed: kept in drafts, shown again when something is refused."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

Fields = dict[str, list[str]]

# Everything that a composer may hold beside its text; what has another name is not kept.
NAMES: Final = ("kind", "option", "multiple", "ends", "praise", "person", "due", "at")
_MOST_VALUES: Final = 60
_LONGEST: Final = 500


class Form(Protocol):
    """What a door was sent."""

    def getlist(self, name: str, /) -> list[str]: ...


def fields_of(form: Form) -> Fields:
    """Return the fields of a form, bounded, without those that are empty altogether."""
    found = {name: [value[:_LONGEST] for value in form.getlist(name)[:_MOST_VALUES]] for name in NAMES}
    kept = {name: values for name, values in found.items() if any(value.strip() for value in values)}
    # The last one counts: without a script the button says it after the hidden field.
    kind = found["kind"][-1:]
    if kind and kind[0]:
        return kept | {"kind": kind}
    return {"at": kept["at"]} if "at" in kept else {}


def first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    """Return a field's only value, without blanks around it."""
    values = fields.get(name) or [""]
    return values[0].strip()
