"""A past post marked right or wrong is an example of the rule: from then on it has to be found, or to be left alone."""

from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from corpblog.kernel.errors import Invalid, NotFound
from corpblog.people.models import Person
from corpblog.policy.entries import RuleEntry
from corpblog.posts.past import texts_of

LONGEST: Final = 500
_FIELDS: Final = {"right": "match", "wrong": "allow"}


def with_mark(data: QueryDict, person: Person, entry: RuleEntry) -> QueryDict:
    """Return the form's data with the post that `mark` names, as `right 17` or `wrong 17`, among the examples.

    Only a post that the person may read can be marked: whoever reads the policy reads its words then.
    """
    kind, _space, number = data.get("mark", "").partition(" ")
    if kind not in _FIELDS or not number.isdecimal() or len(number) > 18:
        raise Invalid(_("Mark a post as right or wrong."))
    post = texts_of([int(number)], person).get(int(number))
    if post is None:
        raise NotFound(_("This post is gone, or you may not read it."))
    words = example_of(post.text)
    lines = {"match": list(entry.match), "allow": list(entry.allow)}
    for field, known in lines.items():
        kept = [line for line in known if line != words]
        lines[field] = [*kept, words] if field == _FIELDS[kind] else kept
    changed = data.copy()
    for field, known in lines.items():
        changed[field] = "\n".join(known)
    return changed


def example_of(text: str) -> str:
    """Return a post as one line, as examples are."""
    return " ".join(text.split())[:LONGEST].rstrip()
