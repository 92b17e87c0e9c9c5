"""A share in words and hues, for its author and for officers alike."""

import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from corpblog.audit.models import AuditEntry
from corpblog.audit.selectors import trail
from corpblog.kernel import clock
from corpblog.kernel.counts import Count
from corpblog.people.models import Person
from corpblog.sharing import access, advocacy, selectors
from corpblog.sharing.canonical import parts, read
from corpblog.sharing.models import Share
from corpblog.sharing.services import recalling
from corpblog.web.outgoing_forms import WishForm

State = Share.State
# An entry of the audit log in words. Its facts come with `by`, whose deed it was, and `to`, the name
# of the officer whom they name.
Telling = Callable[[dict[str, Any]], str]

# hue of the chip, icon, what it means for the author
LOOKS: Final[dict[str, tuple[str, str, str | Promise]]] = {
    State.HELD: ("hold", "hourglass", gettext_lazy("A reviewer looks at it before it leaves.")),
    State.CLEARED: ("ok", "circle-check", gettext_lazy("No rule objects. It goes out in a moment.")),
    State.APPROVED: ("ok", "circle-check", gettext_lazy("A reviewer released it. It goes out in a moment.")),
    State.SENDING: ("info", "send", gettext_lazy("It is being sent.")),
    State.SENT: ("ok", "circle-check", gettext_lazy("It is out.")),
    State.FAILED: ("block", "octagon-x", gettext_lazy("It was not sent.")),
    State.UNKNOWN: ("warn", "triangle-alert", gettext_lazy("Nobody knows whether it arrived.")),
    State.REJECTED: ("block", "octagon-x", gettext_lazy("A reviewer rejected it. Other words may be asked for.")),
    State.CHANGES_ASKED: (
        "warn",
        "pencil",
        gettext_lazy("A reviewer asks for changes. Edit the post, it returns by itself."),
    ),
    State.WITHDRAWN: ("info", "info", gettext_lazy("It was stopped. Nothing of it leaves.")),
    State.RECALLED: ("info", "undo-2", gettext_lazy("It was taken back. It is not there any more.")),
    State.VOID: ("block", "octagon-x", gettext_lazy("As it stands it cannot leave. Edit the post to try again.")),
}


@dataclass(frozen=True)
class Row:
    """A share in a list."""

    share: Share
    hue: str
    icon: str
    state: str
    meaning: str
    why: str
    text: str
    url: str
    remote_url: str


@dataclass(frozen=True)
class Step:
    """One thing that happened to a share."""

    at: datetime
    words: str
    detail: str
    actor: str
    is_now: bool


def row(share: Share) -> Row:
    """Return a share as lists show it."""
    hue, icon, meaning = LOOKS[State(share.state)]
    return Row(
        share=share,
        hue=hue,
        icon=icon,
        state=str(State(share.state).label),
        meaning=_leaves(share) or str(meaning),
        why=selectors.reason_in_words(share) if share.note else "",
        text="\n\n".join(parts(read(share.revision.canonical))) if share.revision else share.post.text,
        url=f"/shares/{share.pk}/",
        remote_url=_remote_url(share),
    )


def _leaves(share: Share) -> str:
    """Return when a released share leaves that waits for its time; empty for others."""
    if share.state not in Share.RELEASED or share.send_at is None or share.send_at <= clock.now():
        return ""
    return _("It leaves on %(when)s (%(zone)s).") % {"when": _local(share), "zone": share.zone}


def _local(share: Share) -> str:
    """Return when a share leaves, by the clock of the zone in which that was chosen."""
    zone = ZoneInfo(share.zone) if share.zone else None
    return date_format(localtime(share.send_at, zone), "SHORT_DATETIME_FORMAT")


def _wish_form(share: Share) -> WishForm:
    return WishForm.of(share.post.text, share.wish).fit([share.destination])


