"""What the gate answers when it says no, in words for people."""

from typing import Any

from corpblog.kernel.errors import Conflict, Invalid, NotAllowed
from corpblog.people import errors as people
from corpblog.policy.engine import Verdict

# Doors catch it beside the gate's own refusals.
ReauthenticationNeeded = people.ReauthenticationNeeded


class ShareBlocked(Invalid):
    """The policy forbids these words outside; `verdict` shows which."""

    def __init__(self, message: str, *, verdict: Verdict, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.verdict = verdict


class JustificationNeeded(Invalid):
    """A rule asks the requester for a reason; `verdict` shows which."""

    def __init__(self, message: str, *, verdict: Verdict, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.verdict = verdict


class TooLongThere(Invalid):
    """The destination does not take texts of that length; `longest` says what it takes."""

    def __init__(self, message: str, *, longest: int, **facts: Any) -> None:
        super().__init__(message, longest=longest, **facts)
        self.longest = longest


class FilesNotTaken(Invalid):
    """The destination does not take the post's files, or not all of them."""


class RejectedBefore(Conflict):
    """A reviewer rejected exactly these bytes; only other words can be asked for."""


class MayNotLeave(NotAllowed):
    """Nothing from there may leave: a private or confidential channel, or somebody else's words."""


class StaleCase(Conflict):
    """The case changed after the reviewer's page was made; nothing was decided."""


class OnItsWay(Conflict):
    """It is being sent at this moment, so it can no longer be stopped."""
