"""A past post marked right or wrong is an example of the rule: from then on it has to be found, or to be left alone."""

from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid
from corpblog.policy.entries import RuleEntry

LONGEST: Final = 500


@dataclass(frozen=True)
class Mark:
    """What somebody said of a past post: that the rule has to find it, or to leave it alone."""

    post_id: int
    is_right: bool


def read_mark(data: QueryDict) -> Mark:
    """Return what `mark` says, as `right 17` or `wrong 17`; raise Invalid for anything else."""
    kind, _space, number = data.get("mark", "").partition(" ")
    if kind not in {"right", "wrong"} or not number.isdecimal() or len(number) > 18:
        raise Invalid(_("Mark a post as right or wrong."))
    return Mark(int(number), kind == "right")


def with_mark(data: QueryDict, mark: Mark, text: str, entry: RuleEntry) -> QueryDict:
    """Return the form's data with the marked post, which says `text`, among the examples that it belongs to."""
    words, wanted = example_of(text), "match" if mark.is_right else "allow"
    lines = {"match": list(entry.match), "allow": list(entry.allow)}
    changed = data.copy()
    for field, known in lines.items():
        kept = [line for line in known if line != words]
        changed[field] = "\n".join([*kept, words] if field == wanted else kept)
    return changed


def example_of(text: str) -> str:
    """Return a post as one line, as examples are."""
    return " ".join(text.split())[:LONGEST].rstrip()
