"""A case of the desk in words: how long it waits, what may be done with it, and what became of it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from corpblog.desk.evidence import Piece, is_hidden, pieces
from corpblog.desk.models import Proposal
from corpblog.desk.redaction import without
from corpblog.desk.selectors import Case, Hit, QueueRow, Takeable, View
from corpblog.desk.selectors.around import Around, Kin, Neighbour
from corpblog.desk.selectors.leaving import Leaving
from corpblog.desk.services.together import Together
from corpblog.kernel import clock
from corpblog.kernel.counts import Count
from corpblog.kernel.errors import Invalid
from corpblog.posts.differences import differences
from corpblog.sharing.canonical import read
from corpblog.sharing.marks import parts_of
from corpblog.sharing.models import Decision, Share
from corpblog.web import desk_trail, share_words
from corpblog.web.network_preview import NOTHING, Beside, NetworkPreview, preview_of

VIEWS: Final[dict[View, Promise]] = {
    "mine": gettext_lazy("For me"),
    "unassigned": gettext_lazy("Unassigned"),
    "team": gettext_lazy("Team"),
    "second": gettext_lazy("Second officer"),
    "escalated": gettext_lazy("Escalated"),
    "appeals": gettext_lazy("Appeals"),
    "names": gettext_lazy("Names asked for"),
    "done": pgettext_lazy("cases", "Decided"),
}
OUTCOMES: Final[dict[str, Promise]] = {
    "hold": gettext_lazy("Held"),
    "warn": gettext_lazy("Warned"),
    "justify": gettext_lazy("Reason needed"),
    "allow": gettext_lazy("No rule objects"),
}
AGES: Final[dict[str, Promise]] = {"late": gettext_lazy("Late"), "overdue": gettext_lazy("Overdue")}

FIELDS: Final[dict[str, Promise]] = {
    "text": gettext_lazy("Text"),
    "warning": gettext_lazy("Content warning"),
    "speaker": gettext_lazy("Published as"),
    "language": gettext_lazy("Language"),
    "quoted.text": gettext_lazy("Quoted, stays inside"),
    "visibility": gettext_lazy("Visibility"),
}
# What there may be several of: `thread.0` is the second post that leaves, under the one of the text.
_SEVERAL: Final[dict[str, tuple[Promise, int]]] = {
    "thread": (gettext_lazy("Post %(n)s of the thread"), 2),
    "poll": (gettext_lazy("Answer %(n)s of the poll"), 1),
    "tags": (gettext_lazy("Hashtag %(n)s"), 1),
    "attachments": (gettext_lazy("Description of file %(n)s"), 1),
}
KINSHIP: Final[dict[Kin, Promise]] = {
    "root": gettext_lazy("Starts the thread"),
    "answered": gettext_lazy("What it answers"),
    "quoted": gettext_lazy("What it quotes"),
    "reply": gettext_lazy("Answers it"),
    "quoting": gettext_lazy("Quotes it"),
}
# Classes of explicit formatting, Unicode Standard Annex 9, table 4.
_TURNING: Final = frozenset({"LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


@dataclass(frozen=True)
class RuleHits:
    """What one rule found: said once, with every word it found.

    is_right: what an officer said of it; None, as long as nobody did. is_next: the keys mark this one.
    """

    rule: str
    title: str
    reason: str
    outcome: str
    hits: list[Hit]
    is_right: bool | None = None
    is_next: bool = False

    @property
    def terms(self) -> list[tuple[list[Piece], str]]:
        """The words as they stand there, with what nobody sees in them, and how they were seen."""
        # A rule that objects to the post as a whole found no words.
        return [(pieces(hit.term, ()), hit.seen_as) for hit in self.hits if hit.term]


@dataclass(frozen=True)
class Age:
    """How long something waits: what is seen, what is read out, and how urgent it is."""

    short: str
    spoken: str
    css: str


def age(waiting: timedelta) -> Age:
    """Return hours and minutes for the first day, then days; late and overdue are settings of the company."""
    minutes = int(waiting.total_seconds()) // 60
    hours, days = minutes // 60, waiting.days
    css = "age-overdue" if waiting >= settings.DESK_OVERDUE else "age-late" if waiting >= settings.DESK_LATE else ""
    if days:
        return Age(
            pgettext("age", "%(n)s d") % {"n": days},
            ngettext("waiting %(n)s day", "waiting %(n)s days", days) % {"n": days},
            css,
        )
    short = f"{hours}:{minutes % 60:02}"
    return Age(short, _("waiting %(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes % 60}, css)


def due(left: timedelta) -> str:
    """Return how much of the service time is left, or by how much it is over."""
    minutes = int(abs(left).total_seconds()) // 60
    if left <= timedelta(days=-1):
        days = -left // timedelta(days=1)
        return ngettext("service time over since %(n)s day", "service time over since %(n)s days", days) % {"n": days}
    told = {"hours": minutes // 60, "minutes": minutes % 60}
    if left < timedelta(0):
        return _("service time over since %(hours)s h %(minutes)s min") % told
    return _("%(hours)s h %(minutes)s min of the service time left") % told


def rows(found: list[QueueRow]) -> list[dict[str, Any]]:
    """Return the queue's rows with their ages and the beginning of their words."""
    return [
        {
            "row": row,
            "age": age(row.waiting),
            "due": due(row.left),
            "state": share_words.LOOKS[row.share.state],
            "excerpt": _excerpt(row.excerpt),
        }
        for row in found
    ]


