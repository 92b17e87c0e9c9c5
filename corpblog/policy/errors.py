"""What can go wrong with policies, in words for people."""

from django.utils.translation import gettext as _

from corpblog.kernel.errors import Conflict, Invalid
from corpblog.policy.engine import Problem


class BadPolicy(Invalid):
    """The text is not a policy that could be put in force; `problems` says where and why, in reading order."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(
            _("This policy cannot be used as it is. Line %(line)s: see the reason beside it.")
            % {"line": problems[0].line}
            if problems
            else _("This policy cannot be used as it is."),
            problems=len(problems),
        )
        self.problems = problems


class StaleEdit(Conflict):
    """Somebody saved the draft after this page was opened; what was typed here is kept by the door."""


class BadDictionary(Invalid):
    """The word list cannot be used."""
