"""What officers did about a case, in words, for its audit trail; its author reads what the gate did alone."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from corpblog.web.share_words import Telling

# What an entry said whose words were erased.
_GONE: Final = "…"


def _assigned(facts: dict[str, Any]) -> str:
    if facts.get("officer", _GONE) is None:
        return _("Given back to all")
    if facts.get("officer", _GONE) == facts["by"]:
        return pgettext("a case", "Taken")
    return _("Given to %(name)s") % {"name": facts["to"] or _GONE}


def _marked(words: str, facts: dict[str, Any]) -> str:
    return words % {"rule": facts.get("rule", _GONE)}


STEPS: Final[dict[str, Telling]] = {
    "desk.assigned": _assigned,
    "desk.escalated": lambda facts: _("Escalated"),
    "desk.comment": lambda facts: _("Comment for colleagues"),
    "desk.message": lambda facts: _("Message to the author"),
    "desk.appealed": lambda facts: _("The author contested the rejection"),
    "desk.appeal_upheld": lambda facts: _("The rejection stands"),
    "desk.unmasking_asked": lambda facts: _("The name was asked for"),
    "desk.unmasking_refused": lambda facts: (
        _("Asking for the name was taken back") if facts.get("asked_by") == facts["by"] else _("The name was refused")
    ),
    "desk.unmasked": lambda facts: _("A second officer agreed to show the name"),
    "desk.wording_proposed": lambda facts: _("A wording was proposed"),
    "desk.wording_taken": lambda facts: _("The author took the wording"),
    "desk.wording_left": lambda facts: _("The author left the wording"),
    "desk.rule_marked_right": lambda facts: _marked(_("Rule %(rule)s marked as a true find"), facts),
    "desk.rule_marked_wrong": lambda facts: _marked(_("Rule %(rule)s marked as a false alarm"), facts),
    "desk.rule_mark_removed": lambda facts: _marked(_("Mark of rule %(rule)s taken back"), facts),
    "desk.thread_read": lambda facts: _("Posts of closed rooms were read for it"),
    "desk.sample_marked": lambda facts: _("Looked at as a sample"),
    "desk.evidence_made": lambda facts: _("The evidence was taken as a ZIP"),
}