def _excerpt(text: str) -> str:
    # Without what turns text around: in a row it would also turn the rule's name and the author's.
    return "".join(char for char in text[:300] if not is_hidden(char))


def as_shown(case: Case) -> list[NetworkPreview]:
    """Return what its network would show of each post that would leave, but for what turns text around."""
    destination = case.share.destination
    form = read(case.revision.canonical)
    addresses = [
        reverse("web:desk_file", args=[case.share.pk, file.index]) if file.is_picture else "" for file in case.files
    ]
    beside = Beside(form["attachments"], addresses, bool(form["quoted"]), bool(case.share.post.kind))
    previews = [
        preview_of(part, destination, NOTHING if number else beside) for number, part in enumerate(parts_of(form))
    ]
    # Counted with it, shown without: on this page nothing turns text around, and the evidence names what would.
    return [
        replace(preview, parts=tuple(replace(part, text=_straight(part.text)) for part in preview.parts))
        for preview in previews
    ]


def _straight(text: str) -> str:
    return "".join(char for char in text if unicodedata.bidirectional(char) not in _TURNING)


def page(case: Case) -> dict[str, Any]:
    """Return what the page of one case shows beside the case itself."""
    return {
        "age": age(case.waiting),
        "due": due(settings.DESK_OVERDUE - case.waiting),
        "row": share_words.row(case.share),
        "steps": share_words.steps(
            case.share, names_reviewers=True, called=case.names, entries=case.trail, more=desk_trail.STEPS
        ),
        "lead": next((field for field in case.fields if field.name == "text"), None),
        "previews": [(preview, "") for preview in as_shown(case)],
        "others": [(field_name(field.name), field) for field in case.fields if field.name != "text"],
        "rules": marked(by_rule(case.hits), case.marks),
        "takeable": [_to_take(each) for each in case.takeable],
        "leaves": leaves(case.leaving),
        "replaced": differences(seen(case.replaced), seen(case.text)) if case.replaced else [],
        "standing": seen(case.replaced),
        "around": neighbours(case.around),
    }


def leaves(found: Leaving) -> str:
    """Return when the case would leave, were it released now, by the clock that its requester chose."""
    words = (
        _("Not before %(when)s (%(zone)s)") % _by_clock(found.chosen, found.zone)
        if found.chosen
        else _("As soon as it is released")
    )
    if found.quiet_until is None:
        return words
    quiet = _("quiet there until %(when)s (%(zone)s)") % _by_clock(found.quiet_until, found.quiet_zone)
    return f"{words}; {quiet}"


def _by_clock(moment: datetime, zone: str) -> dict[str, str]:
    there = localtime(moment, ZoneInfo(zone) if zone else None)
    return {"when": date_format(there, "DATETIME_FORMAT"), "zone": zone or str(there.tzname())}


def neighbours(found: Around) -> list[tuple[Promise, Neighbour]]:
    """Return what stands around a case's post, each with what it is to it."""
    return [(KINSHIP[each.kin], each) for each in found.shown]


