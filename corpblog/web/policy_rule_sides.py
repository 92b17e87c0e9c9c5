"""A rule's two sides, form and YAML: what is typed on either is kept, and each follows the other."""

from dataclasses import dataclass, fields, replace

from django.http import QueryDict
from django.utils.translation import gettext as _

from corpblog.kernel.errors import CorpblogError, Invalid
from corpblog.policy import documents, reading
from corpblog.policy.engine import Policy
from corpblog.policy.engine.model import Rule
from corpblog.policy.entries import RuleEntry, entry_of
from corpblog.policy.models import PolicyVersion
from corpblog.web.policy_words import language

LONGEST = 50_000


@dataclass(frozen=True)
class Problem:
    """One mistake of the YAML side, with its place there; line 0 for what is wrong with all of it."""

    line: int
    column: int
    words: str


@dataclass(frozen=True)
class Side:
    """The YAML side as a page sent it. `before` is what the form beside it was made from."""

    text: str
    before: str

    @classmethod
    def saved(cls, shown: PolicyVersion, rule_id: str | None) -> "Side":
        """Return what the draft says; a new rule has no text yet."""
        text = documents.rule_text(shown.source, rule_id) if rule_id else ""
        return cls(text, text)

    @classmethod
    def sent(cls, data: QueryDict, shown: PolicyVersion, rule_id: str | None) -> "Side":
        """Return what was typed; where only a form was sent, what the draft says."""
        if "yaml" not in data:
            return cls.saved(shown, rule_id)
        plain = (data.get(name, "")[:LONGEST].replace("\r\n", "\n") for name in ("yaml", "yaml_before"))
        return cls(*plain)


@dataclass(frozen=True)
class Read:
    """What a text on the YAML side means: the whole document with it, and the rule, unless it has mistakes."""

    source: str
    policy: Policy | None = None
    rule: Rule | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def entry(self) -> RuleEntry:
        return entry_of(self.rule) if self.rule else RuleEntry("")


def read(shown: PolicyVersion, rule_id: str | None, text: str) -> Read:
    """Return what the text means in the rule's place. Mistakes elsewhere in the document are not its own."""
    if not text.strip():
        return Read(shown.source, problems=() if rule_id is None else (Problem(0, 0, _("The rule is empty.")),))
    try:
        source, first = documents.with_rule_text(shown.source, rule_id, text)
        index = _index(shown, rule_id)
    except CorpblogError as error:
        return Read(shown.source, problems=(Problem(0, 0, error.message),))
    found = reading.read(source, shown.dictionaries)
    # The margin that the document adds is not on this side.
    margin = len(source.split("\n")[first - 1]) - len(text.strip("\n").split("\n")[0].rstrip())
    last = first + text.strip("\n").count("\n")
    problems = tuple(
        Problem(item.line - first + 1, max(1, item.column - margin), item.in_language(language()))
        for item in found.problems
        if first <= item.line <= last or item.path.startswith(f"rules[{index}]")
    )
    if found.policy is None:
        elsewhere = (Problem(0, 0, item.in_language(language())) for item in found.problems[:1])
        return Read(source, problems=problems or tuple(elsewhere))
    if len(found.policy.rules) != _count(shown) + (rule_id is None):
        words = _("This side is for one rule: begin with “- id:” and indent what belongs to it.")
        return Read(source, problems=(Problem(0, 0, words),))
    return Read(source, found.policy, found.policy.rules[index], problems)


def merged(shown: PolicyVersion, rule_id: str | None, side: Side, form: RuleEntry) -> tuple[str, str]:
    """Return the document with what was typed on both sides, and the rule's identifier in it.

    Of the form only what differs from what it was made from counts as typed; the rest is as the YAML side says.
    Raises Invalid where the YAML side has a mistake.
    """
    now = read(shown, rule_id, side.text)
    if now.rule is None:
        if now.problems:
            raise Invalid(_("The YAML has a mistake. Correct it there first; the form is kept."))
        return documents.put_rule(shown.source, shown.dictionaries, None, form), form.id
    before = read(shown, rule_id, side.before).entry
    names = [field.name for field in fields(RuleEntry) if field.name != "more"]
    typed = {name: getattr(form, name) for name in names if getattr(form, name) != getattr(before, name)}
    wanted = replace(now.entry, **typed)
    if wanted == now.entry:
        return now.source, wanted.id
    return documents.put_rule(now.source, shown.dictionaries, now.rule.id, wanted), wanted.id


def _index(shown: PolicyVersion, rule_id: str | None) -> int:
    policy = reading.read(shown.source, shown.dictionaries).policy
    known = [rule.id for rule in policy.rules] if policy else []
    return known.index(rule_id) if rule_id in known else len(known)


def _count(shown: PolicyVersion) -> int:
    policy = reading.read(shown.source, shown.dictionaries).policy
    return len(policy.rules) if policy else 0