def page(share: Share, person: Person, called: Mapping[int, str]) -> dict[str, Any]:
    """Return what the page of one share shows; `called` says what this reader may call its author and requester."""
    is_out = share.state == State.SENT and share.corrects is None
    stoppable = share.state in Share.STOPPABLE and access.can_stop(person, share)
    return {
        "row": row(share),
        "share": share,
        "steps": steps(share, called=called),
        "reasons": reasons(share),
        "can_withdraw": stoppable,
        "wish_form": _wish_form(share) if stoppable and not share.is_copy else None,
        "offer_to_change": advocacy.offer_to_change(person, share) if stoppable else None,
        "can_offer": advocacy.may_offer(person, share),
        "can_settle": share.state == State.UNKNOWN and access.can_stop(person, share),
        "can_recall": (is_out or recalling.is_out(share)) and access.can_recall(person, share),
        "can_correct": is_out and access.can_correct(person, share) and selectors.recall_of(share) is None,
        "corrects": row(share.corrects) if share.corrects else None,
        "corrections": [row(correction) for correction in selectors.corrections_of(share)],
        "recall": selectors.recall_of(share),
        "recall_why": selectors.recall_in_words(share),
        "places": [row(other) for other in selectors.places_of_post(person, share) if other.pk != share.corrects_id],
        "call": selectors.last_call(share) if share.state == State.UNKNOWN else None,
        "figures": figures(share),
        "parts": _thread(share),
        "can_edit": share.state in {State.CHANGES_ASKED, State.VOID} and share.author_id == person.pk,
    }


def figures(share: Share) -> list[str]:
    """Return the reach in words, as far as the network tells it."""
    return [_FIGURES[name](count) for name, count in selectors.figures_of(share).items() if name in _FIGURES]


_FIGURES: Final[dict[str, Callable[[int], str]]] = {
    "likes": lambda n: ngettext("%(n)s like", "%(n)s likes", n) % {"n": Count(n)},
    "boosts": lambda n: ngettext("%(n)s boost", "%(n)s boosts", n) % {"n": Count(n)},
    "quotes": lambda n: ngettext("%(n)s quote", "%(n)s quotes", n) % {"n": Count(n)},
    "views": lambda n: ngettext("%(n)s view", "%(n)s views", n) % {"n": Count(n)},
    "replies": lambda n: ngettext("%(n)s reply outside", "%(n)s replies outside", n) % {"n": Count(n)},
}


def asked(share: Share) -> str:
    """Return what to tell somebody who just asked for it."""
    name = share.destination.name
    if share.state == State.HELD:
        return _("%(name)s: a reviewer will look at it first.") % {"name": name}
    if share.state == State.VOID:
        return _("%(name)s: these words cannot leave.") % {"name": name}
    if leaves := _leaves(share):
        return f"{name}{pgettext('before a list', ':')} {leaves}"
    return _("%(name)s: on its way.") % {"name": name}


def moved(share: Share) -> str:
    """Return what to tell somebody who moved a share to another day."""
    when = _local(share)
    if share.state == State.HELD:
        return _("Moved to %(when)s. A reviewer looks at it again, because its time changed.") % {"when": when}
    return _("Moved to %(when)s.") % {"when": when}


def reasons(share: Share) -> list[dict[str, str]]:
    """Return what reviewers wrote to the author about the current words, without saying who."""
    if share.revision is None:
        return []
    rulings = share.revision.decisions.filter(undone_at__isnull=True).exclude(reason="").order_by("id")
    return [{"ruling": str(ruling.get_ruling_display()), "reason": ruling.reason} for ruling in rulings]


def steps(
    share: Share,
    *,
    names_reviewers: bool = False,
    called: Mapping[int, str] | None = None,
    entries: Iterable[AuditEntry] | None = None,
    more: Mapping[str, Telling] | None = None,
) -> list[Step]:
    """Return what happened, newest first. Authors do not read who reviewed: rulings are the company's.

    called: what to call people, by their ids, where it is not their name. entries: its trail, if it was read already.
    more: how to tell of what the reader may know beside what the gate did, by its action.
    """
    told = trail(share.subject) if entries is None else entries
    tellings = {**_STEPS, **(more or {})}
    entries = [entry for entry in reversed(list(told)) if entry.action in tellings]
    people = selectors.actors(entries)
    takes_part = {share.author_id, share.requester_id}
    named = {
        pk: (called or {}).get(pk, person.display_name)
        for pk, person in people.items()
        if names_reviewers or pk in takes_part
    }
    return [_step(entry, tellings[entry.action], named, is_now=place == 0) for place, entry in enumerate(entries)]


