"""What an erasure took away and what it kept, in words, with why."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from corpblog.desk.models import Erasure
from corpblog.kernel.counts import Count


@dataclass(frozen=True)
class Report:
    """Sentences: what went, and what stays and why."""

    erased: list[str]
    kept: list[str]


def report(erasure: Erasure) -> Report:
    """Return the report in the reader's language."""
    return Report(_erased(erasure.report.get("erased", {})), _kept(erasure.report.get("kept", {})))


def _erased(n: dict[str, int]) -> list[str]:
    told = []
    if count := n.get("posts", 0):
        words = ngettext("%(n)s post, with all that it ever said", "%(n)s posts, with all that they ever said", count)
        told.append(words % {"n": Count(count)})
    if "profile" in n:
        told.append(_("name, address, department and everything else of the profile"))
    if count := n.get("memberships", 0):
        told.append(ngettext("%(n)s membership", "%(n)s memberships", count) % {"n": Count(count)})
    if count := n.get("notices", 0):
        told.append(ngettext("%(n)s notice", "%(n)s notices", count) % {"n": Count(count)})
    if count := n.get("keepsakes", 0):
        words = ngettext("%(n)s draft, bookmark or setting", "%(n)s drafts, bookmarks and settings", count)
        told.append(words % {"n": Count(count)})
    if count := n.get("payloads", 0):
        words = ngettext(
            "what %(n)s entry of the audit log says of them", "what %(n)s entries of the audit log say of them", count
        )
        told.append(words % {"n": Count(count)})
    return told


def _kept(n: dict[str, int]) -> list[str]:
    told = []
    if count := n.get("waiting", 0):
        words = ngettext(
            "%(n)s post, with its author: a hold covers it, or a share or a report waits for a decision",
            "%(n)s posts, with their author: a hold covers them, or a share or a report waits for a decision",
            count,
        )
        told.append(words % {"n": Count(count)})
    if count := n.get("shares", 0):
        words = ngettext(
            "%(n)s share: it proves what left the company, and what was refused",
            "%(n)s shares: they prove what left the company, and what was refused",
            count,
        )
        told.append(words % {"n": Count(count)})
    if count := n.get("entries", 0):
        words = ngettext(
            "%(n)s entry of the audit log: a number that names nobody any more, and digests",
            "%(n)s entries of the audit log: a number that names nobody any more, and digests",
            count,
        )
        told.append(words % {"n": Count(count)})
    if count := n.get("decisions", 0):
        words = ngettext("%(n)s ruling: an act of office", "%(n)s rulings: acts of office", count)
        told.append(words % {"n": Count(count)})
    if count := n.get("searches", 0):
        words = ngettext(
            "%(n)s search as an officer: who reads others' posts leaves a trace",
            "%(n)s searches as an officer: who reads others' posts leaves a trace",
            count,
        )
        told.append(words % {"n": Count(count)})
    if count := n.get("mentions", 0):
        words = ngettext(
            "%(n)s post in which somebody else names them: it is the other's",
            "%(n)s posts in which others name them: they are the others'",
            count,
        )
        told.append(words % {"n": Count(count)})
    if count := n.get("marks", 0):
        words = ngettext(
            "%(n)s reaction or vote: a number that names nobody any more",
            "%(n)s reactions and votes: a number that names nobody any more",
            count,
        )
        told.append(words % {"n": Count(count)})
    return told
