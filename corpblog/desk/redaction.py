"""Which outgoing words an officer may take out, and what the author's own words become when they agree."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, Invalid
from corpblog.posts.files import stem_and_ending
from corpblog.sharing.canonical import parts, read
from corpblog.sharing.marks import Marked
from corpblog.sharing.models import Share
from corpblog.sharing.outward import outward

GAP: Final = "[…]"
Span = tuple[int, int]
Spans = Mapping[str, Sequence[Span]]


def redactable(share: Share, canonical: str) -> dict[str, str]:
    """Return the outgoing texts out of which words can be taken, by their places in the form, as it shows them.

    The post and what is posted under it; descriptions and names of files, where they are the post's own and not those
    that are outside already or that the company released. The ending of a name says what the file is, and stays. A poll
    and a warning never leave.
    """
    form = read(canonical)
    said = {_name(number): text for number, text in enumerate(parts(form))}
    if share.corrects_id is None and not share.is_copy:
        for index, file in enumerate(form["attachments"]):
            said[f"attachments.{index}.alt"] = file["alt"]
            said[_name_of_file(index)] = stem_and_ending(file["name"])[0]
    return {name: text for name, text in said.items() if text}


def without(field: str, text: str, spans: Iterable[Span]) -> str:
    """Return the field's text with a gap for each span; raise Invalid where nothing sensible is left.

    Of a file's name nothing has to be left: what it shows is in the file.
    """
    merged = merged_spans(spans)
    if not merged or merged[0][0] < 0 or merged[-1][1] > len(text):
        raise Invalid(_("Choose the words to take out."))
    proposed = Marked(text).changed((start, end, GAP) for start, end in merged).text
    if not field.endswith(".name") and not any(sign.isalnum() for sign in proposed.replace(GAP, "")):
        raise Invalid(_("Nothing would be left. Reject it, or ask for changes."))
    return proposed


def merged_spans(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that touch as one, without those that are empty."""
    merged: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


@dataclass(frozen=True)
class Instead:
    """What the author types instead, of what changes. None: stays as it is.

    text: of the post, where that says what leaves; words: for this destination alone. alts, names: of the post's files,
    by their places.
    """

    text: str | None = None
    words: str | None = None
    comment: str | None = None
    alts: Mapping[int, str] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)

    @property
    def changes_post(self) -> bool:
        return self.text is not None or bool(self.alts or self.names)


def instead(share: Share, canonical: str, spans: Spans) -> Instead:
    """Return what the author's words become without the spans, with their emphasis and their links.

    Raises Conflict where the form cannot be made of the author's words any more, as when a name in them leads to
    another account by now.
    """
    form = read(canonical)
    said, comment = (outward(text, share.destination.kind) for text in (share.words or share.post.text, share.comment))
    is_own = not share.words and said.as_typed() == share.post.text
    said = Marked(said.flat().text) if share.is_copy else said
    changes, of_comment = _changes(share, form, said, comment, spans)
    typed = said.changed(changes).as_typed() if changes else None
    return Instead(
        text=typed if is_own else None,
        words=None if is_own else typed,
        comment=comment.changed(of_comment).as_typed() if of_comment else None,
        alts={
            index: without(name, file["alt"], spans[name])
            for index, file in enumerate(form["attachments"])
            if (name := f"attachments.{index}.alt") in spans
        },
        names={
            index: without(name, stem, spans[name]) + ending
            for index, file in enumerate(form["attachments"])
            for stem, ending in [stem_and_ending(file["name"])]
            if (name := _name_of_file(index)) in spans
        },
    )


def _changes(
    share: Share, form: Mapping[str, Any], said: Marked, comment: Marked, spans: Spans
) -> tuple[list[tuple[int, int, str]], list[tuple[int, int, str]]]:
    """Return the gaps by their places in the author's words, and in the first comment."""
    bodies = parts(form)
    below = bodies.pop() if comment.text else ""
    is_cut, here, changes = len(bodies) > 1, 0, []
    for number, body in enumerate(bodies):
        # A part of a thread ends with its number, which nobody wrote; a copy with words that say who speaks.
        words = body.rpartition(" ")[0] if is_cut else said.text
        start = said.text.find(words, here) if is_cut else 0
        if start < 0 or not body.startswith(words):
            raise Conflict(_("These words would leave in another form by now. Edit the post instead."))
        here = start + len(words)
        own = [(start + first, min(start + last, here)) for first, last in merged_spans(spans.get(_name(number), ()))]
        changes += [(first, last, GAP) for first, last in own if first < last]
    if below != comment.text:
        raise Conflict(_("These words would leave in another form by now. Edit the post instead."))
    under = merged_spans(spans.get(_name(len(bodies)), ())) if below else []
    return changes, [(first, last, GAP) for first, last in under]


def _name_of_file(index: int) -> str:
    return f"attachments.{index}.name"


def _name(number: int) -> str:
    return f"thread.{number - 1}" if number else "text"