def seen(text: str) -> str:
    """Return the text with a box for each character that shows nothing or turns it around; places stay the same."""
    return "".join("\N{WHITE VERTICAL RECTANGLE}" if is_hidden(char) else char for char in text)


def _to_take(each: Takeable) -> dict[str, Any]:
    """Return a text with what a rule found in it ticked, and what would be left."""
    whole = seen(each.text)
    return {
        "name": each.name,
        "label": field_name(each.name),
        "whole": whole,
        "found": [(f"{each.name}:{start}:{end}", whole[start:end]) for start, end in each.found],
        "left": _left(whole, each),
    }


def _left(whole: str, each: Takeable) -> str:
    try:
        return without(each.name, whole, each.found) if each.found else whole
    except Invalid:
        # Everything was found: nothing would be left of it.
        return ""


def proposed(proposal: Proposal | None) -> list[tuple[str, str]]:
    """Return what would be left of each field of a proposal, under the field's name."""
    return [(field_name(name), text) for name, text in proposal.texts.items()] if proposal else []


def by_rule(hits: list[Hit]) -> list[RuleHits]:
    """Return the hits under their rules, the gravest rule first; the same words twice are listed once."""
    found: dict[str, RuleHits] = {}
    for hit in hits:
        group = found.setdefault(hit.rule, RuleHits(hit.rule, hit.title, hit.reason, hit.outcome, []))
        if all((seen.term, seen.seen_as) != (hit.term, hit.seen_as) for seen in group.hits):
            group.hits.append(hit)
    return list(found.values())


def marked(rules: list[RuleHits], marks: Mapping[str, bool]) -> list[RuleHits]:
    """Return the rules with their marks; the keys go to the first without one, and to the last when all have one."""
    unmarked = (index for index, group in enumerate(rules) if group.rule not in marks)
    turn = next(unmarked, len(rules) - 1)
    return [replace(group, is_right=marks.get(group.rule), is_next=index == turn) for index, group in enumerate(rules)]


def field_name(name: str) -> str:
    """Return an outgoing field's name in the reader's language; a name that nobody translated is better than none."""
    if name.startswith("attachments.") and name.endswith(".name"):
        return _("Name of file %(n)s") % {"n": int(name.split(".")[1]) + 1}
    place, _dot, index = name.removesuffix(".alt").partition(".")
    if place in _SEVERAL and index.isdigit():
        words, first = _SEVERAL[place]
        return str(words) % {"n": int(index) + first}
    return str(FIELDS.get(name, name))


def decided(share: Share, ruling: str, others: Together | None = None) -> str:
    """Return what to tell an officer who just ruled, and what became of the cases that were ruled on together."""
    told = [_decided(share, ruling)]
    if others and others.ruled:
        count = len(others.ruled)
        told.append(ngettext("%(n)s more like it, too.", "%(n)s more like it, too.", count) % {"n": Count(count)})
    if others and others.left:
        count = Count(len(others.left))
        told.append(
            ngettext("%(n)s changed meanwhile and waits.", "%(n)s changed meanwhile and wait.", count)
            % {"n": Count(count)}
        )
    return " ".join(told)


def _decided(share: Share, ruling: str) -> str:
    if ruling == "redact":
        return _("Sent back with a wording. The author takes it or leaves it.")
    if ruling == "escalate":
        return _("Escalated. Another officer decides.")
    if ruling == Decision.Ruling.REJECT:
        return _("Rejected. The author reads your reason.")
    if ruling == Decision.Ruling.CHANGES:
        return _("Sent back. The author reads what you ask for.")
    if share.state == Share.State.HELD:
        return _("Approved by you. A second officer has to approve it, too.")
    return _("Approved. It leaves in a moment.")


def not_undone(count: int) -> str:
    """Return what to tell an officer who undid what they ruled on together, and came too late for some of it."""
    words = ngettext(
        "%(n)s more like it is on its way already, so it was not taken back.",
        "%(n)s more like it are on their way already, so they were not taken back.",
        count,
    )
    return words % {"n": count}


def undo_until(moment: datetime | None = None) -> str:
    """Return when the undo of a ruling made now ends, as a page's script reads it."""
    return ((moment or clock.now()) + settings.SHARE_DELAY).isoformat()