def _step(entry: AuditEntry, telling: Telling, named: Mapping[int, str], *, is_now: bool) -> Step:
    facts = selectors.facts_of(entry)
    return Step(
        at=entry.at,
        words=telling(facts | {"by": entry.actor_id, "to": named.get(facts.get("officer") or 0, "")}),
        detail=_detail(facts),
        actor=named.get(entry.actor_id or 0, ""),
        is_now=is_now,
    )


def _detail(facts: dict[str, Any]) -> str:
    rules = ", ".join(facts.get("rules") or [])
    return _("rules: %(rules)s") % {"rules": rules} if rules else ""


def _approved(facts: dict[str, Any]) -> str:
    needed, given = facts.get("approvals_needed") or 1, facts.get("approvals") or 1
    if given >= needed:
        return _("Approved")
    missing = needed - given
    return ngettext("Approved; %(n)s approval is missing", "Approved; %(n)s approvals are missing", missing) % {
        "n": missing
    }


_STEPS: Final[dict[str, Telling]] = {
    "share.requested": lambda facts: _("Asked for"),
    "share.edited": lambda facts: _("Edited: the new words are judged from the start"),
    "share.rescanned": lambda facts: _("Judged again: the policy changed"),
    "share.original": lambda facts: _("Judged again: the company corrected its own words"),
    "share.expired": lambda facts: _("Judged again: the approval was older than seven days"),
    "share.link_moved": lambda facts: _("Judged again: a short link leads elsewhere, or nobody knows where"),
    "share.reworded": lambda facts: _("Other words: they are judged from the start"),
    "share.rescheduled": lambda facts: _("Moved to another time"),
    "share.account": lambda facts: _("Judged again: the destination's account changed"),
    "share.approved": _approved,
    "share.rejected": lambda facts: _("Rejected"),
    "share.changes_asked": lambda facts: _("Changes asked for"),
    "share.rejection_lifted": lambda facts: _("Another reviewer lifted the rejection"),
    "share.decision_undone": lambda facts: _("A decision was undone"),
    "share.withdrawn": lambda facts: _("Withdrawn"),
    "share.waits": lambda facts: _("Has to wait"),
    "share.delayed": lambda facts: _("Not sent yet, it is tried again"),
    "share.in_doubt": lambda facts: _("No clear answer, Corpblog finds out"),
    "share.sealed": lambda facts: _("Sealed for sending"),
    "share.part_sent": lambda facts: _("Part %(part)s is out") % {"part": facts.get("part")},
    "share.sent": lambda facts: _("Sent"),
    "share.failed": lambda facts: _("Not sent"),
    "share.unknown": lambda facts: _("Unclear whether it was sent"),
    "share.recall_asked": lambda facts: _("To be taken back: %(reason)s") % {"reason": facts.get("reason", "")},
    "share.recall_by_hand": lambda facts: _("A person has to take it back there"),
    "share.recalled": lambda facts: _("Taken back by hand") if facts.get("by_hand") else _("Taken back"),
    "share.settled": lambda facts: _("Somebody looked and settled it"),
}


def _remote_url(share: Share) -> str:
    return "" if _hides_account(share) else _link(selectors.remote_url(share))


def _hides_account(share: Share) -> bool:
    """Whether the reader is not told whose own account it is: the address of what stands there would tell."""
    return share.destination.owner_id is not None and not share.destination.remote_account


def _link(url: str) -> str:
    return url if url.startswith(("https://", "http://", "/press/")) else ""


def _thread(share: Share) -> list[tuple[str, str]]:
    """Return the posts that it leaves as, each with its address once it is out; none where it is one post."""
    said = parts(read(share.revision.canonical)) if share.revision else []
    if len(said) < 2:
        return []
    there = [] if _hides_account(share) else map(_link, selectors.part_urls(share))
    return list(itertools.zip_longest(said, there, fillvalue=""))
